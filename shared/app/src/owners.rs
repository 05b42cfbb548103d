//! Under which account a task's video appears that brought a token for a client id of the settings.
//!
//! A token that one of the client's accounts ever had is that account's. Where tasks may use the settings' accounts alone, Youku is asked
//! once whose any other is, and only another user's is refused: old clients go on showing tokens that ran out long ago.

use crate::{
    App, Task, UnverifiedToken,
    task::{TOKEN_FIELD, WHICH, invalid},
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use subtle::ConstantTimeEq;
use tokio::time::{Instant, timeout};
use upload_core::{
    Error,
    ledger::{KeyedHash, Ledger, TokenOrigin},
};
use youku::{Client, ErrorKind as Youku};

/// For Youku's word on whose a token is: the caller's upload waits for it.
const ASK: Duration = Duration::from_secs(10);
/// How long Youku is not asked again after it gave no answer.
const SILENT: Duration = Duration::from_secs(600);

/// What this process knows of asking.
#[derive(Default)]
pub(crate) struct OwnerLookup {
    /// The settings' own tokens are noted.
    noted: AtomicBool,
    /// Youku gave no answer, and is not asked again before.
    silent_until: Mutex<Option<Instant>>,
}

/// Whose a task's video becomes.
#[derive(Debug, Default)]
pub(crate) struct Owner {
    /// The account of the settings, where it is not the one that the task says.
    pub(crate) account: Option<String>,
    /// What the caller should know about it.
    pub(crate) warning: Option<String>,
}

impl Owner {
    fn account(name: &str) -> Self {
        Self { account: Some(name.to_owned()), warning: None }
    }

    /// Nobody knows whose the token is, and there is one account that can be meant.
    fn presumed(name: &str) -> Self {
        let warning = format!(
            "{TOKEN_FIELD} is not known as a token of account {name}, and Youku does not tell whose it is: the video is account {name}'s"
        );
        tracing::warn!(account = name, "a task brought a token of which nobody knows whose it is");
        Self { account: Some(name.to_owned()), warning: Some(warning) }
    }
}

impl App {
    /// Finds out whose the video of a task becomes.
    ///
    /// # Errors
    /// [`InvalidJob`](upload_core::ErrorKind::InvalidJob) where the token is another user's, or could be several accounts'; what keeps the
    /// ledger from being read.
    pub(crate) async fn owner(&self, task: &Task, ledger: &Ledger) -> Result<Owner, Error> {
        let Some(UnverifiedToken { token, accounts }) = &task.doubted else { return Ok(Owner::default()) };
        self.record_settings_tokens(ledger).await;
        let hash = KeyedHash::new(token)?;
        for account in accounts {
            if ledger.origin(account, &hash).await?.is_some()
                || self.is_newest(account, token, ledger).await?
            {
                return Ok(Owner::account(account));
            }
        }
        match (&task.caller_account, accounts.as_slice()) {
            (Some(_), _) => Ok(Owner::default()),
            (None, [account]) => match self.compare(account, token, &hash, ledger).await? {
                Some(true) => Ok(Owner::account(account)),
                Some(false) => Err(foreign()),
                None => Ok(Owner::presumed(account)),
            },
            (None, accounts) => {
                let mut unknown = false;
                for account in accounts {
                    match self.compare(account, token, &hash, ledger).await? {
                        Some(true) => return Ok(Owner::account(account)),
                        Some(false) => {}
                        None => unknown = true,
                    }
                }
                Err(if unknown { invalid(TOKEN_FIELD, WHICH) } else { foreign() })
            }
        }
    }

    /// Notes, once in this process, that the settings' tokens are their accounts': the settings may have others one day.
    pub(crate) async fn record_settings_tokens(&self, ledger: &Ledger) {
        if self.asking.noted.swap(true, Ordering::Relaxed) {
            return;
        }
        for (name, account) in &self.settings.accounts {
            let tokens = [Some(&account.access_token), account.refresh_token.as_ref()];
            let tokens: Vec<_> = tokens.into_iter().flatten().collect();
            if let Err(error) = ledger.record_origins(name, &tokens, TokenOrigin::Settings).await {
                tracing::warn!(account = name, ?error, "could not note whose the settings' token is");
                self.asking.noted.store(false, Ordering::Relaxed);
            }
        }
    }

    /// Whether it is the access token of the newest pair, which may not be noted yet.
    async fn is_newest(&self, account: &str, token: &SecretString, ledger: &Ledger) -> Result<bool, Error> {
        let Some(tokens) = &self.account(account)?.tokens else { return Ok(false) };
        let newest = tokens.current(ledger).await?;
        Ok(newest.expose_secret().as_bytes().ct_eq(token.expose_secret().as_bytes()).into())
    }

    /// Whether the token's user is the account's; `None` where nobody knows. A token that is, is noted as the account's.
    async fn compare(
        &self,
        account: &str,
        token: &SecretString,
        hash: &KeyedHash,
        ledger: &Ledger,
    ) -> Result<Option<bool>, Error> {
        let open = self.account(account)?;
        let Some(theirs) = self.user(&open.client.with_token(token.clone()), hash, ledger).await? else {
            return Ok(None);
        };
        let (client, ours) = match &open.tokens {
            None => (open.client.clone(), self.settings.accounts[account].access_token.clone()),
            Some(tokens) => {
                let newest = tokens.current(ledger).await?;
                (open.client.with_token(newest.clone()), newest)
            }
        };
        let ours = self.user(&client, &KeyedHash::new(&ours)?, ledger).await?;
        let same = ours.map(|ours| ours == theirs);
        if same == Some(true)
            && let Err(error) = ledger.record_origins(account, &[token], TokenOrigin::SameUser).await
        {
            tracing::warn!(account, ?error, "could not note whose a token is: it is found out again");
        }
        Ok(same)
    }

    /// The user behind the client's access token; `None` where Youku does not take it or does not answer.
    async fn user(
        &self,
        client: &Client,
        hash: &KeyedHash,
        ledger: &Ledger,
    ) -> Result<Option<String>, Error> {
        if let Some(user) = ledger.user(hash).await? {
            return Ok(user);
        }
        if self.asking.is_silent() {
            return Ok(None);
        }
        let user = match timeout(ASK, client.my_user()).await {
            Ok(Ok(user)) => Some(user),
            Ok(Err(error)) if error.kind() == Youku::AccessTokenRefused => None,
            Ok(Err(error)) => {
                tracing::warn!(?error, "Youku does not tell whose a token is");
                self.asking.fall_silent();
                return Ok(None);
            }
            Err(_) => {
                tracing::warn!("Youku did not tell in time whose a token is");
                self.asking.fall_silent();
                return Ok(None);
            }
        };
        if let Err(error) = ledger.record_user(hash, user.as_deref()).await {
            tracing::warn!(?error, "could not note whose a token is: Youku is asked again");
        }
        Ok(user)
    }
}

impl OwnerLookup {
    fn is_silent(&self) -> bool {
        let until = self.silent_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn fall_silent(&self) {
        *self.silent_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + SILENT);
    }
}

fn foreign() -> Error {
    invalid(TOKEN_FIELD, "is a token of another user than the client id's account")
}
