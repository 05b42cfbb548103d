//! A JSON document of a known kind to a type.

use crate::error::invalid_event;
use lambda_runtime::Diagnostic;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a document whose kind is known.
///
/// # Errors
/// `InvalidEvent`, with the path that does not fit and without the value there, since that may be a secret.
pub(super) fn deserialize_event<T: DeserializeOwned>(document: Value) -> Result<T, Diagnostic> {
    deserialize_part("", document)
}

/// Reads a part of an event that stands at `place` in it.
///
/// # Errors
/// As [`deserialize_event`].
pub(super) fn deserialize_part<T: DeserializeOwned>(place: &str, document: Value) -> Result<T, Diagnostic> {
    serde_path_to_error::deserialize(document).map_err(|error| {
        let path = match (place, error.path().to_string()) {
            ("", path) => path,
            // The part itself.
            (place, path) if path == "." => place.to_owned(),
            (place, path) => format!("{place}.{path}"),
        };
        let reason = error.into_inner().to_string();
        // serde puts the value before the expectation.
        let reason = reason.rfind(", expected ").map_or(reason.as_str(), |at| &reason[at + 2..]);
        invalid_event(format!("the event does not fit: {path}: {reason}"))
    })
}
