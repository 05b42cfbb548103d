//! What all functions of one host share.

use std::collections::BTreeSet;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::sync::watch;

use crate::faults::registry::Faults;
use crate::fc::logs::Logs;

/// Identity, logs, faults, and the process groups that are alive.
pub(crate) struct Platform {
    pub(crate) region: String,
    pub(crate) account_id: String,
    pub(crate) logs: Logs,
    pub(crate) faults: Faults,
    groups: watch::Sender<BTreeSet<i32>>,
}

impl Platform {
    pub(crate) fn new(region: String, account_id: String, faults: Faults) -> Self {
        Self { region, account_id, logs: Logs::new(), faults, groups: watch::Sender::default() }
    }

    pub(crate) fn add_group(&self, group: i32) {
        self.groups.send_modify(|groups| {
            groups.insert(group);
        });
    }

    pub(crate) fn remove_group(&self, group: i32) {
        self.groups.send_modify(|groups| {
            groups.remove(&group);
        });
    }

    /// Kills every function process and all processes it started.
    pub(crate) fn kill_all(&self) {
        for group in self.groups.borrow().iter() {
            signal_group(*group, Signal::SIGKILL);
        }
    }

    /// Waits until no function process is left, at most this long.
    pub(crate) async fn wait_all_gone(&self, limit: Duration) {
        // Ignore the timeout: late processes are killed already, and waiting longer would not help.
        let _ = tokio::time::timeout(limit, self.groups.subscribe().wait_for(BTreeSet::is_empty)).await;
    }
}

/// Signals a whole process group; ignores one that is gone.
pub(crate) fn signal_group(group: i32, signal: Signal) {
    let _ = killpg(Pid::from_raw(group), signal);
}
