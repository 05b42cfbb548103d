//! The kinds of values that the fields of a video's metadata have, and how each is written as text.

use super::{
    invalid::Invalid,
    tags::split_tags,
    words::{CopyrightType, PublicType},
};
use secrecy::SecretString;

/// What the text of a field looks like where it stands outside of JSON, such as in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldKind {
    /// Any text, or one of a few words.
    Text,
    /// A decimal number.
    Number,
    /// Texts joined by commas or semicolons: see [`split_tags`](crate::split_tags).
    Tags,
    /// `true` or `1`, `false` or `0`.
    Flag,
}

/// A value of one field.
pub(super) trait FieldValue: Sized {
    const KIND: FieldKind;

    /// Reads the value from its text.
    ///
    /// # Errors
    /// Names `field` and what its text must be.
    fn from_text(field: &'static str, text: &str) -> Result<Self, Invalid>;

    /// Writes the value as `create` takes it.
    #[cfg(feature = "client")]
    fn to_parameter(&self) -> String;
}

impl FieldValue for String {
    const KIND: FieldKind = FieldKind::Text;

    fn from_text(_: &'static str, text: &str) -> Result<Self, Invalid> {
        Ok(text.to_owned())
    }

    #[cfg(feature = "client")]
    fn to_parameter(&self) -> String {
        self.clone()
    }
}

impl FieldValue for SecretString {
    const KIND: FieldKind = FieldKind::Text;

    fn from_text(_: &'static str, text: &str) -> Result<Self, Invalid> {
        Ok(text.into())
    }

    #[cfg(feature = "client")]
    fn to_parameter(&self) -> String {
        secrecy::ExposeSecret::expose_secret(self).to_owned()
    }
}

impl FieldValue for CopyrightType {
    const KIND: FieldKind = FieldKind::Text;

    fn from_text(_: &'static str, text: &str) -> Result<Self, Invalid> {
        text.parse()
    }

    #[cfg(feature = "client")]
    fn to_parameter(&self) -> String {
        self.as_str().to_owned()
    }
}

impl FieldValue for PublicType {
    const KIND: FieldKind = FieldKind::Text;

    fn from_text(_: &'static str, text: &str) -> Result<Self, Invalid> {
        text.parse()
    }

    #[cfg(feature = "client")]
    fn to_parameter(&self) -> String {
        self.as_str().to_owned()
    }
}

impl FieldValue for f64 {
    const KIND: FieldKind = FieldKind::Number;

    fn from_text(field: &'static str, text: &str) -> Result<Self, Invalid> {
        text.parse().map_err(|_| Invalid::new(field, "a number", "another text"))
    }

    #[cfg(feature = "client")]
    fn to_parameter(&self) -> String {
        self.to_string()
    }
}

impl FieldValue for Vec<String> {
    const KIND: FieldKind = FieldKind::Tags;

    fn from_text(_: &'static str, text: &str) -> Result<Self, Invalid> {
        Ok(split_tags(text))
    }

    #[cfg(feature = "client")]
    fn to_parameter(&self) -> String {
        self.join(",")
    }
}

impl FieldValue for bool {
    const KIND: FieldKind = FieldKind::Flag;

    fn from_text(field: &'static str, text: &str) -> Result<Self, Invalid> {
        match text {
            "1" | "true" => Ok(true),
            "0" | "false" => Ok(false),
            _ => Err(Invalid::new(field, "true or false", "another text")),
        }
    }

    #[cfg(feature = "client")]
    fn to_parameter(&self) -> String {
        u8::from(*self).to_string()
    }
}
