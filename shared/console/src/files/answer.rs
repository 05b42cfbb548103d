//! Answers about spooled files.

use super::file::SpooledFile;
use crate::response::error_response;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use std::io;

/// The answer about one file.
pub(super) fn show_file(file: SpooledFile) -> Response {
    Json(file).into_response()
}

/// The answer where there is no such file, or no spool.
pub(super) fn no_such_file() -> Response {
    error_response(StatusCode::NOT_FOUND, "no_such_file", "there is no such file in the spool")
}

/// The answer where the spool cannot be written. The log has the error itself.
pub(super) fn refuse_unwritable(error: &io::Error) -> Response {
    tracing::warn!(%error, "the spool cannot be written");
    if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        let text = "the disk of the spool is full";
        return error_response(StatusCode::INSUFFICIENT_STORAGE, "disk_full", text);
    }
    let text = "the spool cannot be written: the console's log says why";
    error_response(StatusCode::INTERNAL_SERVER_ERROR, "spool_failed", text)
}
