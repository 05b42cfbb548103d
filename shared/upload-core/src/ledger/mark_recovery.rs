//! Restores open marks that were lost.

use super::{
    codec::random_nonce, handle::Ledger, mark_key::TAG_DIGITS, marks::Marks, open_uploads::read_marks,
    record::Record,
};
use crate::{Error, UploadId};

/// The result of checking the mark of an upload that the ledger knows.
#[derive(Debug)]
pub(crate) enum MarkResult {
    /// The mark exists.
    AlreadyMarked,
    /// The mark was lost, and is written again.
    Restored,
    /// The upload needs none.
    Settled(Box<Record>),
}

impl Ledger {
    /// Checks whether an upload that the ledger knows is settled, and marks it if it is not and its mark was
    /// lost.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn restore_mark(&self, id: &UploadId) -> Result<MarkResult, Error> {
        if read_marks(&self.access, id).await?.is_some() {
            return Ok(MarkResult::AlreadyMarked);
        }
        let Some(record) = self.read(id).await? else { return Ok(MarkResult::AlreadyMarked) };
        if record.is_settled() {
            return Ok(MarkResult::Settled(Box::new(record)));
        }
        let tag = random_nonce().chars().take(TAG_DIGITS).collect();
        let mut marks = Marks::without_lease(&self.access, id, tag, Vec::new(), 0);
        marks.track_callback(&record);
        let (until, reason) = record.waiting.map(|waiting| (waiting.not_before, waiting.reason)).unzip();
        marks.wait(&record.request, until.flatten(), reason).await?;
        Ok(MarkResult::Restored)
    }
}
