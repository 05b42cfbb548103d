use crate::Diagnostic;
use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;
use serde::{Serialize, de::DeserializeOwned};

/// The platform's limit for the payload of a synchronous call: 32 MB, in bytes. Asynchronous calls are held to 128 KB.
///
/// Source: the page limits.
pub const MAX_PAYLOAD: usize = 32 * 1024 * 1024;

/// A payload or an answer as it is, without JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Raw(pub Bytes);

/// What a handler can take: all that serde can read from JSON, and [`Raw`]. A call without a payload reads as `null`.
///
/// The platform passes the bytes of an event on unchanged (page context); most triggers send JSON.
pub trait FromPayload: Sized {
    /// Reads the payload.
    ///
    /// # Errors
    /// Names the path in the JSON document that did not fit. The text of a string that did not fit is left out: it may
    /// be a secret.
    fn from_payload(payload: Bytes) -> Result<Self, Diagnostic>;
}

impl<T: DeserializeOwned> FromPayload for T {
    fn from_payload(payload: Bytes) -> Result<Self, Diagnostic> {
        if payload.is_empty() {
            return serde_json::from_str("null").map_err(|_| invalid("the payload is empty"));
        }
        let mut json = serde_json::Deserializer::from_slice(&payload);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let reason = without_strings(&error.inner().to_string());
            if path == "." { invalid(reason) } else { invalid(format!("{path}: {reason}")) }
        })?;
        json.end().map_err(invalid)?;
        Ok(value)
    }
}

impl FromPayload for Raw {
    fn from_payload(payload: Bytes) -> Result<Self, Diagnostic> {
        Ok(Self(payload))
    }
}

/// What a handler can answer: all that serde can write as JSON, and [`Raw`].
///
/// The body alone is the call's result: the platform drops status line and headers of an event call (page context).
pub trait IntoPayload {
    /// Writes the answer.
    ///
    /// # Errors
    /// When the value has no JSON form, such as a map whose keys are not texts.
    fn into_payload(self) -> Result<Bytes, Diagnostic>;
}

impl<T: Serialize> IntoPayload for T {
    fn into_payload(self) -> Result<Bytes, Diagnostic> {
        serde_json::to_vec(&self).map(Bytes::from).map_err(|error| {
            Diagnostic::new("InvalidAnswer", format!("the answer has no JSON form: {error}"))
        })
    }
}

impl IntoPayload for Raw {
    fn into_payload(self) -> Result<Bytes, Diagnostic> {
        Ok(self.0)
    }
}

fn invalid(reason: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::new("InvalidPayload", format!("the payload does not fit: {reason}"))
}

/// Serde quotes the string it met; this takes the text between the quotes out. Quotes inside it come escaped.
fn without_strings(message: &str) -> String {
    let mut kept = String::with_capacity(message.len());
    let mut rest = message.chars();
    let mut inside = false;
    while let Some(character) = rest.next() {
        match character {
            '"' if inside => {
                kept.push_str("…\"");
                inside = false;
            }
            '"' => {
                kept.push('"');
                inside = true;
            }
            '\\' if inside => {
                rest.next();
            }
            _ if inside => {}
            _ => kept.push(character),
        }
    }
    kept
}

/// Reads a payload of at most `limit` bytes. What exceeds the limit is read too, and dropped, so that the caller, who
/// is still writing, gets to read the answer.
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use serde::Deserialize;
    use serde_json::Value;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Order {
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Line {
        count: u32,
    }

    fn refused<T: FromPayload>(payload: &'static str) -> String {
        let Err(diagnostic) = T::from_payload(Bytes::from_static(payload.as_bytes())) else {
            return "accepted".to_owned();
        };
        assert_eq!(diagnostic.error_type, "InvalidPayload");
        diagnostic.error_message
    }

    #[test]
    fn an_error_names_the_path_and_keeps_the_text_to_itself() {
        assert_eq!(
            refused::<Order>(r#"{"lines":[{"count":1},{"count":"to\"p \\ secret"}]}"#),
            "the payload does not fit: lines[1].count: invalid type: string \"…\", expected u32 at line 1 column 48"
        );
        assert_eq!(
            refused::<Order>(r#"{"lines":[{}]}"#),
            "the payload does not fit: lines[0]: missing field `count` at line 1 column 12"
        );
    }

    #[test]
    fn rubbish_is_refused() {
        for rubbish in ["{", "not json", "{} {}", "\u{0}"] {
            assert!(refused::<Value>(rubbish).starts_with("the payload does not fit: "), "{rubbish:?}");
        }
    }

    #[test]
    fn no_payload_is_null() {
        assert_eq!(Value::from_payload(Bytes::new()).unwrap(), Value::Null);
        assert_eq!(refused::<Order>(""), "the payload does not fit: the payload is empty");
    }

    #[test]
    fn raw_bytes_pass_unread() {
        let bytes = Bytes::from_static(b"\xff{");
        assert_eq!(Raw::from_payload(bytes.clone()).unwrap().into_payload().unwrap(), bytes);
    }

    #[test]
    fn an_answer_without_a_json_form_is_an_error() {
        let answer = BTreeMap::from([(vec![1], 1)]);
        assert_eq!(answer.into_payload().unwrap_err().error_type, "InvalidAnswer");
    }
}
