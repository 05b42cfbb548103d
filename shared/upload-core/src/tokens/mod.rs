//! The access token of an account: which one to use, and when and how it is renewed.
//!
//! The newest pair in the ledger is used, else the one of the settings. It is renewed when a quarter of its life is left by the store's
//! clock, and when Youku refuses it: then the ledger is read first, since another process may have renewed it already. A refresh
//! token works once, so a refresh is claimed in the ledger before Youku is asked and never tried again where its answer was lost: then
//! the access token goes on being used until Youku refuses it, and a person must authorise the account anew.

mod known;
mod renewal;
mod state;

#[cfg(test)]
#[expect(clippy::panic, reason = "a test fails by panicking")]
pub(crate) mod tests;

pub use state::{ReauthorizeReason, TokenState};

use crate::{
    Error, ErrorKind,
    ledger::{Ledger, TokenChain},
};
use async_trait::async_trait;
use known::TokenCache;
use renewal::RefreshAttempt;
use secrecy::SecretString;
use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::OwnedMutexGuard;

/// What the errors that are made here give as their operation.
const OPERATION: &str = "token";
/// A call whose token is refused is made with that token, with another one from the ledger, and with a renewed one.
const CALLS: u32 = 3;

/// Asks Youku for new tokens.
#[async_trait]
pub trait Refresher: Send + Sync {
    /// Spends a refresh token. It is asked once and bounded in time by the caller.
    ///
    /// # Errors
    /// Sorted by what is certain about the refresh token then.
    async fn refresh(&self, refresh_token: &SecretString) -> Result<FreshTokens, RefreshFailed>;
}

/// What a refresh brings.
#[derive(Debug, Clone)]
pub struct FreshTokens {
    /// The new access token.
    pub access_token: SecretString,
    /// The new refresh token.
    pub refresh_token: SecretString,
    /// How long the access token lives; zero where Youku does not tell.
    pub life: Duration,
}

/// Why a refresh brought nothing.
#[derive(Debug)]
pub enum RefreshFailed {
    /// Youku certainly did not deal with it: the refresh token is as good as before.
    Untouched(Error),
    /// Youku does not take the refresh token.
    Refused(Error),
    /// The refresh token may be spent.
    Unknown(Error),
}

/// Why a call with an access token failed.
#[derive(Debug)]
pub enum CallFailed {
    /// Youku refuses the access token, and so did nothing.
    TokenRefused(Error),
    /// Anything else.
    Otherwise(Error),
}

/// The access token of one account, shared by all that one process uploads through it. Cheap to clone.
#[derive(Clone)]
pub struct AccessTokens {
    shared: Arc<Shared>,
}

/// An access token as it is used.
struct Token {
    number: u32,
    secret: SecretString,
    /// Renewed for this very call.
    fresh: bool,
}

struct Shared {
    lineage: TokenChain,
    refresher: Arc<dyn Refresher>,
    known: Mutex<TokenCache>,
    /// Whose turn it is to renew: one in a process.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl AccessTokens {
    /// The tokens of an account, of which the settings hold these two.
    ///
    /// # Errors
    /// As [`Lineage::of`].
    pub fn new(
        account: &str,
        access_token: SecretString,
        refresh_token: SecretString,
        refresher: Arc<dyn Refresher>,
    ) -> Result<Self, Error> {
        let lineage = TokenChain::new(account, &refresh_token)?;
        let known = Mutex::new(TokenCache::new(access_token, refresh_token));
        let shared = Shared { lineage, refresher, known, turn: Arc::default() };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The account's entries in the ledger.
    #[must_use]
    pub fn chain(&self) -> &TokenChain {
        &self.shared.lineage
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
        self.shared.known()
    }
}

impl Shared {
    fn known(&self) -> MutexGuard<'_, TokenCache> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A person must act.
fn reauthorize(lineage: &TokenChain, why: &str) -> Error {
    let account = lineage.account();
    let message = format!(
        "Youku refuses the access token, and {why}: put a new access_token and refresh_token for account {account} into the settings"
    );
    Error::new(ErrorKind::Reauthorize, OPERATION, message)
}
