//! The keys in use: loaded once for all requests, replaced before they end or when the bucket refuses them.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::loader::{KeyLoader, OPERATION};
use super::signing_keys::SigningKeys;
use crate::error::{Error, ErrorKind};
use crate::http::endpoint::Endpoint;
use ::error::RetryAdvice;
use reqsign_core::Context;
use tokio::sync::Mutex;

/// Pairs are replaced this long before they end; short-lived ones at half their life.
const MARGIN: Duration = Duration::from_secs(300);

pub(crate) struct CredentialCache {
    loader: KeyLoader,
    context: Context,
    /// By whose clock keys end: they are a cloud's, and this machine's may be wrong.
    endpoint: Arc<Endpoint>,
    cached: Mutex<Option<Cached>>,
}

struct Cached {
    keys: Arc<SigningKeys>,
    refresh_at: Option<SystemTime>,
}

impl CredentialCache {
    pub(crate) fn new(loader: KeyLoader, context: Context, endpoint: Arc<Endpoint>) -> Self {
        Self { loader, context, endpoint, cached: Mutex::new(None) }
    }

    /// The keys to sign the next request with; `None` = unsigned. One load at a time, whoever asks.
    pub(crate) async fn get(&self) -> Result<Option<Arc<SigningKeys>>, Error> {
        match &self.loader {
            KeyLoader::Anonymous => return Ok(None),
            KeyLoader::Fixed(keys) => {
                return keys.clone().map(Some).ok_or_else(|| self.nothing_found());
            }
            _ => {}
        }
        let mut cached = self.cached.lock().await;
        let now = self.endpoint.now();
        if let Some(held) = &*cached
            && held.refresh_at.is_none_or(|at| now < at)
        {
            return Ok(Some(held.keys.clone()));
        }
        match self.load_into(&mut cached).await {
            Ok(keys) => Ok(Some(keys)),
            // The old pair is good for a while yet; the next request asks again.
            Err(error) => match &*cached {
                Some(held) if held.keys.expires.is_some_and(|at| now < at) => Ok(Some(held.keys.clone())),
                _ => Err(error),
            },
        }
    }

    /// Gets keys in place of `used`, which the bucket refused, unless another request has already. Returns whether they are others.
    ///
    /// # Errors
    /// Where there are none.
    pub(crate) async fn renew(&self, used: &Arc<SigningKeys>) -> Result<bool, Error> {
        if matches!(self.loader, KeyLoader::Anonymous | KeyLoader::Fixed(_)) {
            return Ok(false);
        }
        let mut cached = self.cached.lock().await;
        match cached.take() {
            Some(held) if !held.keys.equals(used) => {
                *cached = Some(held);
                Ok(true)
            }
            _ => Ok(!self.load_into(&mut cached).await?.equals(used)),
        }
    }

    /// Where the keys come from, for people.
    pub(crate) fn describe_origin(&self) -> &'static str {
        self.loader.describe_origin()
    }

    /// Forgets what is held.
    pub(crate) async fn invalidate(&self) {
        *self.cached.lock().await = None;
    }

    async fn load_into(&self, cached: &mut Option<Cached>) -> Result<Arc<SigningKeys>, Error> {
        let keys = Arc::new(self.load().await?);
        let now = self.endpoint.now();
        let refresh_at = keys.expires.map(|at| refresh_at(now, at));
        *cached = Some(Cached { keys: keys.clone(), refresh_at });
        Ok(keys)
    }

    async fn load(&self) -> Result<SigningKeys, Error> {
        let found = self.loader.find_keys(&self.context).await?;
        found.ok_or_else(|| self.nothing_found())
    }

    fn nothing_found(&self) -> Error {
        Error::from_kind(ErrorKind::CredentialUnavailable, OPERATION)
            .with_advice(RetryAdvice::Permanent)
            .with_context("set", self.loader.describe_origin())
    }
}

impl fmt::Debug for CredentialCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialCache").finish_non_exhaustive()
    }
}

fn refresh_at(now: SystemTime, expires: SystemTime) -> SystemTime {
    let left = expires.duration_since(now).unwrap_or_default();
    expires.checked_sub(MARGIN.min(left / 2)).unwrap_or(expires)
}
