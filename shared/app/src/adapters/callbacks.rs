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
/// A run gives an attempt up when its own time is over, which may be sooner than a receiver can answer: only one that was silent for so long
/// counts as silent.
const SILENT_FOR: Duration = Duration::from_secs(4);

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

/// An attempt that is under way. One that is dropped has had no answer.
struct Attempt<'a> {
    callbacks: &'a Callbacks,
    /// `None` once it is recorded.
    receiver: Option<String>,
    begun: Instant,
}

impl<'a> Attempt<'a> {
    fn begin(callbacks: &'a Callbacks, url: &SecretString) -> Self {
        Self { callbacks, receiver: receiver_origin(url), begun: Instant::now() }
    }

    fn end(mut self, in_time: bool) {
        if let Some(receiver) = self.receiver.take() {
            self.callbacks.record_answer(receiver, in_time);
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if let Some(receiver) = self.receiver.take().filter(|_| self.begun.elapsed() >= SILENT_FOR) {
            self.callbacks.record_answer(receiver, false);
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
        let attempt = Attempt::begin(self, url);
        let delivered = self.client.deliver(&callback, body).await;
        attempt.end(!matches!(&delivered, Err(error) if error.kind() == ErrorKind::TimedOut));
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use http::{Request, Response};
    use std::{
        net::SocketAddr,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::Relaxed},
        },
    };
    use tokio::time::{sleep, timeout};
    use webhook::{AnswerBody, BoxError, Transport};

    /// Receivers accept every connection and never answer.
    #[derive(Debug, Default)]
    struct Silence(AtomicUsize);

    #[async_trait]
    impl Transport for Silence {
        async fn send(
            &self,
            _: Vec<SocketAddr>,
            _: Duration,
            _: Request<Bytes>,
        ) -> Result<Response<AnswerBody>, BoxError> {
            self.0.fetch_add(1, Relaxed);
            std::future::pending().await
        }
    }

    /// A run waits eight seconds for the outcome's callback, less than the client does.
    #[tokio::test(start_paused = true)]
    async fn a_receiver_silent_until_a_run_gives_up_is_spared() {
        let sent = Arc::new(Silence::default());
        let client = Client::new(Config::default(), sent.clone()).unwrap();
        let callbacks = Callbacks { client, open_circuits: Mutex::default() };
        let url = |host: &str| SecretString::from(format!("https://{host}/done?token=s3cret"));
        let (silent, other) = (url("203.0.114.7"), url("203.0.114.8"));
        let post = async |seconds| {
            let posted = callbacks.post(&silent, "id", Bytes::new(), SystemTime::now(), None);
            timeout(Duration::from_secs(seconds), posted).await
        };
        post(1).await.unwrap_err();
        assert_eq!(callbacks.circuit_open_for(&silent), None, "it had no time to answer");
        post(8).await.unwrap_err();
        let minute = Duration::from_secs(60);
        assert_eq!(
            (callbacks.circuit_open_for(&silent), callbacks.circuit_open_for(&other)),
            (Some(minute), None)
        );
        sleep(minute).await;
        assert_eq!(callbacks.circuit_open_for(&silent), None);
        let timed_out = DeliveryResult::Failed { code: DeliveryResult::TIMED_OUT.into(), retry_after: None };
        assert_eq!(post(20).await.unwrap(), timed_out);
        assert_eq!((callbacks.circuit_open_for(&silent), sent.0.load(Relaxed)), (Some(minute), 3));
    }
}
