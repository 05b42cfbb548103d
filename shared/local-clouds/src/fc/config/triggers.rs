//! Triggers of a function.

use std::time::Duration;

/// An HTTP trigger's `authType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpAuth {
    /// Anybody may call.
    Anonymous,
    /// The caller signs with ACS3; the body is not part of what is signed.
    Function,
}

/// A timer trigger. The platform takes cron expressions; here an interval will do.
#[derive(Clone, Debug)]
pub struct TimerConfig {
    /// Time between calls; the first comes after one interval.
    pub interval: Duration,
    /// `triggerName` in the event.
    pub name: String,
    /// `payload` in the event.
    pub payload: String,
}
