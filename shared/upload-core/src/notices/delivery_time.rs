//! How long the robots' messages may take.

use std::time::Duration;
use tokio::time::Instant;

/// What is kept of the time to record how a message ended.
const TO_RECORD: Duration = Duration::from_millis(200);

/// A robot that has less time than this to answer is not asked: it would have the message, and its answer would be lost.
const SHORTEST_WAIT: Duration = Duration::from_millis(100);

/// The time that a process has for a robot's message.
#[derive(Debug, Clone, Copy)]
pub struct DeliveryTime {
    /// How long to wait for the robot's answer at most.
    pub patience: Duration,
    /// When all has to be over, the records in the ledger too; `None`: no end.
    pub until: Option<Instant>,
    /// Leaves a robot that did not answer to those who are not in a hurry, for a quarter of an hour.
    pub hurry: bool,
}

impl DeliveryTime {
    /// How long to wait for an answer after `work` that comes before the message; `None` if too little is left to send it.
    pub(super) fn wait_after(&self, work: Duration) -> Option<Duration> {
        let Some(until) = self.until else { return Some(self.patience) };
        let left = until.saturating_duration_since(Instant::now()).saturating_sub(work + TO_RECORD);
        (left >= SHORTEST_WAIT).then_some(left.min(self.patience))
    }
}
