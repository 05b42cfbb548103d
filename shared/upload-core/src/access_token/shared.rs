//! What all clones of an account's access tokens share.

use super::{cache::TokenCache, refresher::Refresher};
use crate::{Error, ErrorKind, ledger::TokenChain};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) struct Shared {
    pub(super) chain: TokenChain,
    pub(super) refresher: Arc<dyn Refresher>,
    pub(super) cache: Mutex<TokenCache>,
    /// Whose turn it is to renew: one in a process.
    pub(super) turn: Arc<tokio::sync::Mutex<()>>,
}

impl Shared {
    pub(super) fn cache(&self) -> MutexGuard<'_, TokenCache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the errors that are made here give as their operation.
pub(super) const OPERATION: &str = "token";

/// A person must act.
pub(super) fn reauthorize(chain: &TokenChain, why: &str) -> Error {
    let account = chain.account();
    let message = format!(
        "Youku refuses the access token, and {why}: put a new access_token and refresh_token for account {account} into the settings"
    );
    Error::new(ErrorKind::Reauthorize, OPERATION, message)
}
