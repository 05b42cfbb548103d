//! The right time, and the time by a machine's wrong clock; both go on with the paused clock.

use crate::Clock;
use std::{
    cell::Cell,
    future::Future,
    sync::{Arc, LazyLock},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::time::Instant;

static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

tokio::task_local! {
    /// Seconds that this machine's clock is ahead.
    static AHEAD: Cell<i64>;
}

/// The time, as Youku has it.
pub(crate) fn right() -> SystemTime {
    let begun = *BEGUN;
    UNIX_EPOCH + Duration::from_secs(1_800_000_000) + Instant::now().saturating_duration_since(begun)
}

/// The time, as the machine has it that asks.
fn wall() -> SystemTime {
    let ahead = AHEAD.try_with(Cell::get).unwrap_or_default();
    let wrong = Duration::from_secs(ahead.unsigned_abs());
    if ahead < 0 { right() - wrong } else { right() + wrong }
}

/// The wall clock of whatever machine asks.
struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> SystemTime {
        wall()
    }
}

/// The clock for what is built on a test's machines.
pub(crate) fn machine_clock() -> Arc<dyn Clock> {
    Arc::new(MachineClock)
}

/// Works on a machine whose clock is this many seconds ahead.
pub(crate) async fn on_a_machine<F: Future>(ahead: i64, work: F) -> F::Output {
    AHEAD.scope(Cell::new(ahead), work).await
}

/// Sets this machine's clock.
pub(crate) fn jump(ahead: i64) {
    // Nobody else's clock is set: then there is none to be wrong.
    AHEAD.try_with(|clock| clock.set(ahead)).unwrap_or_default();
}
