//! Bodies of responses to the clients of [`http_clients`](super::http_clients).

use ::error::{ReadError, read_body};
use bytes::Bytes;
use reqwest::{Body, Response};

/// Reads a response's body of at most `limit` bytes. It has no limit of time.
///
/// # Errors
/// [`TooLong`](ReadError::TooLong) once more than `limit` bytes have come, the rest unread; [`Broken`](ReadError::Broken) where it breaks
/// off.
pub async fn read_response(response: Response, limit: usize) -> Result<Bytes, ReadError<reqwest::Error>> {
    read_body(Body::from(response), limit).await
}
