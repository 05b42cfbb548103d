//! Callbacks: who is told how an upload ended, and the port that carries the message.

use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Who is told how an upload ended.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    /// The URL; secret because callers put tokens into such URLs.
    pub url: SecretString,
    /// What else to tell later.
    #[serde(default)]
    pub events: Vec<VideoEvent>,
}

/// What becomes of a video after its commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VideoEvent {
    /// It can be watched, if perhaps not by everybody.
    #[serde(rename = "video.ready")]
    Ready,
    /// Youku could not make a video of it.
    #[serde(rename = "video.rejected")]
    Rejected,
}

impl VideoEvent {
    /// Its name in tasks, messages and steps.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "video.ready",
            Self::Rejected => "video.rejected",
        }
    }
}

/// Carries messages to callbacks.
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Posts `body`, which is JSON, once. `id` is the message's, the same at every attempt.
    async fn post(&self, url: &SecretString, id: &str, body: Bytes) -> DeliveryResult;

    /// How long a receiver is still to be left alone because it gave no answer: else one that is dead would take a sweep's time.
    fn circuit_open_for(&self, _url: &SecretString) -> Option<Duration> {
        None
    }
}

/// What became of one attempt to tell. The codes are stable and hold nothing of the URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryResult {
    /// The receiver accepted it with this status, 200 to 299.
    Accepted {
        /// The status.
        status: u16,
    },
    /// No other attempt can help.
    Refused {
        /// `410`: the receiver wants no more; or why it cannot be sent.
        code: String,
    },
    /// Another attempt may succeed.
    Failed {
        /// The receiver's status, or why there is none; [`FORBIDDEN`](Self::FORBIDDEN) where the settings do not let it go there.
        code: String,
        /// How long to wait at least.
        retry_after: Option<Duration>,
    },
}

impl DeliveryResult {
    /// The code of an address that the settings do not allow.
    pub const FORBIDDEN: &'static str = "forbidden";
    /// The code of an attempt without an answer in time.
    pub const TIMED_OUT: &'static str = "timed_out";
}
