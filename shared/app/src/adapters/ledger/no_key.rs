//! The seal of who reads a folder's ledger without its key file.

use crate::adapters::cause::Cause;
use secrecy::SecretString;
use std::path::PathBuf;
use upload_core::{Error, ErrorKind, ledger::Seal};

/// Opens nothing and hashes nothing; the path is where the key would be.
pub(super) struct NoKey(pub(super) PathBuf);

impl NoKey {
    /// The error of who needs the key.
    pub(super) fn describe(&self, kind: ErrorKind) -> Error {
        let message =
            "the ledger is in use, and its key file is not there: its secrets are sealed with another key";
        Error::new(kind, "ledger", message)
            .with_context("file", self.0.display().to_string())
            .with_source(Cause::WrongSealKey)
    }
}

impl Seal for NoKey {
    fn seal(&self, _: &[u8], _: &str) -> Result<String, Error> {
        Err(self.describe(ErrorKind::Ledger))
    }

    fn open(&self, _: &str, _: &str) -> Result<SecretString, Error> {
        Err(self.describe(ErrorKind::Ledger))
    }

    fn keyed_hash(&self, _: &[u8]) -> Option<String> {
        None
    }
}
