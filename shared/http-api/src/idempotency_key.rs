//! The name that a caller gives its request.

use app::core::{Error, ErrorKind};
use axum::http::HeaderMap;

const HEADER: &str = "idempotency-key";

/// Reads the request's `Idempotency-Key`, where it has one.
///
/// # Errors
/// [`InvalidJob`](ErrorKind::InvalidJob) where it is not one text of 1 to 128 visible ASCII characters.
pub(crate) fn read_idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let mut keys = headers.get_all(HEADER).iter();
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return if headers.contains_key(HEADER) { Err(key_error()) } else { Ok(None) };
    };
    let fits = (1..=128).contains(&key.len()) && key.as_bytes().iter().all(u8::is_ascii_graphic);
    key.to_str().ok().filter(|_| fits).map(Some).ok_or_else(key_error)
}

fn key_error() -> Error {
    Error::new(ErrorKind::InvalidJob, "task", "the request does not fit")
        .with_context("header", "Idempotency-Key")
        .with_context("why", "is not one text of 1 to 128 visible ASCII characters")
}
