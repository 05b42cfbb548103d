//! Keys that are ready to sign with.

use secrecy::{ExposeSecret as _, SecretString};
use std::time::SystemTime;

/// A pair ready to sign with. No half is blank.
pub(crate) struct SigningKeys {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) token: Option<SecretString>,
    pub(crate) expires: Option<SystemTime>,
}

impl SigningKeys {
    /// `None` where id or secret is blank.
    pub(crate) fn new(
        id: String,
        secret: SecretString,
        token: Option<SecretString>,
        expires: Option<SystemTime>,
    ) -> Option<Self> {
        let token = token.filter(|token| !is_blank(token.expose_secret()));
        (!is_blank(&id) && !is_blank(secret.expose_secret())).then_some(Self { id, secret, token, expires })
    }

    /// Whether these are the same keys, whenever they end.
    pub(super) fn equals(&self, other: &Self) -> bool {
        let token = |keys: &Self| keys.token.as_ref().map(|token| token.expose_secret().to_owned());
        self.id == other.id
            && self.secret.expose_secret() == other.secret.expose_secret()
            && token(self) == token(other)
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
