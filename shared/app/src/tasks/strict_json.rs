//! JSON in which every field must be known and of its type.

use super::field_error::field_error;
use ::error::describe_mismatch;
use serde::de::{DeserializeOwned, Deserializer};
use upload_core::{Error, serde_path};

/// The path of a value that does not fit as a whole.
const ROOT: &str = ".";
/// Longest field name that an error repeats, in characters: a task's member may have any name.
const FIELD_CHARACTERS: usize = 80;

/// Reads a value, the whole task or the field `parent` of it.
///
/// # Errors
/// [`InvalidJob`](upload_core::ErrorKind::InvalidJob), naming by its path what does not fit.
pub(super) fn read<'de, T, D>(parent: Option<&str>, from: D) -> Result<T, Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    serde_path::deserialize(from).map_err(|error| {
        let field = match (parent, error.path.as_str()) {
            (None, ROOT) => "task".to_owned(),
            (None, path) => path.to_owned(),
            (Some(parent), ROOT) => parent.to_owned(),
            (Some(parent), path) => format!("{parent}.{path}"),
        };
        field_error(&shorten_field_name(&field), describe_mismatch(&error.why))
    })
}

/// Bounds a field's name and drops its control characters.
fn shorten_field_name(field: &str) -> String {
    field.chars().filter(|character| !character.is_control()).take(FIELD_CHARACTERS).collect()
}
