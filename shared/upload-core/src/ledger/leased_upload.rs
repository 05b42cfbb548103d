//! An upload in this holder's hands.

use super::{
    Ledger,
    chain::{is_same_chain, read_again, read_on},
    codec::encode,
    codec::unreadable,
    errors::{cancelled, refused, superseded},
    keys,
    lease::{Lease, UploadedParts},
    marks::Marks,
    record::Record,
    secrets::{OpenedSession, UPLOAD_TOKEN},
    state::State,
    step::{Entry, Session, Step},
    store::Access,
};
use crate::ledger::{
    finished_uploads, published_content,
    request::{StoredRequest, UploadRequest},
};
use crate::{Error, UploadId};
use std::{fmt, sync::Arc, time::SystemTime};
use tokio::time::Instant;

/// An upload that this process holds, until it is [released](Self::release) or the lease runs out.
pub struct LeasedUpload {
    pub(super) ledger: Ledger,
    lease: Arc<Lease>,
    record: Record,
    pub(super) marks: Marks,
    /// When its last append was acknowledged.
    acknowledged: Instant,
    /// The chain was read whole a window after the claim.
    confirmed: bool,
}

impl fmt::Debug for LeasedUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("record", &self.record).finish_non_exhaustive()
    }
}

impl LeasedUpload {
    /// Appends the claim of a new holder: with `work` where `record` is none. What the holder before still manages to append is read first.
    pub(super) async fn claim(
        ledger: &Ledger,
        id: &UploadId,
        lease: Lease,
        mut record: Option<Record>,
        work: Option<StoredRequest>,
        mut marks: Marks,
        reopening: bool,
    ) -> Result<AcquiredLease, Error> {
        let work = work.map(Box::new);
        loop {
            let done =
                |record: &mut Record| record.is_settled() && !(reopening && record.state.can_be_reopened());
            if let Some(record) = record.take_if(done) {
                return Ok(AcquiredLease::Settled(lease, record, marks));
            }
            let step = Step::Claimed { request: work.clone().filter(|_| record.is_none()) };
            let known = record.as_ref().map_or(0, Record::sequence);
            let entry = entry(&lease, step);
            if let Some(ack) = ledger.access.create(&keys::step(id, known + 1), encode(&entry)?).await? {
                let record =
                    Record::after(record, id, entry, ack.tag).map_err(|_| superseded(lease.epoch()))?;
                lease.note_step(record.sequence());
                if lease.is_stale() {
                    // A holder that was frozen before its first step: its mark may have been taken for a stray.
                    marks.set(&record.request).await?;
                }
                let (ledger, lease) = (ledger.clone(), Arc::new(lease));
                return Ok(AcquiredLease::Working(Self {
                    ledger,
                    lease,
                    record,
                    marks,
                    acknowledged: ack.at,
                    confirmed: false,
                }));
            }
            record = read_on(&ledger.access, id, record).await?;
            if record.as_ref().is_some_and(|record| record.epoch >= lease.epoch()) {
                marks.withdraw().await;
                return Err(superseded(lease.epoch()));
            }
        }
    }

    /// Believes the chain once: reads it whole, a window of the store after the claim, and goes on from what it amounts to then. To be
    /// called before anything is decided; reads of the object may run meanwhile.
    ///
    /// # Errors
    /// [`Superseded`](crate::ErrorKind::Superseded) where the claim is gone or counts for nothing; as [`Ledger::read`].
    pub async fn confirm(&mut self) -> Result<(), Error> {
        if self.confirmed {
            return Ok(());
        }
        let access = &self.ledger.access;
        access.wait_for_window(self.acknowledged).await;
        let record = read_again(access, &self.record).await?;
        if !record.is_held_by(self.lease.epoch(), self.lease.holder()) {
            return Err(self.find_loss_reason().await);
        }
        self.lease.note_step(record.sequence());
        (self.record, self.confirmed) = (record, true);
        Ok(())
    }

    /// Makes sure, a window of the store after the last append, that the chain is what this holder read and wrote, and then that nobody
    /// has taken the upload over: to be called before each commit.
    ///
    /// # Errors
    /// [`Superseded`](crate::ErrorKind::Superseded) where it is not; as [`Ledger::read`].
    pub async fn verify(&self) -> Result<(), Error> {
        let access = &self.ledger.access;
        access.wait_for_window(self.acknowledged).await;
        if !is_same_chain(access, &self.record).await? {
            return Err(self.find_loss_reason().await);
        }
        self.lease.check().await
    }

    /// What the ledger knows of the upload.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The lease: to be [kept](Lease::keep) while working, and [checked](Lease::check) before a commit and before a session is opened.
    #[must_use]
    pub fn lease(&self) -> Arc<Lease> {
        self.lease.clone()
    }

    /// The parts that an earlier holder noted for the session in use.
    #[must_use]
    pub fn parts(&self) -> UploadedParts {
        let session = self.record.session.as_ref().map(|(sequence, _)| *sequence);
        Some(self.lease.parts()).filter(|parts| Some(parts.session) == session).unwrap_or_default()
    }

    /// What the upload is about.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) where its secrets were sealed with another key.
    pub fn request(&self) -> Result<UploadRequest, Error> {
        self.ledger.request(&self.record)
    }

