//! Documents whose mistakes are named by their path.

use serde::de::{DeserializeOwned, Deserializer};
use serde_path_to_error::Segment;

/// What does not fit the form of a document.
#[derive(Debug)]
pub struct DecodeError {
    /// Where, such as `rules[0].bucket`; `None` where it is the document itself.
    pub path: Option<String>,
    /// serde's message. It may quote the value: see [`describe_mismatch`](crate::describe_mismatch) and
    /// [`without_value`](crate::without_value).
    pub message: String,
}

/// Reads a document.
///
/// # Errors
/// The first place that does not fit.
pub fn deserialize<'de, T, D>(document: D) -> Result<T, DecodeError>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    serde_path_to_error::deserialize(document).map_err(|error| {
        let path = error.path();
        // A key that cannot be read has no name: then the document itself is the place.
        let is_named = path.iter().any(|segment| !matches!(segment, Segment::Unknown));
        let path = is_named.then(|| path.to_string());
        DecodeError { path, message: error.inner().to_string() }
    })
}
