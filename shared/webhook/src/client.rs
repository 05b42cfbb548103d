//! One attempt at a delivery.

use crate::{
    config::Config,
    error::{self, Error, ErrorKind},
    guard::{Guard, Resolve, SystemResolver},
    sign::{Key, sign_with_each},
    transport::{AnswerBody, Transport},
    types::{Answer, Callback, Delivered},
};
use ::error::{ReadError, discard_body, read_body, retry_after};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Request, Response,
    header::{CONTENT_TYPE, USER_AGENT},
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

const CONNECT_TIME: Duration = Duration::from_secs(5);
/// For one attempt, from resolving the name to the answer's last byte.
const ATTEMPT_TIME: Duration = Duration::from_secs(15);
/// No more of an answer is read.
const ANSWER_LIMIT: usize = 16 << 10;
/// A longer wait than a day would use up the three days for which a callback is tried.
const LONGEST_WAIT: Duration = Duration::from_secs(86_400);
const AGENT: &str = concat!("oss2youku/", env!("CARGO_PKG_VERSION"));

/// Delivers callbacks. Clones share their settings.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    resolver: Arc<dyn Resolve>,
    guard: Arc<Guard>,
    keys: Arc<[Key]>,
    attempt_time: Duration,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("guard", &self.guard)
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client whose requests are sent by `transport`.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where a secret or a host in the settings is malformed.
    pub fn new(config: Config, transport: Arc<dyn Transport>) -> Result<Self, Error> {
        Self::resolving_by(config, transport, Arc::new(SystemResolver))
    }

    pub(crate) fn resolving_by(
        config: Config,
        transport: Arc<dyn Transport>,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, Error> {
        let keys: Result<Vec<_>, _> = config.secrets.iter().map(Key::parse).collect();
        let keys = keys.map_err(|why| error::from_cause(ErrorKind::Config, why))?.into();
        let guard = Guard::new(config.guard).map_err(|why| error::from_cause(ErrorKind::Config, why))?;
        Ok(Self { transport, resolver, guard: Arc::new(guard), keys, attempt_time: ATTEMPT_TIME })
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
        let headers = self.headers(callback, &body)?;
        let response = self.send(&callback.url, headers, body, until).await?;
        let status = response.status();
        let wait = retry_after(response.headers(), LONGEST_WAIT);
        // The status has decided; what becomes of the rest does not matter.
        let _ = timeout_at(until, discard_body(response.into_body(), ANSWER_LIMIT)).await;
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
        let read = timeout_at(until, read_body(response.into_body(), ANSWER_LIMIT)).await;
        match read.map_err(|_| error::from_kind(ErrorKind::TimedOut))? {
            Ok(body) => Ok(Answer { status, body }),
            Err(ReadError::TooLong { .. }) => Ok(Answer { status, body: Bytes::new() }),
            Err(ReadError::Broken(why)) => Err(error::from_transport(why)),
        }
    }

    async fn send(
        &self,
        url: &SecretString,
        headers: HeaderMap,
        body: Bytes,
        until: Instant,
    ) -> Result<Response<AnswerBody>, Error> {
        let url = self.guard.check_url(url.expose_secret())?;
        let mut request = Request::post(url.as_str()).body(body).map_err(|why| {
            // A URL can hold what a request line cannot.
            error::from_kind(ErrorKind::Invalid).with_source(why)
        })?;
        *request.headers_mut() = headers;
        let sending = async {
            let addresses = self.addresses(&url).await?;
            let sent = self.transport.send(addresses, CONNECT_TIME, request).await;
            sent.map_err(error::from_transport)
        };
        timeout_at(until, sending).await.map_err(|_| error::from_kind(ErrorKind::TimedOut))?
    }

    /// The addresses of a URL's host, every one of which has passed the guard. Each attempt asks again.
    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, Error> {
        let port = url.port_or_known_default().unwrap_or_default();
        let found = match url.host() {
            Some(Host::Domain(name)) => {
                let found =
                    self.resolver.resolve(name).await.map_err(|why| error::from_transport(why.into()))?;
                self.guard.check_addresses(name, &found)?;
                found
            }
            // Checked with the URL.
            Some(Host::Ipv4(address)) => vec![IpAddr::V4(address)],
            Some(Host::Ipv6(address)) => vec![IpAddr::V6(address)],
            None => Vec::new(),
        };
        Ok(found.into_iter().map(|address| SocketAddr::new(address, port)).collect())
    }

    fn headers(&self, callback: &Callback, body: &[u8]) -> Result<HeaderMap, Error> {
        let Callback { id, at, traceparent, .. } = callback;
        let value = |text: &str| {
            HeaderValue::from_str(text).map_err(|why| error::from_kind(ErrorKind::Invalid).with_source(why))
        };
        let mut headers = common_headers();
        headers.insert("webhook-id", value(id)?);
        if let Some(traceparent) = traceparent {
            headers.insert("traceparent", value(traceparent)?);
        }
        if !self.keys.is_empty() {
            let at = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
            let signatures = sign_with_each(&self.keys, id, at, body)
                .map_err(|why| error::from_cause(ErrorKind::Invalid, why))?;
            headers.insert("webhook-timestamp", at.into());
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
