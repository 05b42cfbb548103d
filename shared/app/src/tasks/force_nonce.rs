//! The request for another video of a version that was uploaded before.
//!
//! The upload id names the work: the same version of an object under the same account is the same upload, whoever asks and however
//! often, so requests need no memory of their own to run once. `again` puts a nonce into the id. Its text is the nonce;
//! `true` takes the request's `Idempotency-Key` for it, so that the same request sent again asks for the same other video. Without
//! `again` the key changes nothing, and the same key with another body goes unnoticed: only a store of requests could notice it.

use super::field_error::field_error;
use serde_json::Value;
use upload_core::Error;

/// Longest text of a nonce.
const LONGEST: usize = 64;

/// Reads the nonce that the field asks for; `request` is the request's key.
///
/// # Errors
/// [`InvalidJob`](upload_core::ErrorKind::InvalidJob) where it is neither a nonce nor a flag that the request's key explains.
pub(super) fn read(
    field: &str,
    again: Option<&Value>,
    request: Option<&str>,
) -> Result<Option<String>, Error> {
    match (again, request) {
        (None | Some(Value::Null | Value::Bool(false)), _) => Ok(None),
        (Some(Value::Bool(true)), Some(key)) => Ok(Some(key.to_owned())),
        (Some(Value::Bool(true)), None) => {
            let why =
                "is true, and no Idempotency-Key names the request: send one, or a text in place of true";
            Err(field_error(field, why))
        }
        (Some(Value::String(text)), _) if is_nonce(text) => Ok(Some(text.clone())),
        _ => Err(field_error(field, "is not true or a text of 1 to 64 visible ASCII characters")),
    }
}

fn is_nonce(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
