//! What goes in and what comes out.

use bytes::Bytes;
use secrecy::SecretString;
use std::time::SystemTime;

/// Where a message goes, and under which name.
#[derive(Debug, Clone)]
pub struct Callback {
    /// The URL; secret because callers put tokens into such URLs.
    pub url: SecretString,
    /// The time to sign it with (`webhook-timestamp`). Receivers refuse what is minutes away from their own, so it should come from a clock that
    /// is known to be right.
    pub at: SystemTime,
    /// The message's id, the same at every attempt (`webhook-id`), so that a receiver knows a repetition.
    pub id: String,
    /// The trace that the message belongs to: the value of a `traceparent` header (W3C Trace Context).
    pub traceparent: Option<String>,
}

/// A delivery that the receiver accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// The receiver's status, 200 to 299.
    pub status: u16,
}

/// What a server answered. `Debug` does not show the body, which may repeat what was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; empty where it had more than 16 KiB.
    pub body: Bytes,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}
