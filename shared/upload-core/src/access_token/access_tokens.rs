//! The access token of one account as calls use it.

use super::{
    cache::{Token, TokenCache},
    refresh_attempt::RefreshAttempt,
    refresher::{CallFailed, Refresher},
    shared::{OPERATION, Shared, reauthorize},
};
use crate::{
    Error, ErrorKind,
    ledger::{Ledger, TokenChain},
};
use secrecy::SecretString;
use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::sync::OwnedMutexGuard;

/// The access token of one account, shared by all that one process uploads through it. Cheap to clone.
#[derive(Clone)]
pub struct AccessTokens {
    shared: Arc<Shared>,
}

/// A call whose token is refused is made with that token, with another one from the ledger, and with a renewed one.
const CALLS: u32 = 3;

impl AccessTokens {
    /// The tokens of an account, of which the settings hold these two.
    ///
    /// # Errors
    /// As [`TokenChain::new`].
    pub fn new(
        account: &str,
        access_token: SecretString,
        refresh_token: SecretString,
        refresher: Arc<dyn Refresher>,
    ) -> Result<Self, Error> {
        let chain = TokenChain::new(account, &refresh_token)?;
        let cache = Mutex::new(TokenCache::new(access_token, refresh_token));
        let shared = Shared { chain, refresher, cache, turn: Arc::default() };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The account's entries in the ledger.
    #[must_use]
    pub fn chain(&self) -> &TokenChain {
        &self.shared.chain
    }

    /// Calls with the access token in use, and again with another one where Youku refuses it. `ledger` is the ledger as the
    /// call reaches it.
    ///
    /// # Errors
    /// What the call answers; [`Reauthorize`](ErrorKind::Reauthorize) where the token is refused and cannot be renewed;
    /// [`InProgress`](ErrorKind::InProgress), retryable, where somebody else has been renewing it for a while; what kept it from
    /// being renewed.
    pub async fn call<T, F, Fut>(&self, ledger: &Ledger, call: F) -> Result<T, Error>
    where
        F: Fn(SecretString) -> Fut,
        Fut: Future<Output = Result<T, CallFailed>>,
    {
        let mut token = self.token(ledger).await?;
        let mut left = CALLS;
        loop {
            left -= 1;
            match call(token.secret).await {
                Ok(answer) => {
                    self.confirm(ledger, token.number).await;
                    return Ok(answer);
                }
                Err(CallFailed::TokenRefused(error)) if !token.fresh && left > 0 => {
                    tracing::debug!(?error, account = self.chain().account(), "the access token is refused");
                    token = self.replace(ledger, token.number).await?;
                }
                Err(CallFailed::TokenRefused(error) | CallFailed::Otherwise(error)) => return Err(error),
            }
        }
    }

    /// Whether calls can be made, as far as the ledger tells. Youku is not asked, and nothing renewed.
    ///
    /// # Errors
    /// [`Reauthorize`](ErrorKind::Reauthorize) where every call would be refused; what keeps the ledger from being read.
    pub async fn ready(&self, ledger: &Ledger) -> Result<(), Error> {
        if self.cache().needs_reread() {
            let tokens = ledger.tokens(self.chain()).await?;
            self.cache().adopt(&tokens);
        }
        match self.cache().ended_reason() {
            Some(why) => Err(reauthorize(self.chain(), why)),
            None => Ok(()),
        }
    }

    /// The access token that the next call would use, without renewing it: for looking, not for working.
    ///
    /// # Errors
    /// What keeps the ledger from being read.
    pub async fn current(&self, ledger: &Ledger) -> Result<SecretString, Error> {
        let tokens = ledger.tokens(self.chain()).await?;
        self.cache().adopt(&tokens);
        Ok(self.cache().token(false).secret)
    }

    /// The access token that calls use now, as far as the ledger was read.
    #[must_use]
    pub fn in_use(&self) -> Option<SecretString> {
        self.cache().in_use()
    }

    async fn token(&self, ledger: &Ledger) -> Result<Token, Error> {
        if let Some(at_hand) = self.usable() {
            return at_hand;
        }
        let turn = self.shared.turn.clone();
        let living = self.cache().unexpired();
        let turn = match (living, turn.clone().try_lock_owned()) {
            (_, Ok(turn)) => turn,
            // Somebody renews it; it still lives.
            (Some(token), Err(_)) => return Ok(token),
            (None, Err(_)) => turn.lock_owned().await,
        };
        match self.usable() {
            Some(at_hand) => at_hand,
            None => self.renew(ledger, turn).await,
        }
    }

    async fn replace(&self, ledger: &Ledger, refused: u32) -> Result<Token, Error> {
        let turn = self.shared.turn.clone().lock_owned().await;
        let renewed_here = self.cache().refuse(refused);
        match self.usable().filter(|_| renewed_here) {
            Some(at_hand) => at_hand,
            None => self.renew(ledger, turn).await,
        }
    }

    /// A run that ends or is dropped meanwhile does not take the answer along: the refresh is a task of its own.
    async fn renew(&self, ledger: &Ledger, turn: OwnedMutexGuard<()>) -> Result<Token, Error> {
        let renewal = RefreshAttempt { shared: self.shared.clone(), ledger: ledger.clone() };
        let span = tracing::Span::current();
        let task = tokio::spawn(tracing::Instrument::instrument(
            async move {
                let renewed = renewal.run().await;
                drop(turn);
                renewed
            },
            span,
        ));
        task.await.unwrap_or_else(|error| {
            let message = "renewing the access token ended before its time";
            Err(Error::new(ErrorKind::Failed, OPERATION, message).retryable().with_source(error))
        })
    }

    /// The pair has served: older ones are of no use any more.
    async fn confirm(&self, ledger: &Ledger, number: u32) {
        if self.cache().confirm(number) {
            ledger.forget_older_pairs(self.chain(), number).await;
        }
    }

    fn usable(&self) -> Option<Result<Token, Error>> {
        let at_hand = self.cache().usable()?;
        Some(at_hand.map_err(|why| reauthorize(self.chain(), why)))
    }

    fn cache(&self) -> MutexGuard<'_, TokenCache> {
        self.shared.cache()
    }
}
