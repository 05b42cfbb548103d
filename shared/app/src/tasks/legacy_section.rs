//! The fields of a legacy task, read leniently.

use super::field_error::{field_error, require_object};
use serde_json::{Map, Value};
use upload_core::Error;

/// One of the two objects of a legacy task.
pub(super) struct Section<'a> {
    /// `conf` or `youku`.
    pub(super) name: &'static str,
    fields: Option<&'a Map<String, Value>>,
}

impl<'a> Section<'a> {
    /// Takes the object out of the task; one that is left out has no fields.
    ///
    /// # Errors
    /// [`InvalidJob`](upload_core::ErrorKind::InvalidJob) where it is no JSON object.
    pub(super) fn from_task(task: &'a Map<String, Value>, name: &'static str) -> Result<Self, Error> {
        require_object(task, name)?;
        Ok(Self { name, fields: task.get(name).and_then(Value::as_object) })
    }

    /// The field's path in the task.
    pub(super) fn path(&self, field: &str) -> String {
        format!("{}.{field}", self.name)
    }

    /// The field's value, where it is there and not null.
    pub(super) fn get(&self, field: &str) -> Option<&'a Value> {
        self.fields?.get(field).filter(|value| !value.is_null())
    }

    /// The field as text without blanks around it; an empty one counts as left out.
    ///
    /// # Errors
    /// [`InvalidJob`](upload_core::ErrorKind::InvalidJob) where it is a list or an object.
    pub(super) fn text(&self, field: &str) -> Result<Option<String>, Error> {
        let text = match self.get(field) {
            None => return Ok(None),
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(value)) => value.to_string(),
            Some(_) => return Err(field_error(&self.path(field), "has the wrong type")),
        };
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// The tags: a text with commas, or a list.
    ///
    /// # Errors
    /// [`InvalidJob`](upload_core::ErrorKind::InvalidJob) where they are neither.
    pub(super) fn tags(&self) -> Result<Option<Vec<String>>, Error> {
        let tags: Vec<String> = match self.get("tags") {
            Some(Value::Array(list)) => {
                let wrong = || field_error("youku.tags", "has the wrong type");
                let texts = list.iter().map(|tag| tag.as_str().map(str::to_owned).ok_or_else(wrong));
                texts.collect::<Result<_, _>>()?
            }
            _ => {
                let text = self.text("tags")?.unwrap_or_default();
                text.split(',').map(|tag| tag.trim().to_owned()).collect()
            }
        };
        let tags: Vec<String> = tags.into_iter().filter(|tag| !tag.is_empty()).collect();
        Ok(Some(tags).filter(|tags| !tags.is_empty()))
    }
}
