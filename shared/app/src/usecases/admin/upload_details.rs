//! Everything about one upload.

use crate::{
    adapters::receiver_host,
    application::App,
    usecases::{callback_status::CallbackStatus, upload_status::UploadStatus},
};
use futures_util::future::BoxFuture;
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
    /// How many bytes its target holds, as far as the ledger tells: see [`Record::moved_bytes`].
    pub moved: Option<u64>,
    /// The callback that it still waits for after its end.
    pub callback: Option<CallbackStatus>,
    /// The host of that callback's receiver, without the rest of its URL, which may hold a token; `None` where the URL cannot be opened.
    pub receiver: Option<String>,
}

impl UploadDetails {
    /// The same in the words of the HTTP API.
    #[must_use]
    pub fn status(&self) -> UploadStatus {
        UploadStatus::from_record(&self.record, self.holder, self.callback.clone())
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
    pub fn upload_details<'a>(
        &'a self,
        id: &'a UploadId,
    ) -> BoxFuture<'a, Result<Option<UploadDetails>, Error>> {
        Box::pin(async move {
            let Some(ledger) = self.ledger_to_read(None).await? else { return Ok(None) };
            // The holder is read first: one that releases its lease after that has left its last step in the record.
            let lease = ledger.lease_view(id).await?;
            let holder = lease.holder.filter(|_| lease.is_live());
            let Some(record) = ledger.read(id).await? else { return Ok(None) };
            let moved = record.moved_bytes(&lease.parts);
            let callback = CallbackStatus::read(&ledger, &record).await?;
            let receiver = callback.as_ref().and_then(|_| {
                let request = ledger.request(&record).ok()?;
                receiver_host(&request.callback?.url)
            });
            Ok(Some(UploadDetails { record, holder, moved, callback, receiver }))
        })
    }
}