    /// The session in use.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) where its token was sealed with another key.
    pub fn session(&self) -> Result<Option<OpenedSession>, Error> {
        self.ledger.session(&self.record)
    }

    /// Appends [`Created`](Step::Created).
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub async fn append_session(&mut self, opened: OpenedSession) -> Result<(), Error> {
        let OpenedSession { upload_token, video_id, md5, crc64, target } = opened;
        let upload_token = self.ledger.sealer(&self.record.id).seal(&upload_token, UPLOAD_TOKEN)?;
        self.append(Step::Created(Box::new(Session { upload_token, video_id, md5, crc64, target }))).await
    }

    /// Appends a step. Where this fails, the work must stop: whether the step was taken shows when the ledger is read again.
    ///
    /// # Errors
    /// [`Cancelled`](crate::ErrorKind::Cancelled) where a person gave the upload up meanwhile;
    /// [`Superseded`](crate::ErrorKind::Superseded) where another holder went on; [`Ledger`](crate::ErrorKind::Ledger) where the
    /// step does not follow, or the store fails.
    pub async fn append(&mut self, step: Step) -> Result<(), Error> {
        self.record.state.after(&step).map_err(refused)?;
        if !self.confirmed {
            self.confirm().await?;
            self.record.state.after(&step).map_err(refused)?;
        }
        if self.record.severed {
            return Err(cancelled());
        }
        self.lease.check_if_stale().await?;
        let (id, kind) = (&self.record.id, step.kind());
        let entry = entry(&self.lease, step);
        let key = keys::step(id, self.record.sequence() + 1);
        let Some(ack) = self.ledger.access.create(&key, encode(&entry)?).await? else {
            return Err(self.find_loss_reason().await);
        };
        let next = Record::after(Some(self.record.clone()), id, entry, ack.tag);
        self.record =
            next.map_err(|why| unreadable(&key, "a step was written that does not follow").with_source(why))?;
        self.acknowledged = ack.at;
        self.lease.note_step(self.record.sequence());
        self.marks.note_step(kind);
        tracing::debug!(upload_id = %self.record.id, step = %key, state = ?self.record.state, "appended");
        self.update_marks().await;
        Ok(())
    }

    /// Why the chain is somebody else's by now. "Cancelled" is said only a window of the store later: until then another step may replace it.
    pub(crate) async fn find_loss_reason(&self) -> Error {
        let access = &self.ledger.access;
        access.wait_for_window(Instant::now()).await;
        match read_again(access, &self.record).await {
            Ok(record) if record.state == State::Cancelled && self.record.state != State::Cancelled => {
                cancelled()
            }
            _ => superseded(self.lease.epoch()),
        }
    }

    /// Lets nobody take the upload up before `until`, for what is left to do once it has ended.
    pub async fn postpone(&mut self, until: SystemTime) {
        if let Err(error) = self.marks.wait(&self.record.request, Some(until.into())).await {
            tracing::warn!(?error, upload_id = %self.record.id, "could not put the upload off: the next sweep takes it up");
        }
    }

    /// Gives the upload out of this process's hands, with the parts that were last noted.
    pub async fn release(self) {
        let parts = self.lease.parts();
        self.release_with(parts).await;
    }

    /// The same, with the parts that the target holds by now.
    pub async fn release_with(mut self, parts: UploadedParts) {
        self.marks.tidy(self.confirmed).await;
        self.lease.release(&parts).await;
    }

    /// Brings the list of recent ends and the open mark in line with a step that ends the work. The step counts: a mark that stays
    /// behind is found by the sweep.
    async fn update_marks(&mut self) {
        // Boxed: its memory is not to be a part of the work's.
        if let Err(error) = Box::pin(self.try_update_marks()).await {
            tracing::warn!(?error, upload_id = %self.record.id, "could not update the open mark");
        }
    }

    async fn try_update_marks(&mut self) -> Result<(), Error> {
        let access = &self.ledger.access;
        finished_uploads::write(access, &self.record).await?;
        match self.record.state {
            State::Committed => published_content::write(access, &self.record).await?,
            // The holder that committed may have died before it did so.
            _ if self.record.is_settled() => published_content::write_late(access, &self.record).await?,
            _ => {}
        }
        match self.record.waiting {
            _ if self.record.is_settled() => {
                clear_marks(access, &self.record, self.acknowledged, &mut self.marks).await
            }
            Some(waiting) => self.marks.wait(&self.record.request, waiting.not_before).await,
            None => Ok(()),
        }
    }
}

/// Deletes the open marks, as far as they are known, of an upload whose end stands a window of the store after `acknowledged`: a step that
/// replaces it leaves them to the sweep, which finds out.
pub(super) async fn clear_marks(
    access: &Access,
    record: &Record,
    acknowledged: Instant,
    marks: &mut Marks,
) -> Result<(), Error> {
    access.wait_for_window(acknowledged).await;
    if access.store.window().is_zero() || is_same_chain(access, record).await? {
        marks.clear().await?;
    }
    Ok(())
}

/// What a claim finds.
pub(super) enum AcquiredLease {
    Working(LeasedUpload),
    Settled(Lease, Record, Marks),
}

fn entry(lease: &Lease, step: Step) -> Entry {
    Entry::new(lease.now(), lease.epoch(), lease.holder(), step)
}
