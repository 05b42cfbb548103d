//! The port to this machine's wall clock.

use std::time::SystemTime;

/// This machine's wall clock. It may be wrong by hours and may jump: it gives hints, no judgement rests on it. What must be judged by
/// time is judged by the clock of the ledger's store.
pub trait Clock: Send + Sync {
    /// The time by this machine.
    fn now(&self) -> SystemTime;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}
