//! State shared by all clones of an account's access tokens.

use super::{cache::TokenCache, refresher::Refresher};
use crate::{Error, ErrorKind, ledger::TokenChain};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) struct Shared {
    pub(super) chain: TokenChain,
    pub(super) refresher: Arc<dyn Refresher>,
    pub(super) cache: Mutex<TokenCache>,
    /// Held by the one task of this process that may refresh.
    pub(super) refresh_lock: Arc<tokio::sync::Mutex<()>>,
}

impl Shared {
    pub(super) fn cache(&self) -> MutexGuard<'_, TokenCache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The operation that errors of this module name.
pub(super) const OPERATION: &str = "token";

/// The error for a token that only a person can replace.
pub(super) fn reauthorize_error(chain: &TokenChain, why: &str) -> Error {
    let account = chain.account();
    let message = format!(
        "Youku refuses the access token, and {why}: put a new access_token and refresh_token for account {account} into the settings"
    );
    Error::new(ErrorKind::Reauthorize, OPERATION, message)
}
