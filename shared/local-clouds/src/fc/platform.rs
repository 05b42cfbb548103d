//! What all functions of one host share.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::sync::watch;

use super::logs::Logs;
use crate::control::Faults;

/// Identity, logs, faults, and the process groups that are alive.
pub(super) struct Platform {
    pub(super) region: String,
    pub(super) account_id: String,
    pub(super) logs: Logs,
    pub(super) faults: Faults,
    groups: watch::Sender<BTreeSet<i32>>,
}

impl Platform {
    pub(super) fn new(region: String, account_id: String, faults: Faults) -> Self {
        Self { region, account_id, logs: Logs::new(), faults, groups: watch::Sender::default() }
    }

    pub(super) fn entered(&self, group: i32) {
        self.groups.send_modify(|groups| {
            groups.insert(group);
        });
    }

    pub(super) fn left(&self, group: i32) {
        self.groups.send_modify(|groups| {
            groups.remove(&group);
        });
    }

    /// Kills every function process with all it started.
    pub(super) fn kill_all(&self) {
        for group in self.groups.borrow().iter() {
            signal_group(*group, Signal::SIGKILL);
        }
    }

    /// Waits until no function process is left, at most that long.
    pub(super) async fn all_gone(&self, limit: Duration) {
        // Late processes are killed already; waiting longer would not help them.
        let _ = tokio::time::timeout(limit, self.groups.subscribe().wait_for(BTreeSet::is_empty)).await;
    }
}

/// Signals a whole process group; one that is gone needs no signal.
pub(super) fn signal_group(group: i32, signal: Signal) {
    let _ = killpg(Pid::from_raw(group), signal);
}

/// Locks; a panic elsewhere does not make the data unusable here.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Milliseconds since 1970.
pub(super) fn unix_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A request id in the observed form, e.g. `1-67a59f35-150c1267-f381ba1c085c`.
pub(super) fn new_request_id() -> String {
    let (middle, tail) = (rand::random::<u32>(), rand::random::<u64>() >> 16);
    format!("1-{:08x}-{middle:08x}-{tail:012x}", unix_millis() / 1000)
}

/// An instance id, `c-` and the same form.
pub(super) fn new_instance_id() -> String {
    new_request_id().replacen('1', "c", 1)
}
