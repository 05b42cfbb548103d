//! `/console/files`: what is spooled, what is added, and what becomes of it.

use super::{
    answer::{no_such_file, refuse_unwritable, show_file},
    file::{FileId, FileState, SpooledFile},
    spool::{Refusal, Spool},
};
use crate::{local_uploads::UploadForm, response::error_response, shared::Shared};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Serialize)]
struct Files {
    limit: u64,
    used: u64,
    files: Vec<SpooledFile>,
}

/// `GET /console/files`: every file, and how much the spool may hold.
pub(crate) async fn list_files(State(shared): State<Arc<Shared>>) -> Response {
    let Some(spool) = shared.spool() else { return no_such_file() };
    Json(Files { limit: spool.limit(), used: spool.used(), files: spool.files() }).into_response()
}

/// A file that a person dropped, before its bytes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Announced {
    name: String,
    size: u64,
    /// Milliseconds since 1970.
    modified: u64,
}

/// `POST /console/files`: makes room for a file, or finds the same one of which a part is there.
pub(crate) async fn announce_file(
    State(shared): State<Arc<Shared>>,
    announced: Result<Json<Announced>, JsonRejection>,
) -> Response {
    let Some(spool) = shared.spool() else { return no_such_file() };
    let Ok(Json(Announced { name, size, modified })) = announced else {
        return invalid(
            "the body must be a JSON object with name, size in bytes and modified in milliseconds",
        );
    };
    match spool.announce(&name, size, modified) {
        Ok(Ok(file)) => show_file(file),
        Ok(Err(refusal)) => refuse(&spool, refusal),
        Err(error) => refuse_unwritable(&error),
    }
}

fn refuse(spool: &Spool, refusal: Refusal) -> Response {
    let full = StatusCode::INSUFFICIENT_STORAGE;
    let (status, code, text) = match refusal {
        Refusal::Name => (
            StatusCode::BAD_REQUEST,
            "invalid_name",
            "name must be a file's name of at most 255 bytes, without a path".to_owned(),
        ),
        Refusal::Empty => (StatusCode::BAD_REQUEST, "empty_file", "size must be at least 1 byte".to_owned()),
        Refusal::SpoolFull => {
            let (limit, used) = (spool.limit(), spool.used());
            let text = format!("the spool may hold {limit} bytes (--spool-limit), of which {used} are taken");
            (full, "spool_full", text)
        }
        Refusal::DiskFull => (full, "disk_full", "the disk of the spool has no room for it".to_owned()),
    };
    error_response(status, code, &text)
}

fn invalid(text: &str) -> Response {
    error_response(StatusCode::BAD_REQUEST, "invalid_body", text)
}

/// `DELETE /console/files/{id}`: removes a file that is not being uploaded, or forgets one whose upload has ended.
pub(crate) async fn remove_file(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let (Some(spool), Some(id)) = (shared.spool(), FileId::parse(&id)) else { return no_such_file() };
    let Some(file) = spool.file(&id) else { return no_such_file() };
    if file.state == FileState::Running {
        let text = "it is being uploaded: cancel its upload";
        return error_response(StatusCode::CONFLICT, "in_progress", text);
    }
    spool.forget(&id);
    if !file.state.has_ended() {
        spool.delete(&id);
    }
    show_file(file)
}

/// `POST /console/files/{id}/upload`: uploads a file as this form says, once all its bytes are there.
pub(crate) async fn upload_file(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    form: Result<Json<UploadForm>, JsonRejection>,
) -> Response {
    let (Some(runner), Some(id)) = (&shared.runner, FileId::parse(&id)) else { return no_such_file() };
    let Ok(Json(form)) = form else {
        return invalid("the body must be a form: account, number, language, video");
    };
    if let Err(wrong) = form.metadata() {
        return invalid(&wrong);
    }
    match runner.accept(&id, form) {
        Ok(Some(file)) => (StatusCode::ACCEPTED, show_file(file)).into_response(),
        Ok(None) => {
            let text = "it is not there as a whole, or is being uploaded already";
            error_response(StatusCode::CONFLICT, "wrong_state", text)
        }
        Err(error) => refuse_unwritable(&error),
    }
}
