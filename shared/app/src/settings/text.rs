//! Reads numbers and switches, which a file gives as such and the environment as text. Errors do not repeat a value that does not
//! fit: it may have been meant for a secret's field.

use serde::{Deserialize, Deserializer, de::Error};
use std::{fmt::Display, str::FromStr};

#[derive(Deserialize)]
#[serde(untagged)]
enum Either<T> {
    Value(T),
    Text(String),
}

/// Reads a value, or the text of one.
///
/// # Errors
/// Where it is neither.
pub(super) fn deserialize_value<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr<Err: Display>,
{
    match Either::deserialize(from) {
        Ok(Either::Value(value)) => Ok(value),
        Ok(Either::Text(text)) => text.trim().parse().map_err(D::Error::custom),
        Err(_) => Err(D::Error::custom(format!("expected {}", std::any::type_name::<T>()))),
    }
}

/// Reads the value of a field that may be left out.
///
/// # Errors
/// As [`deserialize_value`].
pub(super) fn deserialize_some<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr<Err: Display>,
{
    deserialize_value(from).map(Some)
}
