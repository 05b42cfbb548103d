//! One attempt at a delivery.

use crate::{
    Callback, Config, Delivered, Error, ErrorKind,
    guard::{Guard, Resolver, SystemResolver},
    sign::{Key, signatures},
};
use bytes::Bytes;
use reqwest::{
    ClientBuilder, Response,
    dns::Resolve,
    header::{CONTENT_TYPE, DATE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT},
    redirect,
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::time::{Instant, timeout_at};

const CONNECT_TIME: Duration = Duration::from_secs(5);
/// For one attempt, from resolving the name to the answer's last byte.
const ATTEMPT_TIME: Duration = Duration::from_secs(15);
/// No more of an answer is read.
const ANSWER_LIMIT: usize = 16 << 10;
/// A longer wait than a day would use up the three days for which a callback is tried.
const LONGEST_WAIT: Duration = Duration::from_secs(86_400);
const AGENT: &str = concat!("oss2youku/", env!("CARGO_PKG_VERSION"));

/// Delivers callbacks. Clones share their settings.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    guard: Arc<Guard>,
    keys: Arc<[Key]>,
    attempt_time: Duration,
}

impl Client {
    /// A client over a `builder` that brings TLS; redirects, proxy, name resolution and time-outs are set here.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where a secret or a host in the settings is malformed, or no HTTP client can be had.
    pub fn new(config: Config, builder: ClientBuilder) -> Result<Self, Error> {
        Self::resolving_by(config, builder, Arc::new(SystemResolver))
    }

    pub(crate) fn resolving_by(
        config: Config,
        builder: ClientBuilder,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, Error> {
        let wrong = Error::new(ErrorKind::Config);
        let keys: Result<Vec<_>, _> = config.secrets.iter().map(Key::parse).collect();
        let keys = match keys {
            Ok(keys) => keys.into(),
            Err(error) => return Err(wrong.caused_by(error)),
        };
        let guard = match Guard::new(config.guard) {
            Ok(guard) => Arc::new(guard),
            Err(refusal) => return Err(wrong.caused_by(refusal)),
        };
        let http = builder
            .redirect(redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(Resolver { guard: guard.clone(), below: resolver }))
            .connect_timeout(CONNECT_TIME)
            // Every attempt resolves and checks anew.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| wrong.caused_by(error))?;
        Ok(Self { http, guard, keys, attempt_time: ATTEMPT_TIME })
    }

    /// Whether a callback to this URL may be tried at all, as far as that can be known without resolving its host.
    ///
    /// # Errors
    /// [`Invalid`](ErrorKind::Invalid) or [`Forbidden`](ErrorKind::Forbidden).
    pub fn check(&self, url: &SecretString) -> Result<(), Error> {
        self.guard.url(url.expose_secret())?;
        Ok(())
    }

    /// Posts `body`, which is JSON, once. Only a 2xx is a success.
    ///
    /// # Errors
    /// Any kind but [`Config`](ErrorKind::Config), with a verdict about another attempt.
    pub async fn deliver(&self, callback: &Callback, body: impl Into<Bytes>) -> Result<Delivered, Error> {
        let until = Instant::now() + self.attempt_time;
        let body = body.into();
        let request = self
            .http
            .post(self.guard.url(callback.url.expose_secret())?)
            .headers(self.headers(&callback.id, &body)?)
            .body(body);
        let response = match timeout_at(until, request.send()).await {
            Ok(sent) => sent.map_err(Error::from_transport)?,
            Err(_) => return Err(Error::new(ErrorKind::TimedOut)),
        };
        let status = response.status();
        let wait = retry_after(response.headers());
        // The status has decided; what becomes of the rest does not matter.
        let _ = timeout_at(until, drain(response)).await;
        tracing::debug!(status = status.as_u16(), "callback answered");
        if status.is_success() {
            return Ok(Delivered { status: status.as_u16() });
        }
        Err(Error::answered(status.as_u16(), wait))
    }

    fn headers(&self, id: &str, body: &[u8]) -> Result<HeaderMap, Error> {
        let value = |text: &str| {
            HeaderValue::from_str(text).map_err(|error| Error::new(ErrorKind::Invalid).caused_by(error))
        };
        let mut headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (USER_AGENT, HeaderValue::from_static(AGENT)),
        ]);
        headers.insert("webhook-id", value(id)?);
        if !self.keys.is_empty() {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
            let signatures = signatures(&self.keys, id, now, body)
                .map_err(|error| Error::new(ErrorKind::Invalid).caused_by(error))?;
            headers.insert("webhook-timestamp", now.into());
            headers.insert("webhook-signature", value(&signatures)?);
        }
        Ok(headers)
    }
}

/// Reads an answer so that its sender is not cut off, up to a limit.
async fn drain(mut response: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        read += chunk.len();
        if read >= ANSWER_LIMIT {
            return;
        }
    }
}

/// `Retry-After` in either form; a date is judged by the answer's own clock where it tells it.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let stated =
                headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
            let now = stated.unwrap_or_else(SystemTime::now);
            httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests;
