//! Shows an observer which calls of a run fail and are tried again, and lets it end that.
//!
//! A run retries silently for minutes. An observer can ask here what the run waits for, and stop it. The observer is bound to the future
//! that it [observes](RetryWatch::observe), so that no port or signature in between needs to know it.

use crate::{Error, ErrorKind, UploadError as _};
use std::{
    collections::BTreeMap,
    future::Future,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::Notify,
    task_local,
    time::{Instant, sleep, timeout},
};

task_local! {
    static OBSERVER: RetryWatch;
}

/// A call that failed and is being tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrying {
    /// The kind of its last error: it says which side failed.
    pub kind: ErrorKind,
    /// The host, with its port, that was called last, where that is known.
    pub host: Option<String>,
    /// When its first attempt failed.
    pub since: Instant,
    /// When the run gives up, unless there is progress before.
    pub until: Instant,
}

/// Observes the retries of whatever runs in a future.
#[derive(Debug, Clone, Default)]
pub struct RetryWatch(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    calls: Mutex<Calls>,
    stop: Notify,
}

/// The calls that are being tried again, by number.
#[derive(Debug, Default)]
struct Calls {
    last_number: u64,
    failing: BTreeMap<u64, Retrying>,
    is_stopped: bool,
}

impl RetryWatch {
    /// Runs `work` and observes its retries. Those of tasks that it spawns are not seen.
    pub async fn observe<T>(&self, work: impl Future<Output = T>) -> T {
        OBSERVER.scope(self.clone(), work).await
    }

    /// The call that has failed for longest, if any is being tried again.
    #[must_use]
    pub fn current(&self) -> Option<Retrying> {
        self.calls().failing.values().min_by_key(|call| call.since).cloned()
    }

    /// Ends the retries: a call that has failed, or fails from now on, is not tried again.
    pub fn stop(&self) {
        self.calls().is_stopped = true;
        self.0.stop.notify_waiters();
    }

    async fn stopped(&self) {
        let mut stopped = pin!(self.0.stop.notified());
        // Counts as waiting from here on, so that no stop is missed.
        stopped.as_mut().enable();
        if !self.calls().is_stopped {
            stopped.await;
        }
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the observer of this future, if it has one, knows of one call. Dropped when the call ends.
#[derive(Debug, Default)]
pub(crate) struct ObservedCall(Option<(RetryWatch, u64)>);

impl ObservedCall {
    /// Waits before the next attempt; returns whether the observer has ended the retries.
    pub(crate) async fn wait(&self, delay: Duration) -> bool {
        let Some((watch, _)) = &self.0 else {
            sleep(delay).await;
            return false;
        };
        timeout(delay, watch.stopped()).await.is_ok()
    }

    /// Tells the observer that the call failed with `error` and is tried again until `until`.
    pub(crate) fn report(&mut self, error: &Error, until: Instant) {
        let (kind, host) = (error.kind(), error.host().map(str::to_owned));
        if let Some((watch, number)) = &self.0 {
            if let Some(call) = watch.calls().failing.get_mut(number) {
                (call.kind, call.host, call.until) = (kind, host, until);
            }
            return;
        }
        let Ok(watch) = OBSERVER.try_with(Clone::clone) else { return };
        let number = {
            let mut calls = watch.calls();
            calls.last_number += 1;
            let number = calls.last_number;
            calls.failing.insert(number, Retrying { kind, host, since: Instant::now(), until });
            number
        };
        self.0 = Some((watch, number));
    }
}

impl Drop for ObservedCall {
    fn drop(&mut self) {
        if let Some((watch, number)) = self.0.take() {
            watch.calls().failing.remove(&number);
        }
    }
}
