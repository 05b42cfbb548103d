//! The status of one upload.

use super::upload_status::UploadStatus;
use crate::application::App;
use object_storage::Credentials;
use upload_core::{Error, UploadId};

impl App {
    /// Reads what the ledger knows of an upload; `None` where it knows of none.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn status(
        &self,
        id: &UploadId,
        credentials: Option<Credentials>,
    ) -> Result<Option<UploadStatus>, Error> {
        let ledger = self.ledger(credentials).await?;
        // The holder is read first: one that releases its lease after that has left its last step in the record.
        let holder = ledger.holder(id).await?;
        if let Some(record) = ledger.read(id).await? {
            return Ok(Some(UploadStatus::from_record(&record, holder)));
        }
        let marked = ledger.open_upload(id).await?;
        let mark = match &marked {
            Some(marked) => ledger.open_mark(marked).await?,
            None => None,
        };
        Ok((holder.is_some() || mark.is_some()).then(|| UploadStatus::for_new(id, holder, mark)))
    }
}
