//! The fields of a legacy task, read leniently.

use super::field_error::field_error;
use serde_json::{Map, Value};
use upload_core::{Error, metadata::split_tags};

/// One of the two objects of a legacy task.
pub(super) struct Section<'a> {
    /// `conf` or `youku`.
    pub(super) name: &'static str,
    fields: Option<&'a Map<String, Value>>,
}

impl<'a> Section<'a> {
    /// Takes the object out of the task; one that is left out, or empty as PHP writes it, has no fields.
    ///
    /// # Errors
    /// [`InvalidJob`](upload_core::ErrorKind::InvalidJob) where it is no JSON object.
    pub(super) fn from_task(task: &'a Map<String, Value>, name: &'static str) -> Result<Self, Error> {
        match task.get(name).filter(|value| !is_empty(value)) {
            None => Ok(Self { name, fields: None }),
            Some(Value::Object(fields)) => Ok(Self { name, fields: Some(fields) }),
            Some(_) => Err(field_error(name, "is not a JSON object")),
        }
    }

    /// The field's path in the task.
    pub(super) fn path(&self, field: &str) -> String {
        format!("{}.{field}", self.name)
    }

    /// The field's value as it is, where it is there and not null.
    pub(super) fn get(&self, field: &str) -> Option<&'a Value> {
        self.fields?.get(field).filter(|value| !value.is_null())
    }

    /// The field as text without blanks around it; an empty one counts as left out, as `false` does.
    ///
    /// # Errors
    /// [`InvalidJob`](upload_core::ErrorKind::InvalidJob) where it is a list or an object.
    pub(super) fn text(&self, field: &str) -> Result<Option<String>, Error> {
        let text = match self.get(field).filter(|value| !is_empty(value)) {
            None => return Ok(None),
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(value)) => value.to_string(),
            Some(_) => return Err(field_error(&self.path(field), "has the wrong type")),
        };
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// The tags: a text with commas or semicolons, or a list.
    ///
    /// # Errors
    /// [`InvalidJob`](upload_core::ErrorKind::InvalidJob) where they are neither.
    pub(super) fn tags(&self) -> Result<Option<Vec<String>>, Error> {
        let tags: Vec<String> = match self.get("tags") {
            Some(Value::Array(list)) => {
                let wrong = || field_error("youku.tags", "has the wrong type");
                let stated = list.iter().filter(|tag| !is_empty(tag));
                stated
                    .map(|tag| tag.as_str().map(str::to_owned).ok_or_else(wrong))
                    .collect::<Result<_, _>>()?
            }
            _ => split_tags(&self.text("tags")?.unwrap_or_default()),
        };
        Ok(Some(tags).filter(|tags| !tags.is_empty()))
    }
}

/// Whether PHP's `json_encode` may have written an empty value so, whatever its type was meant to be.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}
