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

/// The field in which it brings a token.
pub(crate) const TOKEN_FIELD: &str = "conf.ak";
/// What is wrong with one that several accounts could have.
pub(crate) const WHICH: &str = "does not say which of the client's accounts is meant";

/// An account that a task brought along.
#[derive(Debug, Clone)]
pub struct CallerAccount {
    /// The application's id.
    pub client_id: String,
    /// The account's access token.
    pub access_token: SecretString,
}

impl CallerAccount {
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

/// The account of a task that names none, and whose object's rule names none: the only one there is.
pub(super) fn only_account(settings: &Settings, field: &str) -> Result<String, Error> {
    let mut names = settings.accounts.keys();
    match (names.next(), names.next()) {
        (Some(name), None) => Ok(name.clone()),
        _ => Err(invalid(
            field,
            "is missing, no rule matches the object, and the settings do not have exactly one account",
        )),
    }
}

/// A token that a task brought, whose account is still to be found out.
#[derive(Debug, Clone)]
pub struct UnverifiedToken {
    /// The token.
    pub(crate) token: SecretString,
    /// The accounts of the settings that have the client id which came with it: one at least.
    pub(crate) accounts: Vec<String>,
}

/// What a legacy task says of its account.
#[derive(Default)]
pub(super) struct Named {
    /// The account's name, where the task says which. Of a doubted token's it is the first.
    pub(super) account: Option<String>,
    /// What the task brought, where that is an account of its own.
    pub(super) brought: Option<CallerAccount>,
    pub(super) doubted: Option<UnverifiedToken>,
}

/// The account that a legacy task names, if it names one.
///
/// An account of the settings is preferred: its token is renewed, and its uploads are the same whichever form asked for them.
pub(super) fn of_legacy(
    settings: &Settings,
    client_id: Option<String>,
    token: Option<String>,
) -> Result<Named, Error> {
    let Some(client_id) = client_id else { return Ok(Named::default()) };
    let known: Vec<_> =
        settings.accounts.iter().filter(|(_, account)| account.client_id == client_id).collect();
    let ours = |name: &String| Named { account: Some(name.clone()), ..Named::default() };
    let Some(token) = token else {
        return match known.as_slice() {
            [(name, _)] => Ok(ours(name)),
            [] => Err(invalid(LEGACY_FIELD, NOT_OURS)),
            _ => Err(invalid(TOKEN_FIELD, WHICH)),
        };
    };
    let same = |account: &AccountSettings| -> bool {
        account.access_token.expose_secret().as_bytes().ct_eq(token.as_bytes()).into()
    };
    if let Some((name, _)) = known.iter().find(|(_, account)| same(account)) {
        return Ok(ours(name));
    }
    let token = SecretString::from(token);
    let accounts: Vec<String> = known.iter().map(|(name, _)| (*name).clone()).collect();
    let brought = match settings.legacy.accounts {
        LegacyAccounts::Known => None,
        LegacyAccounts::Any => Some(CallerAccount { client_id, access_token: token.clone() }),
    };
    let account = match (&brought, accounts.first()) {
        (Some(brought), _) => brought.name()?,
        (None, Some(first)) => first.clone(),
        (None, None) => return Err(invalid(LEGACY_FIELD, NOT_OURS)),
    };
    let doubted = (!accounts.is_empty()).then_some(UnverifiedToken { token, accounts });
    Ok(Named { account: Some(account), brought, doubted })
}

const NOT_OURS: &str = "is not a client id of the settings' accounts";

#[cfg(test)]
mod tests {
    use crate::{Settings, Task, task::tests::TWO_ACCOUNTS};
    use serde_json::{Value, json};

    fn read(file: &str, task: &Value) -> Task {
        let settings = Settings::from_parts("test.toml", file, []).expect("settings");
        Task::from_json(task.to_string().as_bytes(), &settings).expect("a task")
    }

    #[test]
    fn a_token_that_the_settings_do_not_have_is_doubted_for_every_account_of_its_client_id() {
        let any = format!("{TWO_ACCOUNTS}\naccounts = 'any'");
        let task = |id: &str, token: &str| json!({"conf": {"keyname": "k", "clientid": id, "ak": token}});
        let cases = [
            (TWO_ACCOUNTS, "app", "token-old", &["main", "other"][..]),
            (TWO_ACCOUNTS, "app-3", "token-old", &["third"]),
            (TWO_ACCOUNTS, "app", "token-other", &[]),
            (TWO_ACCOUNTS, "app-3", "", &[]),
            (&any, "app", "token-old", &["main", "other"]),
            (&any, "app-4", "token-old", &[]),
        ];
        for (file, id, token, expected) in cases {
            let task = read(file, &task(id, token));
            assert!(!format!("{task:?}").contains("token-old"));
            let accounts = task.doubted.map(|doubted| doubted.accounts).unwrap_or_default();
            assert_eq!(accounts, expected, "{id} {token}");
        }
    }
}
