//! The keys in use: loaded once for all requests, replaced before they end or when the bucket refuses them.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqsign_core::{Context, ProvideCredentialDyn};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

use crate::endpoint::Endpoint;
use crate::{CredentialSource, Error, ErrorKind, Verdict};

const OPERATION: &str = "LoadCredential";
/// Pairs are replaced this long before they end; short-lived ones at half their life.
const MARGIN: Duration = Duration::from_secs(300);

/// A pair ready to sign with. What is blank is not there.
pub(crate) struct Keys {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) token: Option<SecretString>,
    pub(crate) expires: Option<SystemTime>,
}

impl Keys {
    /// `None` where id or secret is blank.
    pub(crate) fn new(
        id: String,
        secret: SecretString,
        token: Option<SecretString>,
        expires: Option<SystemTime>,
    ) -> Option<Self> {
        let token = token.filter(|token| !is_blank(token.expose_secret()));
        (!is_blank(&id) && !is_blank(secret.expose_secret())).then_some(Self { id, secret, token, expires })
    }

    fn is(&self, other: &Self) -> bool {
        let token = |keys: &Self| keys.token.as_ref().map(|token| token.expose_secret().to_owned());
        self.id == other.id
            && self.secret.expose_secret() == other.secret.expose_secret()
            && token(self) == token(other)
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// How new keys are had.
pub(crate) enum Loader {
    Anonymous,
    /// `None`: what was given is blank.
    Fixed(Option<Arc<Keys>>),
    Oss(Arc<dyn ProvideCredentialDyn<Credential = reqsign_aliyun_oss::Credential>>),
    S3(Arc<dyn ProvideCredentialDyn<Credential = reqsign_aws_v4::Credential>>),
    Source(Arc<dyn CredentialSource>),
}

pub(crate) struct KeyRing {
    loader: Loader,
    context: Context,
    /// By whose clock keys end: they are a cloud's, and this machine's may be wrong.
    endpoint: Arc<Endpoint>,
    cached: Mutex<Option<Cached>>,
}

struct Cached {
    keys: Arc<Keys>,
    refresh_at: Option<SystemTime>,
}

impl KeyRing {
    pub(crate) fn new(loader: Loader, context: Context, endpoint: Arc<Endpoint>) -> Self {
        Self { loader, context, endpoint, cached: Mutex::new(None) }
    }

    /// Where the keys come from, for people.
    pub(crate) fn origin(&self) -> &'static str {
        match &self.loader {
            Loader::Anonymous => "none",
            Loader::Fixed(_) => "the key of the settings, or that which the platform handed over",
            Loader::Oss(_) => {
                "ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and, for a temporary one, ALIBABA_CLOUD_SECURITY_TOKEN, or a role"
            }
            Loader::S3(_) => {
                "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for a temporary one, AWS_SESSION_TOKEN, or a role"
            }
            Loader::Source(_) => "fetched by the caller",
        }
    }

    /// The keys to sign the next request with; `None` = unsigned. One load at a time, whoever asks.
    pub(crate) async fn get(&self) -> Result<Option<Arc<Keys>>, Error> {
        match &self.loader {
            Loader::Anonymous => return Ok(None),
            Loader::Fixed(keys) => {
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

    /// Gets keys in place of `used`, which the bucket refused, unless somebody has already. Answers whether they are others.
    ///
    /// # Errors
    /// Where none could be had.
    pub(crate) async fn renew(&self, used: &Arc<Keys>) -> Result<bool, Error> {
        if matches!(self.loader, Loader::Anonymous | Loader::Fixed(_)) {
            return Ok(false);
        }
        let mut cached = self.cached.lock().await;
        match cached.take() {
            Some(held) if !held.keys.is(used) => {
                *cached = Some(held);
                Ok(true)
            }
            _ => Ok(!self.load_into(&mut cached).await?.is(used)),
        }
    }

    /// Forgets what is held.
    pub(crate) async fn invalidate(&self) {
        *self.cached.lock().await = None;
    }

    async fn load_into(&self, cached: &mut Option<Cached>) -> Result<Arc<Keys>, Error> {
        let keys = Arc::new(self.load().await?);
        let now = self.endpoint.now();
        let refresh_at = keys.expires.map(|at| refresh_at(now, at));
        *cached = Some(Cached { keys: keys.clone(), refresh_at });
        Ok(keys)
    }

    async fn load(&self) -> Result<Keys, Error> {
        let found = self.find().await?;
        found.ok_or_else(|| self.nothing_found())
    }

    /// `None`: there are none, or one half of them is blank.
    async fn find(&self) -> Result<Option<Keys>, Error> {
        match &self.loader {
            // These are asked for nothing: see `get` and `renew`.
            Loader::Anonymous | Loader::Fixed(_) => Ok(None),
            Loader::Oss(provider) => {
                let found = provider.provide_credential_dyn(&self.context).await.map_err(unavailable)?;
                Ok(found.and_then(|found| {
                    let expires = found.expires_in.map(|at| at.as_system_time());
                    let token = found.security_token.map(Into::into);
                    Keys::new(found.access_key_id, found.access_key_secret.into(), token, expires)
                }))
            }
            Loader::S3(provider) => {
                let found = provider.provide_credential_dyn(&self.context).await.map_err(unavailable)?;
                Ok(found.and_then(|found| {
                    let expires = found.expires_in.map(|at| at.as_system_time());
                    let token = found.session_token.map(Into::into);
                    Keys::new(found.access_key_id, found.secret_access_key.into(), token, expires)
                }))
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
                Ok(Keys::new(pair.access_key_id, pair.access_key_secret, pair.security_token, pair.expires))
            }
        }
    }

    fn nothing_found(&self) -> Error {
        Error::new(ErrorKind::CredentialUnavailable, OPERATION, "no credential found")
            .with_verdict(Verdict::Permanent)
            .with_context("set", self.origin())
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
