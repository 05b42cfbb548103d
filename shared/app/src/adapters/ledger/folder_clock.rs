//! A folder's clock. The folder may be another machine's, with another clock: the time that it writes on files counts.

use super::error::{config_error, store_error};
use object_storage::{PutOptions, Store};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};
use upload_core::{Clock, Error, SystemClock};

/// How long one reading of the folder's clock serves; meanwhile this machine counts on.
const READING_SERVES: Duration = Duration::from_secs(60);

/// A file that is written to see what time it gets.
const PROBE: &str = "clock";

/// Between two looks this machine's clock and its count of seconds differ by less, unless the clock was set.
const STEP: Duration = Duration::from_secs(1);

/// A reading of the clock, and when it was taken.
#[derive(Clone, Copy)]
struct Reading {
    folder: SystemTime,
    at: Instant,
    by_machine_clock: SystemTime,
}

impl Reading {
    /// The time since then; `None` where the reading serves no longer: it is old, or the machine's clock, which may be the folder's and is
    /// at `now`, was set.
    fn age(&self, now: SystemTime) -> Option<Duration> {
        let age = self.at.elapsed();
        let expected = self.by_machine_clock + age;
        let step = now.duration_since(expected).unwrap_or_else(|earlier| earlier.duration());
        (age < READING_SERVES && step < STEP).then_some(age)
    }
}

/// The last reading of the clock.
pub(super) struct FolderClock {
    machine: Arc<dyn Clock>,
    reading: Mutex<Option<Reading>>,
}

impl Default for FolderClock {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock))
    }
}

impl FolderClock {
    /// A clock that was not read yet. `machine`: the clock of this machine.
    pub(super) fn new(machine: Arc<dyn Clock>) -> Self {
        Self { machine, reading: Mutex::default() }
    }

    /// The time by the folder's clock, never ahead of it.
    ///
    /// # Errors
    /// Where the folder cannot be written or read.
    pub(super) async fn now(&self, store: &Store, prefix: &str) -> Result<SystemTime, Error> {
        if let Some(reading) = *self.last()
            && let Some(age) = reading.age(self.machine.now())
        {
            return Ok(reading.folder + age);
        }
        // Nothing is locked meanwhile: two may read at once, and one that is not polled any more keeps nobody waiting.
        let probe = format!("{prefix}{PROBE}");
        store.put(&probe, "", &PutOptions::default()).await.map_err(store_error)?;
        let head = store.head(&probe).await.map_err(store_error)?;
        let folder = head
            .last_modified
            .ok_or_else(|| config_error("the ledger's folder does not tell times of writing"))?;
        // Counted from after the write: a lease may look younger than it is, never older.
        *self.last() = Some(Reading { folder, at: Instant::now(), by_machine_clock: self.machine.now() });
        Ok(folder)
    }

    fn last(&self) -> MutexGuard<'_, Option<Reading>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_serves_until_the_machines_clock_is_set() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let reading = Reading { folder: at, at: Instant::now(), by_machine_clock: at };
        let hour = Duration::from_secs(3600);
        assert!(reading.age(at).is_some_and(|age| age < STEP));
        assert_eq!((reading.age(at - hour), reading.age(at + hour)), (None, None));
    }
}
