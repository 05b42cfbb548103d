//! A folder's clock. The folder may be another machine's, with another clock: what counts is the time that it writes on files.

use super::error::{config, ledger};
use object_storage::{PutOptions, Store};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::Mutex;
use upload_core::Error;

/// How long one look at the folder's clock serves; meanwhile this machine counts on.
const SERVES: Duration = Duration::from_secs(60);

/// The file that is written to see what time it gets.
const PROBE: &str = "clock";

#[derive(Default)]
pub(super) struct FolderClock {
    looked: Mutex<Option<(SystemTime, Instant)>>,
}

impl FolderClock {
    /// The time by the folder's clock, never ahead of it.
    pub(super) async fn now(&self, store: &Store, prefix: &str) -> Result<SystemTime, Error> {
        let mut looked = self.looked.lock().await;
        if let Some((time, at)) = *looked
            && at.elapsed() < SERVES
        {
            return Ok(time + at.elapsed());
        }
        let probe = format!("{prefix}{PROBE}");
        store.put(&probe, "", &PutOptions::default()).await.map_err(ledger)?;
        let head = store.head(&probe).await.map_err(ledger)?;
        let time =
            head.last_modified.ok_or_else(|| config("the ledger's folder does not tell times of writing"))?;
        // Counted from after the write: a lease may look younger than it is, never older.
        *looked = Some((time, Instant::now()));
        Ok(time)
    }
}
