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

/// The last reading of the clock.
#[derive(Default)]
pub(super) struct FolderClock {
    reading: Mutex<Option<(SystemTime, Instant)>>,
}

impl FolderClock {
    /// The time by the folder's clock, never ahead of it.
    ///
    /// # Errors
    /// Where the folder cannot be written or read.
    pub(super) async fn now(&self, store: &Store, prefix: &str) -> Result<SystemTime, Error> {
        if let Some((time, at)) = *self.last()
            && at.elapsed() < READING_SERVES
        {
            return Ok(time + at.elapsed());
        }
        // Nothing is locked meanwhile: two may read at once, and one that is not polled any more keeps nobody waiting.
        let probe = format!("{prefix}{PROBE}");
        store.put(&probe, "", &PutOptions::default()).await.map_err(store_error)?;
        let head = store.head(&probe).await.map_err(store_error)?;
        let time = head
            .last_modified
            .ok_or_else(|| config_error("the ledger's folder does not tell times of writing"))?;
        // Counted from after the write: a lease may look younger than it is, never older.
        *self.last() = Some((time, Instant::now()));
        Ok(time)
    }

    fn last(&self) -> MutexGuard<'_, Option<(SystemTime, Instant)>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
