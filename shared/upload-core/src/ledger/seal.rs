//! Encryption of the secrets in steps.

use crate::{Error, UploadId};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Encrypts the secrets that the ledger must keep.
pub trait Seal: Send + Sync {
    /// Encrypts `plain` so that it opens only with the same key and the same `context`. The context is not
    /// secret.
    ///
    /// # Errors
    /// If no randomness is available.
    fn seal(&self, plain: &[u8], context: &str) -> Result<String, Error>;

    /// Decrypts what [`seal`](Self::seal) returned.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) if the key, the context or the text differs.
    fn open(&self, sealed: &str, context: &str) -> Result<SecretString, Error>;

    /// Hashes `text` with a key, so that nobody without the key can check a guess of it: at least 16 lower-case
    /// hexadecimal digits. `None` without a key: a made-up hash would differ from every other, as if `text` did.
    fn keyed_hash(&self, text: &[u8]) -> Option<String>;
}

/// A sealed secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(String);

impl Sealed {
    pub(super) fn new(seal: &dyn Seal, secret: &SecretString, context: &str) -> Result<Self, Error> {
        seal.seal(secret.expose_secret().as_bytes(), context).map(Self)
    }

    pub(super) fn open(&self, seal: &dyn Seal, context: &str) -> Result<SecretString, Error> {
        seal.open(&self.0, context)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

/// Seals the fields of one upload: a secret that is copied to another upload or field does not open there.
#[derive(Clone, Copy)]
pub(super) struct Sealer<'a> {
    pub(super) seal: &'a dyn Seal,
    pub(super) id: &'a UploadId,
}

impl Sealer<'_> {
    pub(super) fn seal(&self, secret: &SecretString, field: &str) -> Result<Sealed, Error> {
        Sealed::new(self.seal, secret, &format!("{}/{field}", self.id))
    }

    pub(super) fn open(&self, sealed: &Sealed, field: &str) -> Result<SecretString, Error> {
        sealed.open(self.seal, &format!("{}/{field}", self.id))
    }

    pub(super) fn seal_some(
        &self,
        secret: Option<&SecretString>,
        field: &str,
    ) -> Result<Option<Sealed>, Error> {
        secret.map(|secret| self.seal(secret, field)).transpose()
    }

    pub(super) fn open_some(
        &self,
        sealed: Option<&Sealed>,
        field: &str,
    ) -> Result<Option<SecretString>, Error> {
        sealed.map(|sealed| self.open(sealed, field)).transpose()
    }
}
