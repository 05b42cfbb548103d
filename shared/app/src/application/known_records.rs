//! Records that were read lately: who asks how an upload fares asks again.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};
use upload_core::{
    Error, UploadId,
    ledger::{Ledger, Record},
};

/// A record takes a few KiB.
const MOST: usize = 32;

/// The records that were read last, the newest first.
#[derive(Default)]
pub(crate) struct KnownRecords(Mutex<VecDeque<Arc<Record>>>);

impl KnownRecords {
    /// Reads an upload's record as the ledger has it now; `None` where it has none. Of a record that is known and unchanged only its
    /// steps are listed.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(crate) async fn read(&self, ledger: &Ledger, id: &UploadId) -> Result<Option<Arc<Record>>, Error> {
        let known = self.take(id);
        let record = match known {
            Some(known) if ledger.is_unchanged(&known).await? => Some(known),
            _ => ledger.read(id).await?.map(Arc::new),
        };
        if let Some(record) = &record {
            let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            records.push_front(record.clone());
            records.truncate(MOST);
        }
        Ok(record)
    }

    fn take(&self, id: &UploadId) -> Option<Arc<Record>> {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = records.iter().position(|record| record.id == *id)?;
        records.remove(at)
    }
}
