//! Errors as JSON: `{"code":"403","error":"stable_word","msg":"..."}`.

use app::core::{Error, ErrorKind, UploadError as _};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

#[derive(Serialize)]
struct ErrorBody<'a> {
    code: &'a str,
    error: &'a str,
    msg: &'a str,
}

/// The response to a request that is refused.
pub(crate) fn error_response(status: StatusCode, error: &str, msg: &str) -> Response {
    (status, Json(ErrorBody { code: status.as_str(), error, msg })).into_response()
}

/// The response where the ledger cannot be read. The log has the error itself.
pub(crate) fn unreadable(error: &Error) -> Response {
    tracing::warn!(?error, code = error.kind().code(), "not answered");
    let status = match error.kind() {
        ErrorKind::Config => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    error_response(status, error.kind().code(), &error.sentence())
}

/// The response where there is no such upload.
pub(crate) fn no_such_upload() -> Response {
    error_response(StatusCode::NOT_FOUND, "no_such_upload", "the ledger knows no such upload")
}
