//! Fields that senders write differently.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Lambda leaves a field out where a request has nothing for it; other hosts write null.
pub(super) fn null_as_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(
    field: D,
) -> Result<T, D::Error> {
    Option::deserialize(field).map(Option::unwrap_or_default)
}

/// The names and values of a map of headers or parameters, whose values are texts or lists of texts. Hosts other than Lambda also write
/// numbers, and null for what a request does not have.
pub(super) fn list_values(map: &Value) -> Vec<(String, String)> {
    let Value::Object(map) = map else { return Vec::new() };
    let mut all = Vec::new();
    for (name, value) in map {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        all.extend(values.iter().filter_map(into_text).map(|value| (name.clone(), value)));
    }
    all
}

fn into_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
