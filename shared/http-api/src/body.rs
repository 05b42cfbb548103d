//! A request's body, whole, bounded in size and time.

use crate::response::JsonResponse;
use axum::{body::Body, http::StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::time::Duration;
use tokio::time::timeout;

/// For the whole body: a task has a few hundred bytes.
const TIME: Duration = Duration::from_secs(20);

/// Reads the body of a request.
///
/// # Errors
/// The response: 413 where it is longer than `limit` bytes, 408 where it does not arrive in time, 400 where it breaks off.
pub(crate) async fn read_body(body: Body, limit: usize) -> Result<Bytes, JsonResponse> {
    let error = match timeout(TIME, Limited::new(body, limit).collect()).await {
        Ok(Ok(whole)) => return Ok(whole.to_bytes()),
        Ok(Err(error)) => error,
        Err(_) => {
            let text = "the body did not arrive in time";
            return Err(JsonResponse::from_error(StatusCode::REQUEST_TIMEOUT, "body_too_slow", text));
        }
    };
    Err(if error.is::<LengthLimitError>() {
        JsonResponse::from_error(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "the body is too large")
    } else {
        JsonResponse::from_error(StatusCode::BAD_REQUEST, "body_broken", "the body broke off")
    })
}
