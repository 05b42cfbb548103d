//! The status of one upload.

use super::{callback_status::CallbackStatus, upload_status::UploadStatus};
use crate::application::App;
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use upload_core::{Error, UploadId};

impl App {
    /// Reads what the ledger knows of an upload; `None` where it knows of none.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub fn status<'a>(
        &'a self,
        id: &'a UploadId,
        credentials: Option<Credentials>,
    ) -> BoxFuture<'a, Result<Option<UploadStatus>, Error>> {
        Box::pin(async move {
            let ledger = self.ledger(credentials).await?;
            if let Some(record) = self.known_records.read(&ledger, id).await?
                && record.is_settled()
            {
                // A holder that works on it again appends a step first.
                return Ok(Some(UploadStatus::from_record(&record, None, None)));
            }
            // The holder is read first: one that releases its lease after that has left its last step in the record.
            let holder = ledger.holder(id).await?;
            if let Some(record) = self.known_records.read(&ledger, id).await? {
                let callback = CallbackStatus::read(&ledger, &record).await?;
                return Ok(Some(UploadStatus::from_record(&record, holder, callback)));
            }
            let marked = ledger.open_upload(id).await?;
            let mark = match &marked {
                Some(marked) => ledger.open_mark(marked).await?,
                None => None,
            };
            Ok((holder.is_some() || mark.is_some()).then(|| UploadStatus::for_new(id, holder, mark)))
        })
    }
}
