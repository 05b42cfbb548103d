//! Waits that end: what never comes fails its own test, which then says what it waited for, instead of holding up all others.

use local_clouds::control::{Control, RuleId};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    process::{Child, Output},
    thread,
    time::{Duration, Instant},
};
use tokio::{process::Command, time::timeout};

/// Longer than anything takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// Awaits a future that must end in time.
pub(crate) async fn within<F: Future>(what: &str, future: F) -> F::Output {
    timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("{what}: not within {PATIENCE:?}"))
}

/// Waits until the fault rule has acted that many times.
pub(crate) async fn wait_fired(control: &Control, id: RuleId, times: u64) {
    let fired = timeout(PATIENCE, control.faults.wait_fired(id, times)).await;
    assert_eq!(fired, Ok(true), "the place was never reached: {:?}", control.faults.state(id));
}

/// Runs a program to its end. One that does not end is killed.
pub(crate) async fn run_to_end(command: &mut Command) -> Output {
    let running = command.kill_on_drop(true).output();
    within(&format!("{:?}", command.as_std()), running).await.expect("it runs")
}

/// Sends a signal and waits; returns the exit code. A process that goes on is killed, and the test fails.
pub(crate) fn end(child: &mut Child, signal: Signal) -> Option<i32> {
    kill(Pid::from_raw(child.id().try_into().unwrap()), signal).expect("it runs");
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code();
        }
        if begun.elapsed() > PATIENCE {
            child.kill().expect("it runs");
            child.wait().expect("a child");
            assert!(thread::panicking(), "{signal} did not end it within {PATIENCE:?}");
            return None;
        }
        thread::sleep(Duration::from_millis(5));
    }
}
