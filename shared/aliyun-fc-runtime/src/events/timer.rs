use serde::Deserialize;

/// A tick of a timer trigger.
///
/// Source: the page on time triggers of Function Compute, and the timer event of Alibaba's Go library.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TimerEvent {
    /// When the trigger fired: ISO 8601, UTC.
    pub trigger_time: String,
    /// Name of the trigger.
    pub trigger_name: String,
    /// The trigger message of the trigger's settings; often empty.
    #[serde(default)]
    pub payload: String,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_documented_tick_is_read() {
        let tick: TimerEvent = serde_json::from_str(include_str!("../../tests/fixtures/timer.json")).unwrap();
        assert_eq!(tick.trigger_time, "2026-11-22T02:30:00Z");
        assert_eq!(tick.trigger_name, "every-minute");
        assert_eq!(tick.payload, "sweep");
    }
}
