//! Numbers and switches that a file gives as such and the environment as text. A value that does not fit is not repeated: it may
//! have been meant for a secret's field.

use serde::{Deserialize, Deserializer, de::Error};
use std::{fmt::Display, str::FromStr};

#[derive(Deserialize)]
#[serde(untagged)]
enum Either<T> {
    Value(T),
    Text(String),
}

pub(super) fn or_value<'de, D, T>(from: D) -> Result<T, D::Error>
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

pub(super) fn or_some<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr<Err: Display>,
{
    or_value(from).map(Some)
}
