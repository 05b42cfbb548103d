//! A receiver of callbacks whose answers are scripted.

use crate::{tests::crash_points::CrashPoints, *};
use async_trait::async_trait;
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

pub(crate) const URL: &str = "https://hooks.example.com/done?token=s3cret";

/// Answers as scripted, repeating the last answer; without a script it accepts.
#[derive(Clone, Default)]
pub(crate) struct Receiver(Arc<Mutex<Inner>>, CrashPoints);

#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) answers: VecDeque<DeliveryResult>,
    pub(crate) hangs: bool,
    /// It has not answered lately, and is spared for this long.
    pub(crate) circuit_open_for: Option<Duration>,
    pub(crate) messages: Vec<Message>,
}

#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) at: Instant,
    pub(crate) id: String,
    pub(crate) body: Value,
    /// The time that it is signed with.
    pub(crate) signed: SystemTime,
    pub(crate) trace: Option<TraceContext>,
}

impl Receiver {
    /// A receiver whose calls are crash points.
    pub(crate) fn with_crash_points(crash_points: CrashPoints) -> Self {
        Self(Arc::default(), crash_points)
    }

    /// A receiver that gives these answers.
    pub(crate) fn answering(answers: &[DeliveryResult]) -> Self {
        let receiver = Self::default();
        receiver.inner().answers.extend(answers.iter().cloned());
        receiver
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("no test panics while holding it")
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        self.inner().messages.clone()
    }
}

#[async_trait]
impl Notifier for Receiver {
    async fn post(
        &self,
        url: &SecretString,
        id: &str,
        body: Bytes,
        signed: SystemTime,
        trace: Option<TraceContext>,
    ) -> DeliveryResult {
        self.1.pass("post").await;
        assert_eq!(url.expose_secret(), URL);
        let body = serde_json::from_slice(&body).expect("JSON");
        let (hangs, answer) = {
            let mut inner = self.inner();
            inner.messages.push(Message { at: Instant::now(), id: id.into(), body, signed, trace });
            let next = if inner.answers.len() > 1 { inner.answers.pop_front() } else { None };
            let answer = next.or(inner.answers.front().cloned());
            (inner.hangs, answer.unwrap_or(DeliveryResult::Accepted { status: 200 }))
        };
        if hangs {
            std::future::pending::<()>().await;
        }
        self.1.pass("answer").await;
        answer
    }

    fn circuit_open_for(&self, _: &SecretString) -> Option<Duration> {
        self.inner().circuit_open_for
    }
}

/// The answer of a receiver that is down.
pub(crate) fn unavailable() -> DeliveryResult {
    DeliveryResult::Failed { code: "503".into(), retry_after: None }
}
