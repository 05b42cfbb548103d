//! Finding the account of a task that carries a token for a client id of the settings.
//!
//! A token that one of the client's accounts ever had is that account's. Where tasks may use the settings' accounts alone, Youku is asked
//! once whose any other token is, and only another user's is refused: old clients keep sending tokens that ran out long ago.

use crate::{
    application::App,
    tasks::{AMBIGUOUS, TOKEN_FIELD, Task, UnverifiedToken, field_error},
};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use upload_core::{
    Error,
    ledger::{KeyedHash, Ledger, TokenOrigin},
};

/// The account that owns a task's video.
#[derive(Debug, Default)]
pub(super) struct Owner {
    /// The account of the settings, where it is not the one that the task states.
    pub(super) account: Option<String>,
    /// What the caller should know about it.
    pub(super) warning: Option<String>,
}

impl Owner {
    fn from_account(name: &str) -> Self {
        Self { account: Some(name.to_owned()), warning: None }
    }

    /// The only account that can be meant, where the token's owner is unknown.
    fn presume(name: &str) -> Self {
        let warning = format!(
            "{TOKEN_FIELD} is not known as a token of account {name}, and Youku does not tell whose it is: the video is account {name}'s"
        );
        tracing::warn!(account = name, "a task carries a token whose owner is unknown");
        Self { account: Some(name.to_owned()), warning: Some(warning) }
    }
}

impl App {
    /// Finds the account that owns the video of a task.
    ///
    /// # Errors
    /// [`InvalidJob`](upload_core::ErrorKind::InvalidJob) where the token is another user's, or could be several accounts'; what keeps the
    /// ledger from being read.
    pub(super) async fn find_owner(&self, task: &Task, ledger: &Ledger) -> Result<Owner, Error> {
        let Some(UnverifiedToken { token, accounts }) = &task.unverified_token else {
            return Ok(Owner::default());
        };
        self.record_settings_tokens(ledger).await;
        let hash = KeyedHash::new(token)?;
        for account in accounts {
            if ledger.origin(account, &hash).await?.is_some()
                || self.is_newest_token(account, token, ledger).await?
            {
                return Ok(Owner::from_account(account));
            }
        }
        match (&task.caller_account, accounts.as_slice()) {
            (Some(_), _) => Ok(Owner::default()),
            (None, [account]) => match self.is_accounts_user(account, token, &hash, ledger).await? {
                Some(true) => Ok(Owner::from_account(account)),
                Some(false) => Err(foreign_token_error()),
                None => Ok(Owner::presume(account)),
            },
            (None, accounts) => {
                let mut is_unknown = false;
                for account in accounts {
                    match self.is_accounts_user(account, token, &hash, ledger).await? {
                        Some(true) => return Ok(Owner::from_account(account)),
                        Some(false) => {}
                        None => is_unknown = true,
                    }
                }
                Err(if is_unknown { field_error(TOKEN_FIELD, AMBIGUOUS) } else { foreign_token_error() })
            }
        }
    }

    /// Records, once in this process, that the settings' tokens are their accounts': the settings may have others one day.
    pub(super) async fn record_settings_tokens(&self, ledger: &Ledger) {
        if !self.users.begin_recording() {
            return;
        }
        for (name, account) in &self.settings.accounts {
            let tokens = [Some(&account.access_token), account.refresh_token.as_ref()];
            let tokens: Vec<_> = tokens.into_iter().flatten().collect();
            if let Err(error) = ledger.record_origins(name, &tokens, TokenOrigin::Settings).await {
                tracing::warn!(account = name, ?error, "could not note whose the settings' token is");
                self.users.reset_recording();
            }
        }
    }

    /// Whether it is the access token of the newest pair, whose origin may not be recorded yet.
    async fn is_newest_token(
        &self,
        account: &str,
        token: &SecretString,
        ledger: &Ledger,
    ) -> Result<bool, Error> {
        let Some(tokens) = &self.account(account)?.tokens else { return Ok(false) };
        let newest = tokens.current(ledger).await?;
        Ok(newest.expose_secret().as_bytes().ct_eq(token.expose_secret().as_bytes()).into())
    }

    /// Whether the token's user is the account's; `None` where that is unknown. Records the token as the account's where it is.
    async fn is_accounts_user(
        &self,
        account: &str,
        token: &SecretString,
        hash: &KeyedHash,
        ledger: &Ledger,
    ) -> Result<Option<bool>, Error> {
        let configured = self.account(account)?;
        let shown = configured.client.with_token(token.clone());
        let Some(tokens_user) = self.users.find_user(&shown, hash, ledger).await? else {
            return Ok(None);
        };
        let (client, current) = match &configured.tokens {
            None => (configured.client.clone(), self.settings.accounts[account].access_token.clone()),
            Some(tokens) => {
                let newest = tokens.current(ledger).await?;
                (configured.client.with_token(newest.clone()), newest)
            }
        };
        let accounts_user = self.users.find_user(&client, &KeyedHash::new(&current)?, ledger).await?;
        let is_same = accounts_user.map(|user| user == tokens_user);
        if is_same == Some(true)
            && let Err(error) = ledger.record_origins(account, &[token], TokenOrigin::SameUser).await
        {
            tracing::warn!(account, ?error, "could not note whose a token is: it is found out again");
        }
        Ok(is_same)
    }
}

fn foreign_token_error() -> Error {
    field_error(TOKEN_FIELD, "is a token of another user than the client id's account")
}
