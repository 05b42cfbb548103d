//! The open marks that one holder knows: the one it wrote, and those it found.
//!
//! It deletes these alone. A mark that somebody else writes meanwhile has another key, however late this holder wakes.

use super::{
    Claim, ClaimMode, LeasedUpload, Ledger, Timestamp,
    lease::Lease,
    mark_key::{Due, MarkKey, TAG, TOKEN},
    open::{self, OpenMark, OpenUpload, UndecryptedRequest},
    record::Record,
    step::StepKind,
    store::Access,
    work::{StoredRequest, UploadRequest},
};
use crate::{Error, ErrorKind, RetryAdvice, UploadId};
use secrecy::{ExposeSecret, SecretString};

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
    async fn pause(&mut self, mark: OpenMark, why: &Error) -> Result<(), Error> {
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

impl LeasedUpload {
    /// The wait that is appended next is for another access token than the one of this keyed hash.
    pub(crate) fn refuse_token(&mut self, token: Option<String>) {
        self.marks.refused_token = token;
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
    /// As [`claim`](Self::claim), though the upload may wait for a time to come: what it waits for is there.
    pub(crate) async fn claim_at_once(&self, id: &UploadId, work: &UploadRequest) -> Result<Claim, Error> {
        self.claim_as(id, work, ClaimMode::Forced).await
    }

    /// As [`resume`](Self::resume), likewise.
    pub(crate) async fn resume_at_once(&self, id: &UploadId) -> Result<Claim, Error> {
        let record = self.read_existing(id).await?;
        Box::pin(self.acquire(id, Some(record), None, ClaimMode::Forced)).await
    }

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
        let tag = own.unwrap_or_else(|| super::nonce().chars().take(TAG).collect());
        let keys = upload.keys.iter().map(|(key, _)| key.clone()).collect();
        let (access, id, pauses) = (self.access.clone(), upload.id.clone(), upload.pauses);
        let mut marks = Marks { access, id, tag, keys, written: None, pauses, refused_token: None };
        marks.pause(OpenMark { not_before: None, ..mark }, why).await
    }

    /// Looks whether an upload that the ledger knows is at rest, and marks it where it is not and its mark was lost.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn restore_mark(&self, id: &UploadId) -> Result<MarkResult, Error> {
        if open::read_marks(&self.access, id).await?.is_some() {
            return Ok(MarkResult::Before);
        }
        let Some(record) = self.read(id).await? else { return Ok(MarkResult::Before) };
        if record.is_settled() {
            return Ok(MarkResult::AtRest(Box::new(record)));
        }
        let tag = super::nonce().chars().take(TAG).collect();
        let (access, id) = (self.access.clone(), id.clone());
        let mut marks =
            Marks { access, id, tag, keys: Vec::new(), written: None, pauses: 0, refused_token: None };
        let until = record.waiting.and_then(|waiting| waiting.not_before);
        marks.wait(&record.request, until).await?;
        Ok(MarkResult::Again)
    }

    /// Tells an access token from others without telling it: a hash with the ledger's key.
    #[must_use]
    pub fn token_hash(&self, client_id: &str, token: &SecretString) -> String {
        let text = format!("{}:{client_id}:{}", client_id.len(), token.expose_secret());
        let mut hash = self.seal.keyed_hash(text.as_bytes());
        hash.truncate(TOKEN);
        hash
    }

    /// Whether the secrets that kept an upload from going on can be opened here.
    ///
    /// # Errors
    /// [`Ledger`](ErrorKind::Ledger) where they were sealed with another key.
    pub(crate) fn ensure_decryptable(&self, id: &UploadId, mark: &OpenMark) -> Result<(), Error> {
        let Some(UndecryptedRequest { field, sealed }) = &mark.unopened else { return Ok(()) };
        self.sealer(id).open(sealed, field).map(drop)
    }

    /// A secret of the upload that cannot be opened here, if there is one.
    fn undecrypted(&self, record: &Record) -> Option<UndecryptedRequest> {
        let session = record.session.as_ref().map(|(_, session)| &session.upload_token);
        let session = session.map(|token| (super::held::UPLOAD_TOKEN, token));
        let found = record.request.sealed().chain(session);
        let closed = found.filter(|(field, sealed)| self.sealer(&record.id).open(sealed, field).is_err());
        let (field, sealed) = closed.into_iter().next()?;
        Some(UndecryptedRequest { field: field.into(), sealed: sealed.clone() })
    }
}
