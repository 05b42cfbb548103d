//! The open marks that one holder knows: the one it wrote, and those it found.
//!
//! It deletes these alone. A mark that somebody else writes meanwhile has another key, however late this holder wakes.

use super::{
    Timestamp,
    lease::Lease,
    mark_key::{Due, MarkKey, TAG},
    open_uploads::{OpenMark, OpenUpload},
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
    /// The one that it wrote last: it is there.
    written: Option<String>,
    /// How many pauses in a row the upload has had in which it could not go on.
    pauses: u8,
    /// The keyed hash of the access token that Youku refuses.
    refused_token: Option<String>,
}

impl Marks {
    /// Those of the holder of `lease`, who found these.
    pub(super) fn new(access: &Access, id: &UploadId, lease: &Lease, found: Option<OpenUpload>) -> Self {
        let (keys, pauses) = found.map_or_else(Default::default, |found| (found.keys, found.pauses));
        let tag = lease.holder().chars().take(TAG).collect();
        let keys = keys.into_iter().map(|(key, _)| key).collect();
        Self { access: access.clone(), id: id.clone(), tag, keys, written: None, pauses, refused_token: None }
    }

    /// Those of an upload that nobody holds, to be written under this tag in place of `keys`.
    pub(super) fn without_lease(
        access: &Access,
        id: &UploadId,
        tag: String,
        keys: Vec<String>,
        pauses: u8,
    ) -> Self {
        Self { access: access.clone(), id: id.clone(), tag, keys, written: None, pauses, refused_token: None }
    }

    /// The wait that is marked next is for another access token than the one of this keyed hash.
    pub(super) fn refuse_token(&mut self, token: Option<String>) {
        self.refused_token = token;
    }

    /// Marks the upload as due beside what was found: until this holder has settled something, a mark that it found may be another's.
    pub(super) async fn set(&mut self, work: &StoredRequest) -> Result<(), Error> {
        self.write(Due::Now, &OpenMark::new(work)).await.map(drop)
    }

    /// Marks the upload as due at this time, and not before.
    pub(super) async fn wait(&mut self, work: &StoredRequest, until: Option<Timestamp>) -> Result<(), Error> {
        let refused = self.refused_token.take();
        let due = until.map_or(Due::Now, |until| Due::Until { until, refused });
        self.move_to(due, OpenMark { not_before: until, ..OpenMark::new(work) }).await
    }

    /// Marks the upload as due after a pause, longer than the last.
    pub(super) async fn pause(&mut self, mark: OpenMark, why: &Error) -> Result<(), Error> {
        self.move_to(Due::pause_after(self.pauses, why), mark).await
    }

    /// The new mark is written before the old ones go: no moment has none.
    async fn move_to(&mut self, due: Due, mark: OpenMark) -> Result<(), Error> {
        let new = self.write(due, &mark).await?;
        self.delete(|key| *key != new).await
    }

    async fn write(&mut self, due: Due, mark: &OpenMark) -> Result<String, Error> {
        let (id, tag) = (self.id.clone(), Some(self.tag.clone()));
        let key = MarkKey { id, tag, due }.to_string();
        // Known before it is there: an answer may be lost.
        if !self.keys.contains(&key) {
            self.keys.push(key.clone());
        }
        self.access.write(&key, mark.bytes()?).await?;
        self.written = Some(key.clone());
        Ok(key)
    }

    /// Deletes the upload's marks, as far as this holder knows them.
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

    /// Leaves one mark where the upload has several: this holder's where it is known to hold the upload, else those it found.
    pub(super) async fn tidy(&mut self, holds: bool) {
        let (own, written) = (format!(".{}", self.tag), self.written.clone());
        let found = self.keys.iter().any(|key| !key.contains(&own));
        let tidied = match written {
            Some(written) if holds => self.delete(|key| *key != written).await,
            _ if !holds && found => self.delete(|key| key.contains(&own)).await,
            _ => Ok(()),
        };
        if let Err(error) = tidied {
            tracing::debug!(?error, upload_id = %self.id, "an open mark is left for the next holder");
        }
    }

    /// Takes back what this holder wrote, where another took the upload: that one has a mark of its own.
    pub(super) async fn withdraw(mut self) {
        let own = format!(".{}", self.tag);
        if let Err(error) = self.delete(|key| key.contains(&own)).await {
            tracing::debug!(?error, upload_id = %self.id, "an open mark is left for the sweep to clear");
        }
    }

    /// A person or a new event asks for the upload: what is wrong with it may be mended.
    pub(super) fn forget_pauses(&mut self) {
        self.pauses = 0;
    }

    /// The upload gets on.
    pub(super) fn note_step(&mut self, step: StepKind) {
        if !matches!(step, StepKind::Claimed | StepKind::Waiting) {
            self.pauses = 0;
        }
    }
}
