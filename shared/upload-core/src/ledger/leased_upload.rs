//! An upload whose lease this process holds.

use super::{
    Ledger,
    chain::{is_same_chain, read_remaining, reread},
    claim_mode::ClaimMode,
    codec::encode,
    codec::unreadable_entry,
    errors::{cancelled_error, refused_error, superseded_error},
    keys,
    lease::Lease,
    lease_record::UploadedParts,
    mark_updates::update_marks,
    marks::Marks,
    record::Record,
    secrets::{OpenedSession, UPLOAD_TOKEN},
    state::State,
    step::{Entry, Session, Step, StepKind},
};
use crate::ledger::request::{StoredRequest, UploadRequest};
use crate::{Error, PreflightReport, UploadId};
use std::{fmt, sync::Arc, time::SystemTime};
use tokio::time::Instant;

/// An upload that this process holds, until it is [released](Self::release) or the lease expires.
pub struct LeasedUpload {
    pub(super) ledger: Ledger,
    lease: Arc<Lease>,
    record: Record,
    pub(super) marks: Marks,
    /// When its last append was acknowledged.
    acknowledged: Instant,
    /// Whether the chain was read whole a window after the claim.
    confirmed: bool,
    /// What the preflight found, until a step carries it.
    preflight: Option<Box<PreflightReport>>,
    /// An append began whose end is not known: the step may be there.
    is_unsure: bool,
    /// Until when this holder postponed what is left after the upload's end.
    postponed: Option<SystemTime>,
}

impl fmt::Debug for LeasedUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeasedUpload").field("record", &self.record).finish_non_exhaustive()
    }
}

