//! A value outside Youku's limits.

/// A limit of Youku's that the metadata breaks. The value itself is not repeated: it may be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} must be {limit}, not {length}")]
pub struct Invalid {
    /// Youku's name of the parameter, with an index for one of several: `tags[2]`.
    pub field: String,
    /// What Youku accepts.
    pub limit: &'static str,
    /// How long the value is, with its unit: `61 characters`.
    pub length: String,
}

impl Invalid {
    pub(crate) fn new(field: impl Into<String>, limit: &'static str, length: impl ToString) -> Self {
        Self { field: field.into(), limit, length: length.to_string() }
    }

    /// A text, measured in characters.
    pub(crate) fn from_text(field: impl Into<String>, limit: &'static str, value: &str) -> Self {
        let length = value.chars().count();
        let unit = if length == 1 { "character" } else { "characters" };
        Self::new(field, limit, format!("{length} {unit}"))
    }
}
