//! Everything about one upload.

use crate::{application::App, usecases::upload_status::UploadStatus};
use upload_core::{
    Error, UploadId,
    ledger::{Holder, Record, State},
};

/// Everything that the ledger knows of one upload.
#[derive(Debug)]
pub struct UploadDetails {
    /// Its steps, and what follows from them.
    pub record: Record,
    /// Who works on it now.
    pub holder: Option<Holder>,
}

impl UploadDetails {
    /// The same in the words of the HTTP API.
    #[must_use]
    pub fn status(&self) -> UploadStatus {
        UploadStatus::from_record(&self.record, self.holder)
    }

    /// Whether it is a video.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.record.video_id.is_some() && self.record.state.has_ended() && !self.has_failed()
    }

    /// Whether it ended without a video, so that a person may retry it.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.record.failure.is_some() || self.record.state == State::Cancelled
    }
}

impl App {
    /// Reads everything that the ledger knows of an upload; `None` where it does not know it.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn upload_details(&self, id: &UploadId) -> Result<Option<UploadDetails>, Error> {
        let ledger = self.ledger(None).await?;
        // The holder is read first: one that releases its lease after that has left its last step in the record.
        let holder = ledger.holder(id).await?.filter(|holder| !holder.remaining.is_zero());
        Ok(ledger.read(id).await?.map(|record| UploadDetails { record, holder }))
    }
}