impl LeasedUpload {
    /// Appends the claim of a new holder: with `request` if `record` is `None`. Reads first what the previous
    /// holder still managed to append.
    pub(super) async fn claim(
        ledger: &Ledger,
        id: &UploadId,
        lease: Lease,
        mut record: Option<Record>,
        request: Option<StoredRequest>,
        mut marks: Marks,
        mode: ClaimMode,
    ) -> Result<AcquiredLease, Error> {
        let request = request.map(Box::new);
        loop {
            let is_done = |record: &mut Record| record.is_settled() && !mode.takes_settled(record);
            if let Some(record) = record.take_if(is_done) {
                return Ok(AcquiredLease::Settled(lease, record, marks));
            }
            let step = Step::Claimed { request: request.clone().filter(|_| record.is_none()) };
            let known = record.as_ref().map_or(0, Record::sequence);
            let mut entry = new_entry(&lease, step);
            let last_trace = record.as_ref().and_then(Record::trace).map(|trace| trace.trace_id());
            entry.traceparent = ledger.trace.filter(|trace| Some(trace.trace_id()) != last_trace);
            if let Some(ack) = ledger.access.create(&keys::step(id, known + 1), encode(&entry)?).await? {
                let record = Record::with_entry(record, id, entry, ack.tag)
                    .map_err(|_| superseded_error(lease.epoch()))?;
                lease.note_step(record.sequence());
                if lease.is_stale() {
                    // The holder was frozen before its first step: its mark may have been deleted as a stray.
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
                    preflight: None,
                    is_unsure: false,
                    postponed: None,
                }));
            }
            record = read_remaining(&ledger.access, id, record).await?;
            if record.as_ref().is_some_and(|record| record.epoch >= lease.epoch()) {
                marks.withdraw().await;
                return Err(superseded_error(lease.epoch()));
            }
        }
    }

    /// Confirms the chain once: reads it whole, a window of the store after the claim, and continues from what
    /// it amounts to then. Call it before anything is decided; reads of the object may run meanwhile.
    ///
    /// # Errors
    /// [`Superseded`](crate::ErrorKind::Superseded) if the claim is gone or does not count; as [`Ledger::read`].
    pub async fn confirm(&mut self) -> Result<(), Error> {
        if self.confirmed {
            return Ok(());
        }
        let access = &self.ledger.access;
        access.wait_for_window(self.acknowledged).await;
        let record = reread(access, &self.record).await?;
        if !record.is_held_by(self.lease.epoch(), self.lease.holder()) {
            return Err(self.find_loss_reason().await);
        }
        self.lease.note_step(record.sequence());
        (self.record, self.confirmed) = (record, true);
        Ok(())
    }

    /// Verifies, a window of the store after the last append, that the chain is what this holder read and wrote,
    /// and then that nobody has taken over the upload. Call it before each commit.
    ///
    /// # Errors
    /// [`Superseded`](crate::ErrorKind::Superseded) if either does not hold; as [`Ledger::read`].
    pub async fn verify(&self) -> Result<(), Error> {
        let access = &self.ledger.access;
        access.wait_for_window(self.acknowledged).await;
        if !is_same_chain(access, &self.record).await? {
            return Err(self.find_loss_reason().await);
        }
        // Not at once with the list: the promise has the lease checked after it.
        self.lease.check().await
    }

    /// What the ledger knows of the upload.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The upload's id.
    pub(crate) fn id(&self) -> &UploadId {
        &self.record.id
    }

    /// The lease: [renew](Lease::keep_renewed) it while working, and [check](Lease::check) it before a commit.
    #[must_use]
    pub fn lease(&self) -> Arc<Lease> {
        self.lease.clone()
    }

    /// The parts that an earlier holder recorded for the session in use.
    #[must_use]
    pub fn parts(&self) -> UploadedParts {
        let session = self.record.session.as_ref().map(|(sequence, _)| *sequence);
        Some(self.lease.parts()).filter(|parts| Some(parts.session) == session).unwrap_or_default()
    }

    /// Notes what the preflight found: the next step carries it.
    pub(crate) fn note_preflight(&mut self, report: PreflightReport) {
        self.preflight = Some(Box::new(report));
    }

    /// Whether this holder's claim is the only step: then the request is the one that this holder brought.
    pub(crate) fn is_begun_here(&self) -> bool {
        self.record.history.len() == 1
    }

    /// Decrypts what the upload is about.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) if its secrets were sealed with another key.
    pub fn request(&self) -> Result<UploadRequest, Error> {
        self.ledger.request(&self.record)
    }

    /// Decrypts the session in use.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) if its token was sealed with another key.
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

    /// Appends a step. If this fails, the work must stop: whether the step was written shows when the ledger is
    /// read again.
    ///
    /// # Errors
    /// [`Cancelled`](crate::ErrorKind::Cancelled) if a person cancelled the upload meanwhile;
    /// [`Superseded`](crate::ErrorKind::Superseded) if another holder has taken over;
    /// [`Ledger`](crate::ErrorKind::Ledger) if the step does not follow, or the store fails.
    pub async fn append(&mut self, step: Step) -> Result<(), Error> {
        self.record.state.after(&step).map_err(refused_error)?;
        if !self.confirmed {
            self.confirm().await?;
            self.record.state.after(&step).map_err(refused_error)?;
        }
        if self.record.severed {
            return Err(cancelled_error());
        }
        self.lease.check_if_stale().await?;
        let (id, kind) = (&self.record.id, step.kind());
        let mut entry = new_entry(&self.lease, step);
        entry.preflight = self.preflight.take();
        let key = keys::step(id, self.record.sequence() + 1);
        let entry_bytes = encode(&entry)?;
        self.is_unsure = true;
        let Some(ack) = self.ledger.access.create(&key, entry_bytes).await? else {
            return Err(self.find_loss_reason().await);
        };
        self.is_unsure = false;
        let next = Record::with_entry(Some(self.record.clone()), id, entry, ack.tag);
        self.record = next.map_err(|why| {
            unreadable_entry(&key, "a step was written that does not follow").with_source(why)
        })?;
        self.acknowledged = ack.at;
        self.lease.note_step(self.record.sequence());
        self.marks.note_step(kind);
        tracing::debug!(upload_id = %self.record.id, step = %key, state = self.record.state.as_str(), "appended");
        self.update_marks().await;
        Ok(())
    }

    /// Finds out why the chain is another's by now. It reports "cancelled" only a window of the store later:
    /// until then another step may replace it.
    pub(crate) async fn find_loss_reason(&self) -> Error {
        let access = &self.ledger.access;
        access.wait_for_window(Instant::now()).await;
        match reread(access, &self.record).await {
            Ok(record) if record.state == State::Cancelled && self.record.state != State::Cancelled => {
                cancelled_error()
            }
            _ => superseded_error(self.lease.epoch()),
        }
    }

    /// Counts attempts to deliver the pending callback, the last of which ended with `code`: the mark of the next
    /// [`postpone`](Self::postpone) states them.
    pub(crate) fn count_attempts(&mut self, attempts: u32, code: &str) {
        self.marks.count_attempts(&self.record, attempts, code);
    }

    /// Postpones what is left to do after the upload's end: nobody may resume it before `until`.
    pub async fn postpone(&mut self, until: SystemTime) {
        self.postponed = Some(until);
        self.marks.track_callback(&self.record);
        if let Err(error) = self.marks.wait(&self.record.request, Some(until.into()), None).await {
            tracing::warn!(?error, upload_id = %self.record.id, "could not postpone the upload: the next sweep resumes it");
        }
    }

    /// Until when this holder [postponed](Self::postpone) what is left.
    pub(crate) fn postponed(&self) -> Option<SystemTime> {
        self.postponed
    }

    /// Notes that this holder, whose claim stands, had nothing to do: a settled upload keeps no mark for its sake.
    pub(crate) fn note_unchanged(&mut self) {
        let is_unchanged =
            self.record.history.last().is_some_and(|last| last.step.kind() == StepKind::Claimed);
        self.marks.settled |= self.confirmed && !self.is_unsure && is_unchanged && self.record.is_settled();
    }

    /// Releases the upload, with the parts that were last recorded.
    pub async fn release(self) {
        let parts = self.lease.parts();
        self.release_with(parts).await;
    }

    /// Releases the upload, with the parts that the target holds by now.
    pub async fn release_with(mut self, parts: UploadedParts) {
        if self.marks.settled {
            // The next holder finds nothing left to do.
            tokio::join!(Box::pin(self.marks.tidy(self.confirmed)), Box::pin(self.lease.release(&parts)));
        } else {
            self.marks.tidy(self.confirmed).await;
            self.lease.release(&parts).await;
        }
    }

    /// Updates the marks after a step. The step counts even if this fails: the sweep finds a mark that stays.
    async fn update_marks(&mut self) {
        let (access, record) = (&self.ledger.access, &self.record);
        // Boxed to keep its memory out of the work's own future.
        let update = Box::pin(update_marks(access, record, self.acknowledged, &mut self.marks));
        if let Err(error) = update.await {
            tracing::warn!(?error, upload_id = %record.id, "could not update the open mark");
        }
    }
}

/// The result of claiming with a lease.
pub(super) enum AcquiredLease {
    Working(LeasedUpload),
    Settled(Lease, Record, Marks),
}

fn new_entry(lease: &Lease, step: Step) -> Entry {
    Entry::new(lease.now(), lease.epoch(), lease.holder(), step)
}
