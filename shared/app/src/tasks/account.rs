//! The account under which a task's video appears.

use super::{caller_account::CallerAccount, field_error::field_error, task::UnverifiedToken};
use crate::settings::{AccountSettings, LegacyAccounts, Settings};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use upload_core::Error;

/// The field in which a legacy task names its account.
pub(super) const CLIENT_FIELD: &str = "conf.clientid";
/// The field in which a legacy task carries a token.
pub(crate) const TOKEN_FIELD: &str = "conf.ak";
/// What is wrong with a token that several accounts could have.
pub(crate) const AMBIGUOUS: &str = "does not say which of the client's accounts is meant";
/// What is wrong with a client id that no account has.
const UNKNOWN_CLIENT: &str = "is not a client id of the settings' accounts";

/// The account of a task that names none, and whose object's rule names none: the only account of the settings.
///
/// # Errors
/// [`InvalidJob`](upload_core::ErrorKind::InvalidJob), naming `field`, where the settings do not have exactly one account.
pub(super) fn require_only_account(settings: &Settings, field: &str) -> Result<String, Error> {
    let mut names = settings.accounts.keys();
    match (names.next(), names.next()) {
        (Some(name), None) => Ok(name.clone()),
        _ => Err(field_error(
            field,
            "is missing, no rule matches the object, and the settings do not have exactly one account",
        )),
    }
}

/// What a legacy task states about its account.
#[derive(Default)]
pub(super) struct LegacyAccount {
    /// The account's name, where the task says which. For an unverified token the first account that may own it.
    pub(super) name: Option<String>,
    /// The account that the task carries, where it is one of its own.
    pub(super) caller_account: Option<CallerAccount>,
    /// The token, where its owner is still to be found.
    pub(super) unverified_token: Option<UnverifiedToken>,
}

impl LegacyAccount {
    fn from_settings(name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..Self::default() }
    }
}

/// Finds the account that a legacy task names, if it names one.
///
/// An account of the settings is preferred: its token is refreshed, and its uploads are the same whichever form asked for them.
///
/// # Errors
/// [`InvalidJob`](upload_core::ErrorKind::InvalidJob), naming the field, where no account fits or several do.
pub(super) fn find_legacy_account(
    settings: &Settings,
    client_id: Option<String>,
    token: Option<String>,
) -> Result<LegacyAccount, Error> {
    let Some(client_id) = client_id else { return Ok(LegacyAccount::default()) };
    let known: Vec<_> =
        settings.accounts.iter().filter(|(_, account)| account.client_id == client_id).collect();
    let Some(token) = token else {
        return match known.as_slice() {
            [(name, _)] => Ok(LegacyAccount::from_settings(name)),
            [] => Err(field_error(CLIENT_FIELD, UNKNOWN_CLIENT)),
            _ => Err(field_error(TOKEN_FIELD, AMBIGUOUS)),
        };
    };
    let has_token = |account: &AccountSettings| -> bool {
        account.access_token.expose_secret().as_bytes().ct_eq(token.as_bytes()).into()
    };
    if let Some((name, _)) = known.iter().find(|(_, account)| has_token(account)) {
        return Ok(LegacyAccount::from_settings(name));
    }
    let token = SecretString::from(token);
    let accounts: Vec<String> = known.iter().map(|(name, _)| (*name).clone()).collect();
    let caller_account = match settings.legacy.accounts {
        LegacyAccounts::Known => None,
        LegacyAccounts::Any => Some(CallerAccount { client_id, access_token: token.clone() }),
    };
    let name = match (&caller_account, accounts.first()) {
        (Some(account), _) => account.job_name()?,
        (None, Some(first)) => first.clone(),
        (None, None) => return Err(field_error(CLIENT_FIELD, UNKNOWN_CLIENT)),
    };
    let unverified_token = (!accounts.is_empty()).then_some(UnverifiedToken { token, accounts });
    Ok(LegacyAccount { name: Some(name), caller_account, unverified_token })
}

#[cfg(test)]
mod tests {
    use crate::{settings::Settings, tasks::Task};
    use serde_json::{Value, json};

    const TWO_ACCOUNTS: &str = "
        [accounts.main]
        client_id = 'app'
        access_token = 'token-main'
        [accounts.other]
        client_id = 'app'
        access_token = 'token-other'
        [accounts.third]
        client_id = 'app-3'
        access_token = 'token-third'
        [legacy]
        bucket = 'legacy-bucket'
    ";

    fn read(file: &str, task: &Value) -> Task {
        let settings = Settings::from_parts("test.toml", file, []).expect("settings");
        Task::from_json(task.to_string().as_bytes(), &settings).expect("a task")
    }

    /// A token that the settings do not have may belong to every account of its client id; one that they have, to that account alone.
    #[test]
    fn an_unknown_token_may_be_any_account_of_its_client_id() {
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
            let accounts = task.unverified_token.map(|unverified| unverified.accounts).unwrap_or_default();
            assert_eq!(accounts, expected, "{id} {token}");
        }
    }
}
