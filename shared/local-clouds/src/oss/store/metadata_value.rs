//! A value of user metadata as it was sent.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A value of user metadata, byte for byte as its header carried it. On disk UTF-8 is a text, anything else a list of numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MetadataValue {
    /// UTF-8, ASCII above all.
    Text(String),
    /// Bytes in another character set, such as the Latin-1 that some clients send.
    Bytes(Vec<u8>),
}

impl MetadataValue {
    /// The value that these bytes are.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        std::str::from_utf8(bytes)
            .map_or_else(|_| Self::Bytes(bytes.to_vec()), |text| Self::Text(text.to_owned()))
    }

    /// The bytes that were sent.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    /// The value where only a text has a place: what is not UTF-8 is replaced.
    pub(crate) fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.as_bytes())
    }
}
