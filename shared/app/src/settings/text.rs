//! Numbers and switches that a file gives as such and the environment as text.

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
    match Either::deserialize(from)? {
        Either::Value(value) => Ok(value),
        Either::Text(text) => {
            text.trim().parse().map_err(|error| D::Error::custom(format!("{text:?} does not fit: {error}")))
        }
    }
}

pub(super) fn or_some<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr<Err: Display>,
{
    or_value(from).map(Some)
}
