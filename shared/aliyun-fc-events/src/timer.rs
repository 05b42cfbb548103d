use crate::nullable::null_as_default;
use serde::{Deserialize, Serialize};

/// A tick of a timer trigger.
///
/// Source: the page on time triggers of Function Compute, and the timer event of Alibaba's Go library.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TimerEvent {
    /// When the trigger fired: ISO 8601, UTC.
    pub trigger_time: String,
    /// Name of the trigger.
    pub trigger_name: String,
    /// The trigger message of the trigger's settings; often empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub payload: String,
}

impl TimerEvent {
    /// A tick, for a local host or a test. `trigger_time` is ISO 8601, UTC, such as `2026-11-22T02:30:00Z`.
    pub fn new(
        trigger_time: impl Into<String>,
        trigger_name: impl Into<String>,
        payload: impl Into<String>,
    ) -> Self {
        Self { trigger_time: trigger_time.into(), trigger_name: trigger_name.into(), payload: payload.into() }
    }
}
