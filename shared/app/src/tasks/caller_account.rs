//! The account that a task carries.

use crate::settings::AccountSettings;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use upload_core::{Error, ErrorKind};

/// Keeps the hashes of callers' tokens apart from every other hash of them.
const HASH_KEY: &[u8] = b"oss2youku account of a brought token";

/// An account that a task carries.
#[derive(Debug, Clone)]
pub struct CallerAccount {
    /// The application's id.
    pub client_id: String,
    /// The account's access token.
    pub access_token: SecretString,
}

impl CallerAccount {
    /// Encodes the account as JSON, to be sealed in the ledger.
    pub(crate) fn to_secret(&self) -> SecretString {
        serde_json::json!([self.client_id, self.access_token.expose_secret()]).to_string().into()
    }

    /// Decodes the account that the ledger kept.
    ///
    /// # Errors
    /// [`Ledger`](ErrorKind::Ledger) where the text is no account.
    pub(crate) fn from_secret(secret: &SecretString) -> Result<Self, Error> {
        let (client_id, access_token): (String, String) = serde_json::from_str(secret.expose_secret())
            .map_err(|_| {
                Error::new(ErrorKind::Ledger, "ledger", "the account that the task carries cannot be read")
            })?;
        Ok(Self { client_id, access_token: access_token.into() })
    }

    /// The account's name in jobs: the client id plus a keyed hash of the token, since one application has many accounts.
    ///
    /// # Errors
    /// None that can happen: HMAC takes a key of any length.
    pub(super) fn job_name(&self) -> Result<String, Error> {
        let mut mac = Hmac::<Sha256>::new_from_slice(HASH_KEY)
            .map_err(|error| Error::new(ErrorKind::Config, "task", "HMAC has no key").with_source(error))?;
        mac.update(self.access_token.expose_secret().as_bytes());
        let hash = mac.finalize().into_bytes();
        let hex: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("{}#{hex}", self.client_id))
    }
}

impl From<&CallerAccount> for AccountSettings {
    fn from(account: &CallerAccount) -> Self {
        Self {
            client_id: account.client_id.clone(),
            client_secret: None,
            access_token: account.access_token.clone(),
            refresh_token: None,
        }
    }
}
