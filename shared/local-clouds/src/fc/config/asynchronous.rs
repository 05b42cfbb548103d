//! How asynchronous calls are delivered.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;

/// How asynchronous calls are delivered (fc.md, section 2.4).
#[derive(Clone)]
pub struct AsyncConfig {
    /// Retries after a function error, 0 to 8.
    pub retries: u32,
    /// Time between those retries; the platform does not document its own.
    pub retry_backoff: Duration,
    /// Longest wait between attempts that found no free instance; the waits double from 0.5 s.
    pub throttle_backoff_limit: Duration,
    /// A call older than this is given up, 1 to 604 800 s.
    pub max_age: Duration,
    /// Receives each call that succeeded.
    pub on_success: Option<Destination>,
    /// Receives each call that was given up.
    pub on_failure: Option<Destination>,
    /// Delivers each call twice, with the same request id, as "at least once" permits.
    pub duplicate: bool,
    /// Delivers each second call before the one submitted before it.
    pub out_of_order: bool,
}

impl Default for AsyncConfig {
    fn default() -> Self {
        Self {
            retries: 3,
            retry_backoff: Duration::from_secs(1),
            throttle_backoff_limit: Duration::from_secs(8),
            max_age: Duration::from_secs(86_400),
            on_success: None,
            on_failure: None,
            duplicate: false,
            out_of_order: false,
        }
    }
}

/// The receiver of the result of an asynchronous call.
#[derive(Clone, Debug)]
pub enum Destination {
    /// A channel in this process.
    Channel(mpsc::UnboundedSender<Value>),
    /// A POST of the JSON document to this `http://` address; retried after 5xx, dropped after 4xx.
    Http(String),
}
