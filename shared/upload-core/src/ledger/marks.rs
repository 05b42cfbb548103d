//! The open marks that one holder knows: the one it wrote, and those it found.
//!
//! It deletes only these. Another process's later mark has another key, however late this holder wakes.

use super::{
    Timestamp,
    lease::Lease,
    mark_key::{Due, MarkKey, TAG_DIGITS},
    open_mark::OpenMark,
    open_uploads::OpenUpload,
    request::StoredRequest,
    step::StepKind,
    store::Access,
};
use crate::{Error, UploadId};

/// A holder's marks.
pub(super) struct Marks {
    access: Access,
    id: UploadId,
    tag: String,
    keys: Vec<String>,
    /// The one that it wrote last, which exists.
    written: Option<String>,
    /// Pauses in a row of an upload that could not continue.
    pauses: u8,
    /// The keyed hash of the access token that Youku refuses.
    refused_token: Option<String>,
}

impl Marks {
    /// Creates the marks of the holder of `lease`, which found these.
    pub(super) fn new(access: &Access, id: &UploadId, lease: &Lease, found: Option<OpenUpload>) -> Self {
        let (keys, pauses) = found.map_or_else(Default::default, |found| (found.keys, found.pauses));
        let tag = lease.holder().chars().take(TAG_DIGITS).collect();
        let keys = keys.into_iter().map(|(key, _)| key).collect();
        Self { access: access.clone(), id: id.clone(), tag, keys, written: None, pauses, refused_token: None }
    }

    /// Creates the marks of an upload that nobody holds, to be written under this tag in place of `keys`.
    pub(super) fn without_lease(
        access: &Access,
        id: &UploadId,
        tag: String,
        keys: Vec<String>,
        pauses: u8,
    ) -> Self {
        Self { access: access.clone(), id: id.clone(), tag, keys, written: None, pauses, refused_token: None }
    }

    /// States that the next marked wait ends with another access token than the one of this keyed hash.
    pub(super) fn refuse_token(&mut self, token: Option<String>) {
        self.refused_token = token;
    }

    /// Marks the upload as due, in addition to the marks found: until this holder has confirmed its claim, a
    /// mark that it found may be another's.
    pub(super) async fn set(&mut self, request: &StoredRequest) -> Result<(), Error> {
        self.write(Due::Now, &OpenMark::new(request)).await.map(drop)
    }

    /// Marks the upload as due at this time, and not before.
    pub(super) async fn wait(
        &mut self,
        request: &StoredRequest,
        until: Option<Timestamp>,
    ) -> Result<(), Error> {
        let refused = self.refused_token.take();
        let due = until.map_or(Due::Now, |until| Due::Until { until, refused });
        self.replace(due, OpenMark { not_before: until, ..OpenMark::new(request) }).await
    }

    /// Marks the upload as due after a pause, longer than the last.
    pub(super) async fn pause(&mut self, mark: OpenMark, why: &Error) -> Result<(), Error> {
        self.replace(Due::next_pause(self.pauses, why), mark).await
    }

    /// Writes the new mark before it deletes the old ones: there is always one.
    async fn replace(&mut self, due: Due, mark: OpenMark) -> Result<(), Error> {
        let new = self.write(due, &mark).await?;
        self.delete(|key| *key != new).await
    }

    async fn write(&mut self, due: Due, mark: &OpenMark) -> Result<String, Error> {
        let (id, tag) = (self.id.clone(), Some(self.tag.clone()));
        let key = MarkKey { id, tag, due }.to_string();
        // Recorded before it is written: the response may be lost.
        if !self.keys.contains(&key) {
            self.keys.push(key.clone());
        }
        self.access.write(&key, mark.encode()?).await?;
        self.written = Some(key.clone());
        Ok(key)
    }

    /// Deletes the upload's marks that this holder knows.
    pub(super) async fn clear(&mut self) -> Result<(), Error> {
        self.written = None;
        self.delete(|_| true).await
    }

    async fn delete(&mut self, which: impl Fn(&String) -> bool) -> Result<(), Error> {
        for key in self.keys.extract_if(.., |key| which(key)).collect::<Vec<_>>() {
            if let Err(error) = self.access.delete(&key).await {
                self.keys.push(key);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Leaves one mark if the upload has several: this holder's if it is known to hold the upload, else those it
    /// found.
    pub(super) async fn tidy(&mut self, is_confirmed_holder: bool) {
        let (own_tag, written) = (format!(".{}", self.tag), self.written.clone());
        let found = self.keys.iter().any(|key| !key.contains(&own_tag));
        let result = match written {
            Some(written) if is_confirmed_holder => self.delete(|key| *key != written).await,
            _ if !is_confirmed_holder && found => self.delete(|key| key.contains(&own_tag)).await,
            _ => Ok(()),
        };
        if let Err(error) = result {
            tracing::debug!(?error, upload_id = %self.id, "an open mark is left for the next holder");
        }
    }

    /// Deletes what this holder wrote after another process took the upload: that one has a mark of its own.
    pub(super) async fn withdraw(mut self) {
        let own_tag = format!(".{}", self.tag);
        if let Err(error) = self.delete(|key| key.contains(&own_tag)).await {
            tracing::debug!(?error, upload_id = %self.id, "an open mark is left for the sweep to clear");
        }
    }

    /// Resets the pauses because a person or a new event requests the upload: what was wrong may be fixed.
    pub(super) fn forget_pauses(&mut self) {
        self.pauses = 0;
    }

    /// Resets the pauses when the upload makes progress.
    pub(super) fn note_step(&mut self, step: StepKind) {
        if !matches!(step, StepKind::Claimed | StepKind::Waiting) {
            self.pauses = 0;
        }
    }
}
