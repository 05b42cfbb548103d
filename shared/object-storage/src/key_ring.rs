//! The keys in use: loaded once for all requests, replaced before they end or when the bucket refuses them.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqsign_core::{Context, ProvideCredentialDyn};
use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::{CredentialSource, Error, ErrorKind, Verdict};

const OPERATION: &str = "LoadCredential";
/// Pairs are replaced this long before they end; short-lived ones at half their life.
const MARGIN: Duration = Duration::from_secs(300);

/// A pair ready to sign with.
pub(crate) struct Keys {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) token: Option<SecretString>,
    pub(crate) expires: Option<SystemTime>,
}

/// How new keys are had.
pub(crate) enum Loader {
    Anonymous,
    Fixed(Arc<Keys>),
    Oss(Arc<dyn ProvideCredentialDyn<Credential = reqsign_aliyun_oss::Credential>>),
    S3(Arc<dyn ProvideCredentialDyn<Credential = reqsign_aws_v4::Credential>>),
    Source(Arc<dyn CredentialSource>),
}

pub(crate) struct KeyRing {
    loader: Loader,
    context: Context,
    cached: Mutex<Option<Cached>>,
}

struct Cached {
    keys: Arc<Keys>,
    refresh_at: Option<SystemTime>,
}

impl KeyRing {
    pub(crate) fn new(loader: Loader, context: Context) -> Self {
        Self { loader, context, cached: Mutex::new(None) }
    }

    /// The keys to sign the next request with; `None` = unsigned. One load at a time, whoever asks.
    pub(crate) async fn get(&self) -> Result<Option<Arc<Keys>>, Error> {
        match &self.loader {
            Loader::Anonymous => return Ok(None),
            Loader::Fixed(keys) => return Ok(Some(keys.clone())),
            _ => {}
        }
        let mut cached = self.cached.lock().await;
        let now = SystemTime::now();
        if let Some(held) = &*cached
            && held.refresh_at.is_none_or(|at| now < at)
        {
            return Ok(Some(held.keys.clone()));
        }
        match self.load().await {
            Ok(keys) => {
                let keys = Arc::new(keys);
                *cached = Some(Cached {
                    keys: keys.clone(),
                    refresh_at: keys.expires.map(|at| refresh_at(now, at)),
                });
                Ok(Some(keys))
            }
            // The old pair is good for a while yet; the next request asks again.
            Err(error) => match &*cached {
                Some(held) if held.keys.expires.is_some_and(|at| now < at) => Ok(Some(held.keys.clone())),
                _ => Err(error),
            },
        }
    }

    /// Forgets `used`, which the bucket refused, unless it has been replaced already. Tells whether new keys can be had.
    pub(crate) async fn refused(&self, used: Option<&Arc<Keys>>) -> bool {
        let mut cached = self.cached.lock().await;
        if let (Some(held), Some(used)) = (&*cached, used)
            && Arc::ptr_eq(&held.keys, used)
        {
            *cached = None;
        }
        !matches!(self.loader, Loader::Anonymous | Loader::Fixed(_))
    }

    /// Forgets what is held.
    pub(crate) async fn invalidate(&self) {
        *self.cached.lock().await = None;
    }

    async fn load(&self) -> Result<Keys, Error> {
        match &self.loader {
            Loader::Anonymous => Err(nothing_found()),
            Loader::Fixed(keys) => Ok(Keys {
                id: keys.id.clone(),
                secret: keys.secret.clone(),
                token: keys.token.clone(),
                expires: keys.expires,
            }),
            Loader::Oss(provider) => {
                let found = provider
                    .provide_credential_dyn(&self.context)
                    .await
                    .map_err(unavailable)?
                    .ok_or_else(nothing_found)?;
                Ok(Keys {
                    id: found.access_key_id,
                    secret: found.access_key_secret.into(),
                    token: found.security_token.map(Into::into),
                    expires: found.expires_in.map(|at| at.as_system_time()),
                })
            }
            Loader::S3(provider) => {
                let found = provider
                    .provide_credential_dyn(&self.context)
                    .await
                    .map_err(unavailable)?
                    .ok_or_else(nothing_found)?;
                Ok(Keys {
                    id: found.access_key_id,
                    secret: found.secret_access_key.into(),
                    token: found.session_token.map(Into::into),
                    expires: found.expires_in.map(|at| at.as_system_time()),
                })
            }
            Loader::Source(source) => {
                let pair = source.fetch().await.map_err(|error| {
                    let verdict = if error.permanent {
                        Verdict::Permanent
                    } else {
                        Verdict::Retry { not_before: None }
                    };
                    Error::new(
                        ErrorKind::CredentialUnavailable,
                        OPERATION,
                        "no new credential could be fetched",
                    )
                    .with_verdict(verdict)
                    .with_source(error.source)
                })?;
                Ok(Keys {
                    id: pair.access_key_id,
                    secret: pair.access_key_secret,
                    token: pair.security_token,
                    expires: pair.expires,
                })
            }
        }
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").finish_non_exhaustive()
    }
}

fn refresh_at(now: SystemTime, expires: SystemTime) -> SystemTime {
    let left = expires.duration_since(now).unwrap_or_default();
    expires.checked_sub(MARGIN.min(left / 2)).unwrap_or(expires)
}

// A provider's error may quote the answer it got: only its kind is kept.
fn unavailable(error: reqsign_core::Error) -> Error {
    Error::new(ErrorKind::CredentialUnavailable, OPERATION, "the credential provider failed")
        .with_context("reason", format!("{:?}", error.kind()))
}

fn nothing_found() -> Error {
    Error::new(
        ErrorKind::CredentialUnavailable,
        OPERATION,
        "no credential found: set access key variables, a profile, or a role",
    )
    .with_verdict(Verdict::Permanent)
}
