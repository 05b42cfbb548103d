//! What does not fit the upload as it stands.

use crate::response::JsonResponse;
use app::core::{Error, ErrorKind, UploadError as _, UploadId};
use axum::http::StatusCode;

/// The response to a request that changed nothing: 404 where there is no such upload, 409 where its state does not permit the request.
pub(crate) fn refuse(id: &UploadId, error: Error) -> JsonResponse {
    let status = match error.kind() {
        ErrorKind::NoSuchUpload => StatusCode::NOT_FOUND,
        ErrorKind::WrongState => StatusCode::CONFLICT,
        _ => return JsonResponse::from_unnamed(error.with_upload_id(id)),
    };
    JsonResponse::from_error(status, error.kind().code(), error.sentence()).about(id)
}
