//! The upload id in a request's path.

use crate::response::JsonResponse;
use app::core::UploadId;
use axum::{
    extract::{FromRequestParts, Path},
    http::{StatusCode, request::Parts},
};

/// The upload that a request is about.
pub(crate) struct RequestedUpload(pub(crate) UploadId);

impl<S: Send + Sync> FromRequestParts<S> for RequestedUpload {
    type Rejection = JsonResponse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let id = Path::<String>::from_request_parts(parts, state).await.ok();
        let id = id.and_then(|Path(id)| UploadId::parse(&id));
        id.map(Self).ok_or_else(|| {
            let text = "an upload id has 32 digits, 0 to 9 and a to f";
            JsonResponse::from_error(StatusCode::BAD_REQUEST, "invalid_upload_id", text)
        })
    }
}
