use crate::{diagnostic::Diagnostic, raw::Raw};
use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

/// The platform's limit for the payload of a synchronous call: 32 MB, in bytes. Asynchronous calls may carry 128 KB.
///
/// Source: the page limits.
pub const MAX_PAYLOAD: usize = 32 * 1024 * 1024;

/// What a handler can take: every type that serde can read from JSON, and [`Raw`]. A call without a payload reads as
/// `null`.
///
/// The platform passes the bytes of an event on unchanged (page context); most triggers send JSON.
pub trait FromPayload: Sized {
    /// Reads the payload.
    ///
    /// # Errors
    /// `InvalidPayload`, with the path in the JSON document that does not fit. It leaves the text of a string that does
    /// not fit out, since that may be a secret.
    fn from_payload(payload: Bytes) -> Result<Self, Diagnostic>;
}

impl<T: DeserializeOwned> FromPayload for T {
    fn from_payload(payload: Bytes) -> Result<Self, Diagnostic> {
        if payload.is_empty() {
            return serde_json::from_str("null").map_err(|_| invalid_payload("the payload is empty"));
        }
        let mut json = serde_json::Deserializer::from_slice(&payload);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let reason = redact_strings(&error.inner().to_string());
            if path == "." { invalid_payload(reason) } else { invalid_payload(format!("{path}: {reason}")) }
        })?;
        json.end().map_err(invalid_payload)?;
        Ok(value)
    }
}

impl FromPayload for Raw {
    fn from_payload(payload: Bytes) -> Result<Self, Diagnostic> {
        Ok(Self(payload))
    }
}

fn invalid_payload(reason: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::new("InvalidPayload", format!("the payload does not fit: {reason}"))
}

/// Removes the text between quotes: serde quotes the string it met, and escapes the quotes inside it.
fn redact_strings(message: &str) -> String {
    let mut cleaned = String::with_capacity(message.len());
    let mut rest = message.chars();
    let mut inside = false;
    while let Some(character) = rest.next() {
        match character {
            '"' if inside => {
                cleaned.push_str("…\"");
                inside = false;
            }
            '"' => {
                cleaned.push('"');
                inside = true;
            }
            '\\' if inside => {
                rest.next();
            }
            _ if inside => {}
            _ => cleaned.push(character),
        }
    }
    cleaned
}

/// Reads a payload of at most `limit` bytes. Reads and drops the bytes beyond the limit, so that a caller who is still
/// writing gets to read the response.
///
/// # Errors
/// `PayloadTooLarge` beyond the limit, `InvalidPayload` where the body breaks off.
pub(crate) async fn read<B: Body<Data = Bytes> + Unpin>(
    mut body: B,
    limit: usize,
) -> Result<Bytes, Diagnostic> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut collected = BytesMut::with_capacity(announced.min(limit));
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Diagnostic::new("InvalidPayload", "the payload broke off"))?;
        let Ok(data) = frame.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length > limit {
            collected = BytesMut::new();
        } else {
            collected.extend_from_slice(&data);
        }
    }
    if length > limit {
        let message = format!("the payload has {length} bytes; the limit is {limit}");
        return Err(Diagnostic::new("PayloadTooLarge", message));
    }
    Ok(collected.freeze())
}
