//! One attempt at a delivery.

use crate::{
    config::Config,
    error::{self, Error, ErrorKind},
    guard::{Guard, GuardedResolver, SystemResolver},
    sign::{Key, sign_with_each},
    types::{Answer, Callback, Delivered},
};
use ::error::{discard_body, retry_after};
use bytes::Bytes;
use reqwest::{
    Body, ClientBuilder, Response,
    dns::Resolve,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT},
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
    /// [`Config`](ErrorKind::Config) where a secret or a host in the settings is malformed, or the HTTP client cannot be built.
    pub fn new(config: Config, builder: ClientBuilder) -> Result<Self, Error> {
        Self::resolving_by(config, builder, Arc::new(SystemResolver))
    }

    pub(crate) fn resolving_by(
        config: Config,
        builder: ClientBuilder,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, Error> {
        let keys: Result<Vec<_>, _> = config.secrets.iter().map(Key::parse).collect();
        let keys = keys.map_err(|why| error::from_cause(ErrorKind::Config, why))?.into();
        let guard = Guard::new(config.guard).map_err(|why| error::from_cause(ErrorKind::Config, why))?;
        let guard = Arc::new(guard);
        let http = builder
            .redirect(redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(GuardedResolver { guard: guard.clone(), below: resolver }))
            .connect_timeout(CONNECT_TIME)
            // Every attempt resolves and checks again.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|why| error::from_kind(ErrorKind::Config).with_source(why))?;
        Ok(Self { http, guard, keys, attempt_time: ATTEMPT_TIME })
    }

    /// Whether a callback to this URL may be tried at all, as far as that can be known without resolving its host.
    ///
    /// # Errors
    /// [`Invalid`](ErrorKind::Invalid) or [`Forbidden`](ErrorKind::Forbidden).
    pub fn check(&self, url: &SecretString) -> Result<(), Error> {
        self.guard.check_url(url.expose_secret())?;
        Ok(())
    }

    /// Posts `body`, which is JSON, once. Only a 2xx is a success.
    ///
    /// # Errors
    /// Any kind but [`Config`](ErrorKind::Config), with advice about another attempt.
    pub async fn deliver(&self, callback: &Callback, body: impl Into<Bytes>) -> Result<Delivered, Error> {
        let until = Instant::now() + self.attempt_time;
        let body = body.into();
        let headers = self.headers(&callback.id, &body)?;
        let response = self.send(&callback.url, headers, body, until).await?;
        let status = response.status();
        let wait = retry_after(response.headers(), LONGEST_WAIT);
        // The status has decided; what becomes of the rest does not matter.
        let _ = timeout_at(until, discard_body(Body::from(response), ANSWER_LIMIT)).await;
        tracing::debug!(status = status.as_u16(), "callback answered");
        if status.is_success() {
            return Ok(Delivered { status: status.as_u16() });
        }
        Err(error::from_status(status.as_u16(), wait))
    }

    /// Posts `body`, which is JSON, once and unsigned, to a server whose answers say in their body what they mean. Returns the status and at
    /// most 16 KiB of the body; of a longer one nothing, since half of it would mean something else.
    ///
    /// # Errors
    /// No answer came, or the guard lets nothing go there.
    pub async fn exchange(&self, url: &SecretString, body: impl Into<Bytes>) -> Result<Answer, Error> {
        let until = Instant::now() + self.attempt_time;
        let response = self.send(url, common_headers(), body.into(), until).await?;
        let status = response.status().as_u16();
        let mut response = response;
        let mut body = Vec::new();
        loop {
            let read = timeout_at(until, response.chunk()).await;
            let read = read.map_err(|_| error::from_kind(ErrorKind::TimedOut))?;
            let Some(chunk) = read.map_err(error::from_transport)? else { break };
            if body.len() + chunk.len() > ANSWER_LIMIT {
                return Ok(Answer { status, body: Vec::new() });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body })
    }

    async fn send(
        &self,
        url: &SecretString,
        headers: HeaderMap,
        body: Bytes,
        until: Instant,
    ) -> Result<Response, Error> {
        let request = self.http.post(self.guard.check_url(url.expose_secret())?).headers(headers).body(body);
        match timeout_at(until, request.send()).await {
            Ok(sent) => sent.map_err(error::from_transport),
            Err(_) => Err(error::from_kind(ErrorKind::TimedOut)),
        }
    }

    fn headers(&self, id: &str, body: &[u8]) -> Result<HeaderMap, Error> {
        let value = |text: &str| {
            HeaderValue::from_str(text).map_err(|why| error::from_kind(ErrorKind::Invalid).with_source(why))
        };
        let mut headers = common_headers();
        headers.insert("webhook-id", value(id)?);
        if !self.keys.is_empty() {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
            let signatures = sign_with_each(&self.keys, id, now, body)
                .map_err(|why| error::from_cause(ErrorKind::Invalid, why))?;
            headers.insert("webhook-timestamp", now.into());
            headers.insert("webhook-signature", value(&signatures)?);
        }
        Ok(headers)
    }
}

fn common_headers() -> HeaderMap {
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (USER_AGENT, HeaderValue::from_static(AGENT)),
    ])
}

#[cfg(test)]
mod tests;
