//! A folder's clock. The folder may be another machine's, with another clock: the time that it writes on files counts.

use super::error::{config_error, store_error};
use object_storage::{PutOptions, Store};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};
use upload_core::Error;

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
    /// The time since then; `None` where the reading serves no longer: it is old, or the machine's clock was set, which may be the folder's.
    fn age(&self) -> Option<Duration> {
        let age = self.at.elapsed();
        let expected = self.by_machine_clock + age;
        let now = SystemTime::now();
        let step = now.duration_since(expected).unwrap_or_else(|earlier| earlier.duration());
        (age < READING_SERVES && step < STEP).then_some(age)
    }
}

/// The last reading of the clock.
#[derive(Default)]
pub(super) struct FolderClock {
    reading: Mutex<Option<Reading>>,
}

impl FolderClock {
    /// The time by the folder's clock, never ahead of it.
    ///
    /// # Errors
    /// Where the folder cannot be written or read.
    pub(super) async fn now(&self, store: &Store, prefix: &str) -> Result<SystemTime, Error> {
        if let Some(reading) = *self.last()
            && let Some(age) = reading.age()
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
        *self.last() = Some(Reading { folder, at: Instant::now(), by_machine_clock: SystemTime::now() });
        Ok(folder)
    }

    fn last(&self) -> MutexGuard<'_, Option<Reading>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
