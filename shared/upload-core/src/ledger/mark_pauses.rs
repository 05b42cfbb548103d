//! Pauses an upload that nobody can run until a person has fixed something.

use super::{
    codec::random_nonce,
    handle::Ledger,
    leased_upload::LeasedUpload,
    mark_key::{MarkKey, TAG_DIGITS},
    marks::Marks,
    open_mark::OpenMark,
    open_uploads::OpenUpload,
    queue_place::QueuePlace,
};
use crate::{Error, ErrorKind, RetryAdvice};
use std::time::SystemTime;

impl LeasedUpload {
    /// States that the next wait ends with another access token than the one of this keyed hash.
    pub(crate) fn refuse_token(&mut self, token: Option<String>) {
        self.marks.refuse_token(token);
    }

    /// States that the next wait is for Youku to take this client's calls again.
    pub(crate) fn queue_for_calls(&mut self, client: &str) {
        // Only its user's machine has the bytes: no sweep could take its turn.
        if self.record().request.location.is_carried() {
            return;
        }
        let landed = self.record().landed().unwrap_or_else(|| self.lease().now().into());
        self.marks.queue_at(QueuePlace::new(landed, client));
    }

    /// Pauses the upload, longer each time, if its run ended for something that a person must fix. Appends no
    /// step, so that the chain does not grow with each attempt.
    pub(crate) async fn pause(&mut self, why: &Error) {
        if !self.record().state.is_working() || !needs_operator(why) {
            return;
        }
        // Boxed to keep its memory out of the work's own future.
        if let Err(error) = Box::pin(self.try_pause(why)).await {
            tracing::warn!(?error, upload_id = %self.record().id, "could not pause the upload: the next sweep resumes it");
        }
    }

    async fn try_pause(&mut self, why: &Error) -> Result<(), Error> {
        // A process that no longer holds the upload must not pause it.
        self.confirm().await?;
        let (record, ledger) = (self.record(), &self.ledger);
        let (object, unopened) = (Some(record.request.object.clone()), ledger.find_undecryptable(record));
        let mark = OpenMark { object, undecrypted: unopened, ..OpenMark::new(&record.request) };
        let now = self.lease().now();
        self.marks.pause(mark, why, Some(now)).await
    }
}

/// Whether a person must fix something before an upload that ended with this error can continue.
pub(crate) fn needs_operator(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::SourceDenied | ErrorKind::Config => true,
        ErrorKind::Ledger => error.advice() == RetryAdvice::Permanent,
        _ => false,
    }
}

impl Ledger {
    /// Pauses an upload that nobody could claim for something that a person must fix, longer than the last time.
    /// `mark` is the one that counts.
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
                // An unreadable lease counts as no lease.
                Err(error) if !needs_operator(&error) => return Err(error),
                _ => {}
            }
        }
        let mut mark = mark;
        if !upload.is_paused()
            && mark.undecrypted.is_none()
            && let Ok(Some(record)) = self.read(&upload.id).await
        {
            mark.undecrypted = self.find_undecryptable(&record);
        }
        self.marks_of(upload).pause(OpenMark { not_before: None, ..mark }, why, None).await
    }

    /// Postpones an upload that nobody has to hold for it: it has ended, and what it waits for is not decided. `mark` is the one that
    /// counts.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn postpone_open(
        &self,
        upload: &OpenUpload,
        mark: OpenMark,
        until: SystemTime,
    ) -> Result<(), Error> {
        self.marks_of(upload).postpone(mark, until.into()).await
    }

    /// The marks of an upload as a list shows them, to be replaced without a lease.
    fn marks_of(&self, upload: &OpenUpload) -> Marks {
        let known_tag = upload.keys.first().and_then(|(key, _)| MarkKey::parse(key)?.tag);
        let tag = known_tag.unwrap_or_else(|| random_nonce().chars().take(TAG_DIGITS).collect());
        let keys = upload.keys.iter().map(|(key, _)| key.clone()).collect();
        Marks::without_lease(&self.access, &upload.id, tag, keys, upload.pauses)
    }
}
