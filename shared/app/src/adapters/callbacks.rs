//! The notifier port over `webhook`.

use super::webhook_http::WebhookHttp;
use crate::traces::outgoing_trace;
use async_trait::async_trait;
use bytes::Bytes;
use object_storage::HttpClient;
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::time::Instant;
use upload_core::{DeliveryResult, Notifier, TraceContext};
use url::Url;
use webhook::{Callback, Client, Config, Error, ErrorKind, RetryAdvice};

/// How long a receiver gets no callback after it gave no answer in time.
const CIRCUIT_OPEN: Duration = Duration::from_secs(60);

/// Delivers callbacks as the settings allow.
pub(crate) struct Callbacks {
    client: Client,
    /// Receivers that gave no answer in time, and until when they get no callback.
    open_circuits: Mutex<BTreeMap<String, Instant>>,
}

impl Callbacks {
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where a secret or a host is malformed.
    pub(crate) fn new(config: Config, http: HttpClient) -> Result<Self, upload_core::Error> {
        let client = WebhookHttp::client(config, http, "callback")?;
        Ok(Self { client, open_circuits: Mutex::default() })
    }

    fn record_answer(&self, receiver: String, in_time: bool) {
        let mut circuits = self.open_circuits.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        circuits.retain(|_, until| *until > now);
        if in_time {
            circuits.remove(&receiver);
        } else {
            circuits.insert(receiver, now + CIRCUIT_OPEN);
        }
    }
}

#[async_trait]
impl Notifier for Callbacks {
    async fn post(
        &self,
        url: &SecretString,
        id: &str,
        body: Bytes,
        at: SystemTime,
        trace: Option<TraceContext>,
    ) -> DeliveryResult {
        let traceparent = outgoing_trace(trace).map(String::from);
        let callback = Callback { url: url.clone(), at, id: id.to_owned(), traceparent };
        let delivered = self.client.deliver(&callback, body).await;
        let in_time = !matches!(&delivered, Err(error) if error.kind() == ErrorKind::TimedOut);
        if let Some(receiver) = receiver_origin(url) {
            self.record_answer(receiver, in_time);
        }
        delivered.map_or_else(
            |error| map_failure(&error),
            |delivered| DeliveryResult::Accepted { status: delivered.status },
        )
    }

    fn circuit_open_for(&self, url: &SecretString) -> Option<Duration> {
        let circuits = self.open_circuits.lock().unwrap_or_else(PoisonError::into_inner);
        let until = circuits.get(&receiver_origin(url)?)?;
        Some(until.saturating_duration_since(Instant::now())).filter(|rest| !rest.is_zero())
    }
}

/// Scheme, host and port, without the rest, which may hold a token; `None` where it is no URL.
fn receiver_origin(url: &SecretString) -> Option<String> {
    let url = Url::parse(url.expose_secret()).ok()?;
    Some(url.origin().ascii_serialization())
}

/// The host, without the rest, which may hold a token; `None` where it is no URL.
pub(crate) fn receiver_host(url: &SecretString) -> Option<String> {
    Url::parse(url.expose_secret()).ok()?.host_str().map(str::to_owned)
}

fn map_failure(error: &Error) -> DeliveryResult {
    let code = match (error.kind(), error.details().status) {
        (ErrorKind::Forbidden, _) => DeliveryResult::FORBIDDEN.to_owned(),
        (ErrorKind::TimedOut, _) => DeliveryResult::TIMED_OUT.to_owned(),
        (_, Some(status)) => status.to_string(),
        (_, None) => error.code().to_owned(),
    };
    if object_storage::blames_clock(error) {
        tracing::warn!(
            ?error,
            "a receiver's certificate is not valid at this machine's time; its clock may be wrong"
        );
    } else {
        tracing::debug!(?error, "a callback failed");
    }
    match error.advice() {
        RetryAdvice::Permanent => DeliveryResult::Refused { code },
        advice => DeliveryResult::Failed { code, retry_after: advice.retry_after() },
    }
}
