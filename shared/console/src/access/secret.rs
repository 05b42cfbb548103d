//! Secrets of this process.

use std::fmt;
use subtle::ConstantTimeEq;

/// 128 random bits in hexadecimal, as unguessable as the operating system's generator.
pub(crate) struct Secret(String);

impl Secret {
    /// Draws a new one.
    pub(crate) fn random() -> Self {
        Self(format!("{:032x}", rand::random::<u128>()))
    }

    /// The secret itself, for its holder.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `text` is the secret. The time it takes does not tell how much of it is right.
    pub(super) fn is(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
