//! Under which account a task's video appears.

use super::invalid;
use crate::{AccountSettings, LegacyAccounts, Settings};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use upload_core::{Error, ErrorKind};

/// Keeps the hashes of brought tokens apart from every other hash of them.
const HASH_KEY: &[u8] = b"oss2youku account of a brought token";

/// The field in which a legacy task names its account.
pub(super) const LEGACY_FIELD: &str = "conf.clientid";

/// An account that a task brought along.
#[derive(Debug, Clone)]
pub struct BroughtAccount {
    /// The application's id.
    pub client_id: String,
    /// The account's access token.
    pub access_token: SecretString,
}

impl BroughtAccount {
    /// Its JSON, to be sealed in the ledger.
    pub(crate) fn to_secret(&self) -> SecretString {
        serde_json::json!([self.client_id, self.access_token.expose_secret()]).to_string().into()
    }

    /// The account that the ledger kept.
    ///
    /// # Errors
    /// [`Ledger`](ErrorKind::Ledger) where it is none.
    pub(crate) fn from_secret(secret: &SecretString) -> Result<Self, Error> {
        let (client_id, access_token): (String, String) = serde_json::from_str(secret.expose_secret())
            .map_err(|_| {
                Error::new(ErrorKind::Ledger, "ledger", "the account that the task brought cannot be read")
            })?;
        Ok(Self { client_id, access_token: access_token.into() })
    }

    /// The account's name in jobs: the client id plus a keyed hash of the token, since one application has many accounts.
    fn name(&self) -> Result<String, Error> {
        let mut mac = Hmac::<Sha256>::new_from_slice(HASH_KEY)
            .map_err(|error| Error::new(ErrorKind::Config, "task", "HMAC has no key").caused_by(error))?;
        mac.update(self.access_token.expose_secret().as_bytes());
        let hash = mac.finalize().into_bytes();
        let hex: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("{}#{hex}", self.client_id))
    }
}

impl From<&BroughtAccount> for AccountSettings {
    fn from(account: &BroughtAccount) -> Self {
        Self {
            client_id: account.client_id.clone(),
            client_secret: None,
            access_token: account.access_token.clone(),
            refresh_token: None,
        }
    }
}

/// The account of a task that names none, and whose object's rule names none: the only one there is.
pub(super) fn only(settings: &Settings, field: &str) -> Result<String, Error> {
    let mut names = settings.accounts.keys();
    match (names.next(), names.next()) {
        (Some(name), None) => Ok(name.clone()),
        _ => Err(invalid(
            field,
            "is missing, no rule matches the object, and the settings do not have exactly one account",
        )),
    }
}

/// The account that a legacy task names, if it names one: its name, and what the task brought where the settings do not have it.
///
/// An account of the settings is preferred: its token is renewed, and its uploads are the same whichever form asked for them.
pub(super) fn of_legacy(
    settings: &Settings,
    client_id: Option<String>,
    token: Option<String>,
) -> Result<(Option<String>, Option<BroughtAccount>), Error> {
    let Some(client_id) = client_id else { return Ok((None, None)) };
    let known: Vec<_> =
        settings.accounts.iter().filter(|(_, account)| account.client_id == client_id).collect();
    if let Some(token) = token {
        let same = |account: &AccountSettings| -> bool {
            account.access_token.expose_secret().as_bytes().ct_eq(token.as_bytes()).into()
        };
        if let Some((name, _)) = known.iter().find(|(_, account)| same(account)) {
            return Ok((Some(name.to_string()), None));
        }
        if settings.legacy.accounts == LegacyAccounts::Any {
            let brought = BroughtAccount { client_id, access_token: token.into() };
            return Ok((Some(brought.name()?), Some(brought)));
        }
    }
    match known.as_slice() {
        [(name, _)] => Ok((Some(name.to_string()), None)),
        [] => Err(invalid(LEGACY_FIELD, "is not a client id of the settings' accounts")),
        _ => Err(invalid("conf.ak", "does not say which of the client's accounts is meant")),
    }
}
