//! Pausing an upload that nobody can run until a person has mended something, and marks that were lost.

use super::{
    codec::nonce,
    handle::Ledger,
    leased_upload::LeasedUpload,
    mark_key::{MarkKey, TAG},
    marks::Marks,
    open_uploads::{self, OpenMark, OpenUpload},
    record::Record,
};
use crate::{Error, ErrorKind, RetryAdvice, UploadId};

impl LeasedUpload {
    /// The wait that is appended next is for another access token than the one of this keyed hash.
    pub(crate) fn refuse_token(&mut self, token: Option<String>) {
        self.marks.refuse_token(token);
    }

    /// Lets nobody take the upload up for a while, ever longer, where its run ended for what a person must mend: without a step, so that the
    /// chain does not grow with each try.
    pub(crate) async fn pause(&mut self, why: &Error) {
        if !self.record().state.is_working() || !is_lacking_means(why) {
            return;
        }
        // Boxed: its memory is not to be a part of the work's.
        if let Err(error) = Box::pin(self.try_pause(why)).await {
            tracing::warn!(?error, upload_id = %self.record().id, "could not pause the upload: the next sweep takes it up");
        }
    }

    async fn try_pause(&mut self, why: &Error) -> Result<(), Error> {
        // Whoever does not hold it by now pauses nothing.
        self.confirm().await?;
        let (record, ledger) = (self.record(), &self.ledger);
        let (object, unopened) = (Some(record.request.object.clone()), ledger.undecrypted(record));
        let mark = OpenMark { object, unopened, ..OpenMark::new(&record.request) };
        self.marks.pause(mark, why).await
    }
}

/// What became of the mark of an upload that the ledger knows.
#[derive(Debug)]
pub(crate) enum MarkResult {
    /// It is there.
    Before,
    /// It was lost, and is there again.
    Again,
    /// The upload needs none.
    AtRest(Box<Record>),
}

/// Whether a person must mend something before an upload that ended so can go on.
pub(crate) fn is_lacking_means(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::SourceDenied | ErrorKind::Config => true,
        ErrorKind::Ledger => error.advice() == RetryAdvice::Permanent,
        _ => false,
    }
}

impl Ledger {
    /// Pauses an upload that nobody could take up for what a person must mend, longer than the last time. `mark` is the one that counts.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn pause_open(
        &self,
        upload: &OpenUpload,
        mark: OpenMark,
        why: &Error,
    ) -> Result<(), Error> {
        if !upload.is_paused() {
            match self.holder(&upload.id).await {
                Ok(holder) if holder.is_some_and(|holder| !holder.remaining.is_zero()) => return Ok(()),
                // A lease that cannot be read is nobody's.
                Err(error) if !is_lacking_means(&error) => return Err(error),
                _ => {}
            }
        }
        let mut mark = mark;
        if !upload.is_paused()
            && mark.unopened.is_none()
            && let Ok(Some(record)) = self.read(&upload.id).await
        {
            mark.unopened = self.undecrypted(&record);
        }
        let own = upload.keys.first().and_then(|(key, _)| MarkKey::parse(key)?.tag);
        let tag = own.unwrap_or_else(|| nonce().chars().take(TAG).collect());
        let keys = upload.keys.iter().map(|(key, _)| key.clone()).collect();
        let mut marks = Marks::without_lease(&self.access, &upload.id, tag, keys, upload.pauses);
        marks.pause(OpenMark { not_before: None, ..mark }, why).await
    }

    /// Looks whether an upload that the ledger knows is at rest, and marks it where it is not and its mark was lost.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn restore_mark(&self, id: &UploadId) -> Result<MarkResult, Error> {
        if open_uploads::read_marks(&self.access, id).await?.is_some() {
            return Ok(MarkResult::Before);
        }
        let Some(record) = self.read(id).await? else { return Ok(MarkResult::Before) };
        if record.is_settled() {
            return Ok(MarkResult::AtRest(Box::new(record)));
        }
        let tag = nonce().chars().take(TAG).collect();
        let mut marks = Marks::without_lease(&self.access, id, tag, Vec::new(), 0);
        let until = record.waiting.and_then(|waiting| waiting.not_before);
        marks.wait(&record.request, until).await?;
        Ok(MarkResult::Again)
    }
}
