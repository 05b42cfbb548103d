//! Words that a newer program may have more of.

use serde::{Deserialize, Serialize};

/// A word that this program knows, or one of a newer function, which is shown as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Word<T> {
    /// One that has a meaning here.
    Known(T),
    /// One that a person may understand.
    Newer(String),
}

impl<T: Copy> Word<T> {
    /// What it means, where that is known.
    pub(crate) fn known(&self) -> Option<T> {
        match self {
            Self::Known(known) => Some(*known),
            Self::Newer(_) => None,
        }
    }
}
