//! The callback that an upload which has ended still waits for.

use serde::{Deserialize, Serialize};
use upload_core::{
    Error, RetryAdvice, UploadId,
    ledger::{
        FinishedUpload, Ledger, OpenMark, OpenUpload, PendingCallback, PendingMessage, Record, Timestamp,
    },
};

/// A message that its receiver has not accepted yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackStatus {
    /// What it is about.
    pub message: PendingMessage,
    /// How often it was sent so far.
    pub attempts: u32,
    /// The stable code of the last attempt: the receiver's HTTP status, or why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Earliest time of the next attempt (store clock); absent: the next sweep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
}

impl CallbackStatus {
    /// The callback of an upload that is marked like this.
    pub(super) fn new(pending: PendingCallback, marked: &OpenUpload) -> Self {
        let PendingCallback { message, attempts, code, .. } = pending;
        Self { message, attempts, code, not_before: marked.due.map(Timestamp::from) }
    }

    /// Reads which callback an upload still waits for; `None` where it waits for none, or waits no longer.
    ///
    /// # Errors
    /// Where the ledger cannot be read. A damaged mark counts no attempts.
    pub(super) async fn read(ledger: &Ledger, record: &Record) -> Result<Option<Self>, Error> {
        let Some(pending) = PendingCallback::from_record(record) else { return Ok(None) };
        let Some(marked) = ledger.open_upload(&record.id).await? else { return Ok(None) };
        let mark = read_mark(ledger, &marked).await?;
        let pending = pending.continuing(mark.and_then(|mark| mark.callback).as_ref());
        Ok(Some(Self::new(pending, &marked)))
    }

    /// The same for an entry of the list of finished uploads, which may be that of an earlier end.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(super) async fn read_of_finished(
        ledger: &Ledger,
        id: &UploadId,
        finished: &FinishedUpload,
    ) -> Result<Option<Self>, Error> {
        if !finished.callback_pending {
            return Ok(None);
        }
        let Some(marked) = ledger.open_upload(id).await? else { return Ok(None) };
        let pending = match read_mark(ledger, &marked).await?.and_then(|mark| mark.callback) {
            Some(pending) => Some(pending),
            // Its holder died between the commit and the first attempt.
            None => match ledger.read(id).await {
                // One damaged record hides no other.
                Err(error) if error.advice() == RetryAdvice::Permanent => None,
                read => read?.as_ref().and_then(PendingCallback::from_record),
            },
        };
        Ok(pending.filter(|pending| pending.ended == finished.ended).map(|one| Self::new(one, &marked)))
    }
}

async fn read_mark(ledger: &Ledger, marked: &OpenUpload) -> Result<Option<OpenMark>, Error> {
    match ledger.open_mark(marked).await {
        Err(error) if error.advice() == RetryAdvice::Permanent => Ok(None),
        read => read,
    }
}
