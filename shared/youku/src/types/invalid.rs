//! A value outside Youku's limits.

use std::fmt;

/// A limit of Youku's that the metadata breaks. The value itself is not repeated: it may be a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Youku's name of the parameter, with an index for one of several: `tags[2]`.
    pub field: String,
    /// What Youku accepts: what the value must be (`free of commas`), or how much of it (`1 to 60`).
    pub limit: &'static str,
    /// What was found, without the value itself.
    pub found: Found,
}

/// What was found instead of a value within a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A text or a list of this length: `61 characters`.
    Length(String),
    /// A value of this kind: `an unknown one`.
    Value(String),
    /// Something of which the limit says enough.
    Unfit,
}

impl Invalid {
    pub(crate) fn new(field: impl Into<String>, limit: &'static str, found: impl ToString) -> Self {
        Self { field: field.into(), limit, found: Found::Value(found.to_string()) }
    }

    /// A value of which the limit says what is wrong with it.
    pub(crate) fn from_limit(field: impl Into<String>, limit: &'static str) -> Self {
        Self { field: field.into(), limit, found: Found::Unfit }
    }

    /// A text that is too short or too long, measured in characters.
    pub(crate) fn from_text(field: impl Into<String>, limit: &'static str, value: &str) -> Self {
        Self::from_length(field, limit, value.chars().count(), ["character", "characters"])
    }

    /// A list that is too short or too long.
    pub(crate) fn from_count(field: impl Into<String>, limit: &'static str, count: usize) -> Self {
        Self::from_length(field, limit, count, ["entry", "entries"])
    }

    fn from_length(
        field: impl Into<String>,
        limit: &'static str,
        length: usize,
        [one, many]: [&str; 2],
    ) -> Self {
        let unit = if length == 1 { one } else { many };
        Self { field: field.into(), limit, found: Found::Length(format!("{length} {unit}")) }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, limit, found } = self;
        match found {
            Found::Length(length) => write!(f, "{field} has {length}, {limit} are allowed"),
            Found::Value(value) => write!(f, "{field} must be {limit}, not {value}"),
            Found::Unfit => write!(f, "{field} must be {limit}"),
        }
    }
}

impl std::error::Error for Invalid {}
