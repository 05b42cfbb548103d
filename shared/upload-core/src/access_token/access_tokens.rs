//! The access token of one account, as API calls use it.

use super::{
    cache::{Token, TokenCache},
    refresh_attempt::RefreshAttempt,
    refresher::{CallError, Refresher},
    shared::{OPERATION, Shared, reauthorize_error},
};
use crate::{
    Clock, Error, ErrorKind,
    ledger::{Ledger, TokenChain},
};
use secrecy::SecretString;
use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::sync::OwnedMutexGuard;

/// The access token of one account, shared by every upload of this process that uses the account. Cheap to
/// clone.
#[derive(Clone)]
pub struct AccessTokens {
    shared: Arc<Shared>,
}

/// Calls made at most: with the token in use, with a newer one from the ledger, and with a refreshed one.
const MAX_CALLS: u32 = 3;

impl AccessTokens {
    /// Creates the tokens of an account from the pair in the settings. `clock` hints at when the ledger is read again.
    ///
    /// # Errors
    /// As [`TokenChain::new`].
    pub fn new(
        account: &str,
        access_token: SecretString,
        refresh_token: SecretString,
        refresher: Arc<dyn Refresher>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let chain = TokenChain::new(account, &refresh_token)?;
        let cache = Mutex::new(TokenCache::new(access_token, refresh_token, clock));
        let shared = Shared { chain, refresher, cache, refresh_lock: Arc::default() };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The chain that names the account's entries in the ledger.
    #[must_use]
    pub fn chain(&self) -> &TokenChain {
        &self.shared.chain
    }

    /// Calls with the access token in use, and again with another one if Youku refuses it. The call reaches the
    /// ledger through `ledger`.
    ///
    /// # Errors
    /// The call's own error; [`Reauthorize`](ErrorKind::Reauthorize) if the token is refused and cannot be
    /// refreshed; [`InProgress`](ErrorKind::InProgress), retryable, if another process has been refreshing it
    /// for a while; the error that prevented the refresh.
    pub async fn call<T, F, Fut>(&self, ledger: &Ledger, call: F) -> Result<T, Error>
    where
        F: Fn(SecretString) -> Fut,
        Fut: Future<Output = Result<T, CallError>>,
    {
        let mut token = self.acquire_token(ledger).await?;
        let mut calls_left = MAX_CALLS;
        loop {
            calls_left -= 1;
            match call(token.secret).await {
                Ok(response) => {
                    self.confirm(ledger, token.number).await;
                    return Ok(response);
                }
                Err(CallError::TokenRefused(error)) if !token.fresh && calls_left > 0 => {
                    tracing::debug!(?error, account = self.chain().account(), "the access token is refused");
                    token = self.replace_refused(ledger, token.number).await?;
                }
                Err(CallError::TokenRefused(error) | CallError::Other(error)) => return Err(error),
            }
        }
    }

    /// Checks, as far as the ledger tells, that calls can be made. Neither asks Youku nor refreshes anything.
    ///
    /// # Errors
    /// [`Reauthorize`](ErrorKind::Reauthorize) if every call would be refused; the error that prevents reading
    /// the ledger.
    pub async fn ensure_usable(&self, ledger: &Ledger) -> Result<(), Error> {
        if self.cache().needs_reread() {
            let tokens = ledger.tokens(self.chain()).await?;
            self.cache().adopt(&tokens);
        }
        match self.cache().unusable_reason() {
            Some(why) => Err(reauthorize_error(self.chain(), why)),
            None => Ok(()),
        }
    }

    /// Reads the access token that the next call would use, without refreshing it: for inspection, not for
    /// calls.
    ///
    /// # Errors
    /// The error that prevents reading the ledger.
    pub async fn current(&self, ledger: &Ledger) -> Result<SecretString, Error> {
        let tokens = ledger.tokens(self.chain()).await?;
        self.cache().adopt(&tokens);
        Ok(self.cache().token(false).secret)
    }

    /// The access token in use, as of the last read of the ledger; `None` before the first read.
    #[must_use]
    pub fn cached_token(&self) -> Option<SecretString> {
        self.cache().loaded_token()
    }

    async fn acquire_token(&self, ledger: &Ledger) -> Result<Token, Error> {
        if let Some(token) = self.usable_token() {
            return token;
        }
        let lock = self.shared.refresh_lock.clone();
        let unexpired = self.cache().unexpired_token();
        let guard = match (unexpired, lock.clone().try_lock_owned()) {
            (_, Ok(guard)) => guard,
            // Another task is refreshing; the current token is still valid.
            (Some(token), Err(_)) => return Ok(token),
            (None, Err(_)) => lock.lock_owned().await,
        };
        match self.usable_token() {
            Some(token) => token,
            None => self.refresh(ledger, guard).await,
        }
    }

    async fn replace_refused(&self, ledger: &Ledger, refused: u32) -> Result<Token, Error> {
        let guard = self.shared.refresh_lock.clone().lock_owned().await;
        let was_replaced = self.cache().refuse(refused);
        match self.usable_token().filter(|_| was_replaced) {
            Some(token) => token,
            None => self.refresh(ledger, guard).await,
        }
    }

    /// Refreshes in a task of its own: a run that ends or is dropped meanwhile must not lose the response.
    async fn refresh(&self, ledger: &Ledger, guard: OwnedMutexGuard<()>) -> Result<Token, Error> {
        let attempt = RefreshAttempt { shared: self.shared.clone(), ledger: ledger.clone() };
        let span = tracing::Span::current();
        let task = tokio::spawn(tracing::Instrument::instrument(
            async move {
                let token = attempt.run().await;
                drop(guard);
                token
            },
            span,
        ));
        task.await.unwrap_or_else(|error| {
            let message = "the refresh of the access token ended early";
            Err(Error::new(ErrorKind::Failed, OPERATION, message).retryable().with_source(error))
        })
    }

    /// Records that the pair served a call, and deletes older ones: they are of no use any more.
    async fn confirm(&self, ledger: &Ledger, number: u32) {
        if self.cache().confirm(number) {
            ledger.forget_older_pairs(self.chain(), number).await;
        }
    }

    fn usable_token(&self) -> Option<Result<Token, Error>> {
        let token = self.cache().usable_token()?;
        Some(token.map_err(|why| reauthorize_error(self.chain(), why)))
    }

    fn cache(&self) -> MutexGuard<'_, TokenCache> {
        self.shared.cache()
    }
}
