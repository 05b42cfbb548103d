//! `POST /console/plan`: what an upload would send, as `oss2youku upload --dry-run` says it.

use crate::{
    files::FileId,
    local_uploads::{Prospect, UploadForm, UploadSource},
    response::error_response,
    shared::Shared,
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;

/// What is planned.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanRequest {
    source: PlannedSource,
    form: UploadForm,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PlannedSource {
    /// A spooled file.
    File(String),
    /// An object, such as `oss://bucket/key`.
    Object(String),
}

/// Reads the source as an upload would, and changes nothing.
pub(crate) async fn plan_upload(
    State(shared): State<Arc<Shared>>,
    request: Result<Json<PlanRequest>, JsonRejection>,
) -> Response {
    let Some(uploads) = &shared.uploads else {
        let text = "this console has no settings to plan an upload with";
        return error_response(StatusCode::NOT_FOUND, "not_here", text);
    };
    let invalid = |text: &str| error_response(StatusCode::BAD_REQUEST, "invalid_body", text);
    let Ok(Json(PlanRequest { source, form })) = request else {
        return invalid("the body must be a source, a file's id or an object, and a form");
    };
    if let Err(wrong) = form.metadata() {
        return invalid(&wrong);
    }
    let source = match source {
        PlannedSource::Object(url) => UploadSource::Object(url),
        PlannedSource::File(id) => {
            let spool = shared.spool();
            let found = spool.and_then(|spool| Some((spool.file(&FileId::parse(&id)?)?, spool)));
            let Some((file, spool)) = found.filter(|(file, _)| file.received == file.size) else {
                let text = "there is no such file in the spool, or bytes of it are missing";
                return error_response(StatusCode::NOT_FOUND, "no_such_file", text);
            };
            UploadSource::File(spool.path(&file.id, &file.name))
        }
    };
    match uploads.plan(source, form).await {
        Ok(plan) => Json(plan).into_response(),
        Err(failure) => {
            let status = match failure.prospect {
                Prospect::Later => StatusCode::SERVICE_UNAVAILABLE,
                Prospect::Refused | Prospect::Ended => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let text = [Some(failure.message), failure.advice].into_iter().flatten().collect::<Vec<_>>();
            error_response(status, failure.error, &text.join(" · "))
        }
    }
}
