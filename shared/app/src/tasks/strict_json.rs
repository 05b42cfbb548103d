//! JSON in which every field must be known and of its type.

use super::field_error::field_error;
use ::error::{describe_mismatch, deserialize};
use serde::de::{DeserializeOwned, Deserializer};
use upload_core::Error;

/// Longest field name that an error repeats, in characters: a task's member may have any name.
const FIELD_CHARACTERS: usize = 80;

/// Reads a value, the whole task or the field `parent` of it.
///
/// # Errors
/// [`InvalidJob`](upload_core::ErrorKind::InvalidJob), naming by its path what does not fit.
pub(crate) fn read<'de, T, D>(parent: Option<&str>, from: D) -> Result<T, Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    deserialize(from).map_err(|error| {
        let field = match (parent, error.path) {
            (None, None) => "task".to_owned(),
            (None, Some(path)) => path,
            (Some(parent), None) => parent.to_owned(),
            (Some(parent), Some(path)) => format!("{parent}.{path}"),
        };
        field_error(&shorten_field_name(&field), describe_mismatch(&error.message))
    })
}

/// Bounds a field's name and drops its control characters. A member without a name is shown as one.
fn shorten_field_name(field: &str) -> String {
    let visible = field.chars().filter(|character| !character.is_control());
    let name: String = visible.take(FIELD_CHARACTERS).collect();
    if name.is_empty() || name.ends_with('.') { name + "\"\"" } else { name }
}
