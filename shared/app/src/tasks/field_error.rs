//! Errors about a field of a task.

use serde_json::{Map, Value};
use upload_core::{Error, ErrorKind};

/// The error of a field that does not fit, in our own words: values may be secrets.
pub(crate) fn field_error(field: &str, why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::InvalidJob, "task", "the task does not fit")
        .with_context("field", field)
        .with_context("why", why)
}

/// Context key of the object's key in the error of a task that names one. It is not shown: answers have a field for it.
pub(super) const REQUESTED_KEY: &str = "requested_key";

/// The key of the object that a refused task names, as answers carry it; empty where the task was not read so far.
#[must_use]
pub fn requested_key(error: &Error) -> &str {
    error.context_value(REQUESTED_KEY).unwrap_or_default()
}

/// Refuses a field that is there and no JSON object: serde would fill a struct from an array, too.
///
/// # Errors
/// [`InvalidJob`](ErrorKind::InvalidJob), naming the field.
pub(super) fn require_object(fields: &Map<String, Value>, field: &str) -> Result<(), Error> {
    match fields.get(field) {
        None | Some(Value::Object(_)) => Ok(()),
        Some(_) => Err(field_error(field, "is not a JSON object")),
    }
}
