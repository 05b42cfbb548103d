//! The clock of signatures and limits: tokio's, so that a paused runtime pauses it, and it may be wrong.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

#[derive(Debug)]
pub(crate) struct RobotsClock {
    started: SystemTime,
    since: Instant,
    ahead_seconds: AtomicI64,
}

impl RobotsClock {
    pub(crate) fn new() -> Self {
        Self { started: SystemTime::now(), since: Instant::now(), ahead_seconds: AtomicI64::new(0) }
    }

    pub(crate) fn set_ahead(&self, ahead_seconds: i64) {
        self.ahead_seconds.store(ahead_seconds, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> SystemTime {
        let right = self.started + self.since.elapsed();
        let ahead = self.ahead_seconds.load(Ordering::Relaxed);
        let by = Duration::from_secs(ahead.unsigned_abs());
        let shown = if ahead < 0 { right.checked_sub(by) } else { right.checked_add(by) };
        shown.unwrap_or(right)
    }
}
