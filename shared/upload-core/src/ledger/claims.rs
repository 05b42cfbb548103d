//! Claims: who may take an upload, and what happens before its first holder decides anything.

use super::{
    checks::{check_reopening, not_due_error},
    claim_mode::ClaimMode,
    codec::random_nonce,
    errors,
    handle::Ledger,
    keys,
    lease::Lease,
    leased_upload::{AcquiredLease, LeasedUpload},
    mark_updates::{clear_marks, record_end},
    marks::Marks,
    observed_lease::ObservedLease,
    open_uploads::{OpenUpload, read_marks},
    published_content,
    record::Record,
    request::{StoredRequest, UploadRequest},
    state::State,
    step::{Reopening, Step},
};
use crate::{Error, ErrorKind, UploadError as _, UploadId};
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep};

/// Pauses between looks for the first step of a holder that has the lease: it appends it at once.
const FIRST_STEP_WITHIN: [Duration; 4] = [
    Duration::from_millis(50),
    Duration::from_millis(150),
    Duration::from_millis(500),
    Duration::from_millis(1500),
];

/// The result of claiming an upload.
#[derive(Debug)]
pub enum Claim {
    /// This process holds the upload and resumes it from its recorded state.
    Acquired(Box<LeasedUpload>),
    /// Nothing is left to do, at least not now and here.
    Settled(Box<Record>),
}

impl Claim {
    /// What the ledger knows of the upload.
    pub(crate) fn record(&self) -> &Record {
        match self {
            Self::Acquired(upload) => upload.record(),
            Self::Settled(record) => record,
        }
    }
}

impl Ledger {
    /// Claims an upload, existing or new, to work on it.
    ///
    /// # Errors
    /// [`InProgress`](crate::ErrorKind::InProgress) if another holder has it, with the remaining time of the
    /// lease as `retry_after`; the reason for waiting, if it waits for a time to come.
    pub async fn claim(&self, id: &UploadId, request: &UploadRequest) -> Result<Claim, Error> {
        self.claim_as(id, request, ClaimMode::Due).await
    }

    async fn claim_as(
        &self,
        id: &UploadId,
        request: &UploadRequest,
        mode: ClaimMode,
    ) -> Result<Claim, Error> {
        match self.has_lease(id).await? {
            false => Box::pin(self.claim_new(id, request)).await,
            true => self.claim_known(id, request, mode).await,
        }
    }

    async fn claim_known(
        &self,
        id: &UploadId,
        request: &UploadRequest,
        mode: ClaimMode,
    ) -> Result<Claim, Error> {
        match self.read_settled(id).await? {
            Some(record) if record.pending_outcome_callback() => {
                Box::pin(self.acquire_for_callback(id, record)).await
            }
            Some(record) if record.state.has_ended() => Ok(Claim::Settled(Box::new(record))),
            record => {
                let sealed = StoredRequest::seal(request, self.sealer(id))?;
                Box::pin(self.acquire(id, record, Some(sealed), mode)).await
            }
        }
    }

