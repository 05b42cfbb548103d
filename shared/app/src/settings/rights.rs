//! What a caller of the HTTP API may do.

use serde::Deserialize;

/// One thing that a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    /// Ask for uploads: `POST /uploads`.
    Submit,
    /// See what became of them: `GET /uploads`, `GET /uploads/{id}`.
    Read,
    /// Change uploads that others asked for, such as cancel one, retry it or have its callback sent again.
    Manage,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 3] = [Self::Submit, Self::Read, Self::Manage];

    /// The right's word in the settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Read => "read",
            Self::Manage => "manage",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights(u8);

impl Rights {
    /// No right at all.
    pub const NONE: Self = Self(0);

    /// The rights of a plain hash, and of callers that a trusted gateway lets in: request uploads and read them.
    #[must_use]
    pub fn usual() -> Self {
        Self::new(&[Right::Submit, Right::Read])
    }

    /// Builds the set of these rights.
    #[must_use]
    pub fn new(rights: &[Right]) -> Self {
        Self(rights.iter().fold(0, |all, right| all | right.bit()))
    }

    /// Both sets together.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether the set holds this right.
    #[must_use]
    pub fn allow(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    /// Their words in the settings.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        Right::ALL.into_iter().filter(move |right| self.allow(*right)).map(Right::as_str)
    }
}
