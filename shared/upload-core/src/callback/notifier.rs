//! Callbacks: the receiver of an upload's outcome, and the port that carries messages to it.

use crate::TraceContext;
use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

/// The receiver of an upload's outcome.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    /// The URL; secret because callers put tokens into such URLs.
    pub url: SecretString,
    /// Later events that it also receives.
    #[serde(default)]
    pub events: Vec<VideoEvent>,
    /// Whether the object's rule names it, and not the request. The ledger does not keep this.
    #[serde(skip)]
    pub from_rule: bool,
}

impl Callback {
    /// A receiver that the request itself names, of the outcome alone.
    #[must_use]
    pub fn new(url: SecretString) -> Self {
        Self { url, events: Vec::new(), from_rule: false }
    }
}

/// What becomes of a video after its commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VideoEvent {
    /// It can be watched, though perhaps not by everybody.
    #[serde(rename = "video.ready")]
    Ready,
    /// Youku could not make a video of it.
    #[serde(rename = "video.rejected")]
    Rejected,
    /// Youku refused to change it. Every callback is told, whether or not it asked.
    #[serde(rename = "video.update_refused")]
    UpdateRefused,
}

impl VideoEvent {
    /// The event's name in tasks, messages and steps.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "video.ready",
            Self::Rejected => "video.rejected",
            Self::UpdateRefused => "video.update_refused",
        }
    }
}

/// Carries messages to callbacks.
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Posts `body`, which is JSON, once. `id` identifies the message: it is the same at every attempt. The receiver is told the trace that
    /// the message belongs to. `at`: the time by the ledger's clock, with which it is signed.
    async fn post(
        &self,
        url: &SecretString,
        id: &str,
        body: Bytes,
        at: SystemTime,
        trace: Option<TraceContext>,
    ) -> DeliveryResult;

    /// Time for which the receiver is still not called because it gave no response: otherwise a dead one would
    /// use up a sweep's time. `None` if it may be called.
    fn circuit_open_for(&self, _url: &SecretString) -> Option<Duration> {
        None
    }
}

/// The result of one delivery attempt. The codes are stable and contain nothing of the URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryResult {
    /// The receiver accepted it with this status, 200 to 299.
    Accepted {
        /// The status.
        status: u16,
    },
    /// No further attempt can help.
    Refused {
        /// `410`: the receiver wants no more messages; or why the message cannot be sent.
        code: String,
    },
    /// Another attempt may succeed.
    Failed {
        /// The receiver's status, or why there is none; [`FORBIDDEN`](Self::FORBIDDEN) if the settings do not
        /// allow the address.
        code: String,
        /// Minimum wait before the next attempt.
        retry_after: Option<Duration>,
    },
}

impl DeliveryResult {
    /// The code of an address that the settings do not allow.
    pub const FORBIDDEN: &'static str = "forbidden";
    /// The code of an attempt without a response in time.
    pub const TIMED_OUT: &'static str = "timed_out";

    /// The stable code of the result: the receiver's status, or why there is none.
    #[must_use]
    pub fn code(&self) -> Cow<'_, str> {
        match self {
            Self::Accepted { status } => status.to_string().into(),
            Self::Refused { code } | Self::Failed { code, .. } => code.as_str().into(),
        }
    }
}