    /// Whether an upload has ever been claimed: a lease is taken before the first step, and the newest lease stays. The chain of an
    /// upload without one need not be read, since its first step would find another in its place.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn has_lease(&self, id: &UploadId) -> Result<bool, Error> {
        Ok(!self.access.list_page(&keys::leases(id), None, 1).await?.keys.is_empty())
    }

    /// Claims an upload that [`has_lease`](Self::has_lease) has just found unclaimed.
    ///
    /// # Errors
    /// As [`claim`](Self::claim).
    pub(crate) async fn claim_new(&self, id: &UploadId, request: &UploadRequest) -> Result<Claim, Error> {
        let sealed = StoredRequest::seal(request, self.sealer(id))?;
        let (access, holder) = (&self.access, random_nonce());
        // The mark is there before the first step: no upload is ever open without one. Mark and lease need not wait for each other: a
        // holder that dies here leaves a mark without steps, whichever of the two was first.
        let mut marks = Marks::new(access, id, &holder, None);
        let acquiring = Lease::acquire(access, id, holder, None, 0, self.lease_life);
        let (acquired, marked) = tokio::join!(Box::pin(acquiring), Box::pin(marks.set(&sealed)));
        let lease = match acquired {
            Ok(lease) => lease,
            Err(error) => {
                marks.withdraw().await;
                return Err(self.mark_unless_recorded(id, error).await);
            }
        };
        if let Err(error) = marked {
            lease.release(&lease.parts()).await;
            return Err(error);
        }
        let claiming = LeasedUpload::claim(self, id, lease, None, Some(sealed), marks, ClaimMode::Due);
        match Box::pin(claiming).await {
            // Another was faster; or the leases are gone, as from a ledger that was restored without them.
            Err(error) if error.kind() == ErrorKind::Superseded => {
                Box::pin(self.claim_known(id, request, ClaimMode::Due)).await
            }
            claimed => self.settle_or_work(claimed?).await,
        }
    }

    /// Claims an upload that has an open mark. Deletes the mark if nothing is left to do.
    ///
    /// # Errors
    /// As [`claim`](Self::claim); [`NoSuchUpload`](crate::ErrorKind::NoSuchUpload) if the ledger does not know
    /// the upload: its first holder died before the first step, and the event is delivered again.
    pub async fn resume(&self, id: &UploadId) -> Result<Claim, Error> {
        let record = self.read_existing(id).await?;
        Box::pin(self.acquire(id, Some(record), None, ClaimMode::Due)).await
    }

    /// Claims an upload that failed or was cancelled, to run it again.
    ///
    /// # Errors
    /// As [`resume`](Self::resume); [`InvalidJob`](crate::ErrorKind::InvalidJob) if the upload is in another
    /// state, or a new session is requested and it did not end as `commit_unknown`.
    pub async fn reopen(&self, id: &UploadId, reopening: Reopening) -> Result<LeasedUpload, Error> {
        let record = self.read_existing(id).await?;
        check_reopening(&record, reopening)?;
        let Claim::Acquired(mut upload) =
            Box::pin(self.acquire(id, Some(record), None, ClaimMode::Requested)).await?
        else {
            return Err(errors::not_reopened_error());
        };
        let reopened = async {
            upload.confirm().await?;
            check_reopening(upload.record(), reopening)?;
            upload.append(Step::Reopened(reopening)).await
        };
        match reopened.await {
            Ok(()) => Ok(*upload),
            Err(error) => {
                upload.release().await;
                Err(error)
            }
        }
    }

    /// Claims a published upload, to change its video.
    ///
    /// # Errors
    /// As [`resume`](Self::resume); [`WrongState`](crate::ErrorKind::WrongState) if it is no video.
    pub(crate) async fn claim_to_change(&self, id: &UploadId) -> Result<Box<LeasedUpload>, Error> {
        let record = self.read_existing(id).await?;
        let no_video = || {
            let message = "only the video of a published upload can be changed";
            Error::new(ErrorKind::WrongState, "ledger", message)
        };
        if !record.state.is_published() {
            return Err(no_video());
        }
        match Box::pin(self.acquire(id, Some(record), None, ClaimMode::Change)).await? {
            Claim::Acquired(upload) => Ok(upload),
            Claim::Settled(_) => Err(no_video()),
        }
    }

    /// Reads an upload's record. A cancellation counts only a window of the store later.
    pub(super) async fn read_settled(&self, id: &UploadId) -> Result<Option<Record>, Error> {
        let record = self.read(id).await?;
        let cancelled = record.as_ref().is_some_and(|record| record.state == State::Cancelled);
        if !cancelled || self.access.store.window().is_zero() {
            return Ok(record);
        }
        self.access.wait_for_window(Instant::now()).await;
        self.read(id).await
    }

    async fn read_existing(&self, id: &UploadId) -> Result<Record, Error> {
        self.read_settled(id).await?.ok_or_else(|| errors::no_such_upload_error(keys::steps(id)))
    }

    /// Claims an upload that only its callback keeps open, if nobody else holds it and the callback is due.
    async fn acquire_for_callback(&self, id: &UploadId, record: Record) -> Result<Claim, Error> {
        match Box::pin(self.acquire(id, Some(record.clone()), None, ClaimMode::Due)).await {
            Err(error) if error.kind() == ErrorKind::InProgress => Ok(Claim::Settled(Box::new(record))),
            claim => claim,
        }
    }

    /// Takes the lease, then claims. Callers box the future to keep its memory out of their own.
    async fn acquire(
        &self,
        id: &UploadId,
        record: Option<Record>,
        request: Option<StoredRequest>,
        mode: ClaimMode,
    ) -> Result<Claim, Error> {
        let (access, is_requested) = (&self.access, mode.is_asked());
        let observed = ObservedLease::observe(access, id, self.lease_life).await?;
        if let Some(lease) = &observed {
            if !lease.remaining.is_zero() {
                let error = errors::in_progress_error(lease.remaining);
                return Err(if record.is_some() {
                    error
                } else {
                    self.mark_unless_recorded(id, error).await
                });
            }
            if mode == ClaimMode::Due {
                ensure_due(record.as_ref(), lease.now)?;
            }
        }
        // An ended upload whose callback is due later is left alone until then.
        let find_postponed = |found: &Option<OpenUpload>, now| {
            let is_pending =
                |record: &&Record| record.state.has_ended() && !record.is_settled() && !is_requested;
            let ended = record.as_ref().filter(is_pending);
            ended.filter(|_| found.as_ref().is_some_and(|found| !found.is_due(now))).cloned()
        };
        if let Some(now) = observed.as_ref().map(|lease| lease.now)
            && record.as_ref().is_some_and(|record| record.state.has_ended())
            && let Some(record) = find_postponed(&read_marks(access, id).await?, now)
        {
            return Ok(Claim::Settled(Box::new(record)));
        }
        let epoch = record.as_ref().map_or(0, |record| record.epoch);
        let lease = Lease::acquire(access, id, random_nonce(), observed, epoch, self.lease_life).await?;
        let mark = read_marks(access, id).await?;
        if let Some(record) = find_postponed(&mark, lease.now()) {
            // Another holder ran its callback between the look and the lease, and postponed the rest.
            lease.release(&lease.parts()).await;
            return Ok(Claim::Settled(Box::new(record)));
        }
        // The mark is written before the first step: no upload is ever open without one.
        let mut marks = Marks::new(access, id, lease.holder(), mark);
        if mode != ClaimMode::Due || request.is_some() {
            marks.forget_pauses();
        }
        if let Some(record) = &record {
            Box::pin(marks.resume_callback(record)).await?;
        }
        let is_settled = record.as_ref().is_some_and(Record::is_settled) && !is_requested;
        if let Some(request) =
            record.as_ref().map(|record| &record.request).or(request.as_ref()).filter(|_| !is_settled)
        {
            marks.set(request).await?;
        }
        let claiming = LeasedUpload::claim(self, id, lease, record, request, marks, mode);
        self.settle_or_work(claiming.await?).await
    }

    /// Marks the refusal of an upload in progress as unrecorded where no step appears soon: its holder may have died before the first one,
    /// and then only the event that was refused brings the upload back.
    async fn mark_unless_recorded(&self, id: &UploadId, error: Error) -> Error {
        if error.kind() != ErrorKind::InProgress {
            return error;
        }
        for pause in FIRST_STEP_WITHIN {
            if matches!(self.read(id).await, Ok(Some(_))) {
                return error;
            }
            sleep(pause).await;
        }
        if matches!(self.read(id).await, Ok(Some(_))) { error } else { error.mark_unrecorded() }
    }

    /// Turns a lease that was taken into the claim's result: where nothing is left to do, whatever a holder that died did not write is
    /// written, and the lease is released.
    async fn settle_or_work(&self, acquired: AcquiredLease) -> Result<Claim, Error> {
        let access = &self.access;
        match acquired {
            AcquiredLease::Working(upload) => Ok(Claim::Acquired(Box::new(upload))),
            AcquiredLease::Settled(lease, record, mut marks) => {
                record_end(access, &record, lease.now()).await?;
                published_content::write_if_newer(access, &record).await?;
                clear_marks(access, &record, Instant::now(), &mut marks).await?;
                lease.release(&lease.parts()).await;
                Ok(Claim::Settled(Box::new(record)))
            }
        }
    }

    /// As [`claim`](Self::claim), even if the upload waits for a time to come: what it waits for is there.
    pub(crate) async fn claim_at_once(&self, id: &UploadId, request: &UploadRequest) -> Result<Claim, Error> {
        self.claim_as(id, request, ClaimMode::Forced).await
    }

    /// As [`resume`](Self::resume), even if the upload waits for a time to come.
    pub(crate) async fn resume_at_once(&self, id: &UploadId) -> Result<Claim, Error> {
        let record = self.read_existing(id).await?;
        Box::pin(self.acquire(id, Some(record), None, ClaimMode::Forced)).await
    }
}

/// Fails if a waiting upload must keep waiting.
fn ensure_due(record: Option<&Record>, now: SystemTime) -> Result<(), Error> {
    let Some((record, waiting)) = record.and_then(|record| Some((record, record.waiting?))) else {
        return Ok(());
    };
    let remaining = waiting.not_before.and_then(|until| until.get().duration_since(now).ok());
    match remaining {
        Some(remaining) if !remaining.is_zero() => Err(not_due_error(record, waiting.reason, remaining)),
        _ => Ok(()),
    }
}
