//! The key that seals a ledger's secrets: the settings' own, or the key file of a folder.
//!
//! The file is made with the ledger's first use by somebody who writes: who merely reads a ledger, or names one in new settings, leaves
//! nothing behind.

use super::{
    aes_seal::AesSeal,
    error::config_error,
    key_file::{KEY_FILE, has_key},
    no_key::NoKey,
};
use crate::{adapters::cause::Cause, settings::Settings};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::OnceCell;
use upload_core::{Error, ErrorKind, Location, Provider, ledger::Seal};

/// Where the key is.
pub(super) enum SealKey {
    /// In the settings.
    Set(Arc<dyn Seal>),
    /// In the ledger's folder; read once.
    File(PathBuf, OnceCell<Arc<dyn Seal>>),
}

impl SealKey {
    /// Reads the settings; opens no file yet.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the key is none, or a ledger in a bucket has none.
    pub(super) fn from_settings(settings: &Settings, location: &Location) -> Result<Self, Error> {
        match (&settings.ledger.seal_key, location.provider) {
            (Some(key), _) => Ok(Self::Set(Arc::new(AesSeal::from_base64(key)?))),
            (None, Provider::Folder) => Ok(Self::File(location.bucket.clone().into(), OnceCell::new())),
            (None, _) => {
                let message =
                    "ledger.seal_key is not set: a ledger in a bucket needs 32 random bytes in base64";
                Err(config_error(message).with_source(Cause::NoSealKey))
            }
        }
    }

    /// The seal for who writes. `is_in_use` answers whether the ledger had its first use before; it is asked where the key file of a
    /// folder is not there yet.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the key file cannot be read or made, or is missing from a ledger that is in use:
    /// another key would not open what is in it.
    pub(super) async fn open(
        &self,
        is_in_use: impl Future<Output = Result<bool, Error>>,
    ) -> Result<Arc<dyn Seal>, Error> {
        let (folder, seal) = match self {
            Self::Set(seal) => return Ok(seal.clone()),
            Self::File(folder, seal) => (folder, seal),
        };
        let opening = seal.get_or_try_init(|| async {
            // The order matters: whoever uses a ledger first makes its key before its birth mark.
            if !has_key(folder)? && is_in_use.await? && !has_key(folder)? {
                return Err(NoKey(folder.join(KEY_FILE)).describe(ErrorKind::Config));
            }
            open_file(folder)
        });
        opening.await.cloned()
    }

    /// The seal for who only reads. Where a folder has no key file, it opens nothing.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the key file cannot be read.
    pub(super) fn open_to_read(&self) -> Result<Arc<dyn Seal>, Error> {
        match self {
            Self::Set(seal) => Ok(seal.clone()),
            Self::File(folder, seal) => match seal.get() {
                Some(seal) => Ok(seal.clone()),
                None if has_key(folder)? => open_file(folder),
                None => Ok(Arc::new(NoKey(folder.join(KEY_FILE)))),
            },
        }
    }
}

fn open_file(folder: &Path) -> Result<Arc<dyn Seal>, Error> {
    Ok(Arc::new(AesSeal::from_folder(folder)?))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn key_of(folder: &Path) -> SealKey {
        SealKey::File(folder.to_owned(), OnceCell::new())
    }

    /// Who reads a ledger without its key knows no hash of a token: a made-up one would differ from the recorded one, as if the token had
    /// been replaced.
    #[test]
    fn without_a_key_file_no_token_has_a_hash() {
        let folder = tempfile::tempdir().unwrap();
        let seal = key_of(folder.path()).open_to_read().unwrap();
        assert_eq!(seal.keyed_hash(b"token"), None);
        assert!(seal.open("a1.x", "").is_err() && fs_is_empty(folder.path()), "and nothing is made");
        open_file(folder.path()).unwrap();
        assert!(key_of(folder.path()).open_to_read().unwrap().keyed_hash(b"token").is_some());
    }

    fn fs_is_empty(folder: &Path) -> bool {
        std::fs::read_dir(folder).unwrap().next().is_none()
    }

    /// A key file that cannot be looked at is named with the reason, and not taken for one that is not there. A link to itself is such a
    /// file for every user, the superuser too.
    #[tokio::test]
    async fn a_key_file_that_cannot_be_read_is_not_called_missing() {
        let folder = tempfile::tempdir().unwrap();
        symlink(KEY_FILE, folder.path().join(KEY_FILE)).unwrap();
        let key = key_of(folder.path());
        for error in [key.open_to_read().err(), key.open(async { Ok(true) }).await.err()] {
            let text = error.map(|error| error.to_string()).unwrap_or_default();
            assert!(text.contains("cannot be read or made") && text.contains("(os error 40)"), "{text}");
        }
    }
}
