//! Taking an upload: who may, and what is done before its first holder decides anything.

use super::{
    checks::{check_reopening, still_waits},
    errors, finished_uploads,
    handle::Ledger,
    keys,
    lease::{Lease, ObservedLease},
    leased_upload::{AcquiredLease, LeasedUpload, clear_marks},
    marks::Marks,
    open_uploads::{OpenUpload, read_marks},
    published_content,
    record::Record,
    request::{StoredRequest, UploadRequest},
    state::State,
    step::{Reopening, Step},
};
use crate::{Error, ErrorKind, UploadId};
use std::time::SystemTime;
use tokio::time::Instant;

/// What became of the wish to hold an upload.
#[derive(Debug)]
pub enum Claim {
    /// This process holds it, and goes on from where it stands.
    Acquired(Box<LeasedUpload>),
    /// Nothing is left to do, at least not now and here.
    Settled(Box<Record>),
}

/// How an upload is wished for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ClaimMode {
    Due,
    /// Though it waits: what it waits for has come.
    Forced,
    /// A person wants one that waits, or that ended without a video.
    Requested,
}

impl Ledger {
    /// Takes an upload, a new one as well, to work on it.
    ///
    /// # Errors
    /// [`InProgress`](crate::ErrorKind::InProgress) where somebody else holds it, with the rest of the lease as not-before;
    /// the reason it waits, where it waits for a time to come.
    pub async fn claim(&self, id: &UploadId, work: &UploadRequest) -> Result<Claim, Error> {
        self.claim_as(id, work, ClaimMode::Due).await
    }

    async fn claim_as(&self, id: &UploadId, work: &UploadRequest, wish: ClaimMode) -> Result<Claim, Error> {
        match self.read_settled(id).await? {
            Some(record) if record.pending_outcome_callback() => {
                Box::pin(self.acquire_for_callback(id, record)).await
            }
            Some(record) if record.state.has_ended() => Ok(Claim::Settled(Box::new(record))),
            record => {
                let sealed = StoredRequest::seal(work, self.sealer(id))?;
                Box::pin(self.acquire(id, record, Some(sealed), wish)).await
            }
        }
    }

    /// Takes an upload that has an open mark. Where nothing is left to do, the mark is deleted.
    ///
    /// # Errors
    /// As [`claim`](Self::claim); [`NoSuchUpload`](crate::ErrorKind::NoSuchUpload) where the ledger does not know the upload: its first
    /// holder died before the first step, and the event is delivered again.
    pub async fn resume(&self, id: &UploadId) -> Result<Claim, Error> {
        let record = self.read_existing(id).await?;
        Box::pin(self.acquire(id, Some(record), None, ClaimMode::Due)).await
    }

    /// Takes an upload that failed or was cancelled, to try it again.
    ///
    /// # Errors
    /// As [`resume`](Self::resume); [`InvalidJob`](crate::ErrorKind::InvalidJob) where the upload is in another state, or another session
    /// is wished for and it did not end as `commit_unknown`.
    pub async fn reopen(&self, id: &UploadId, reopening: Reopening) -> Result<LeasedUpload, Error> {
        let record = self.read_existing(id).await?;
        check_reopening(&record, reopening)?;
        let Claim::Acquired(mut held) =
            Box::pin(self.acquire(id, Some(record), None, ClaimMode::Requested)).await?
        else {
            return Err(errors::not_reopened());
        };
        let reopened = async {
            held.confirm().await?;
            check_reopening(held.record(), reopening)?;
            held.append(Step::Reopened(reopening)).await
        };
        match reopened.await {
            Ok(()) => Ok(*held),
            Err(error) => {
                held.release().await;
                Err(error)
            }
        }
    }

    /// What is known of an upload. That it was cancelled is believed a window of the store later.
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
        self.read_settled(id).await?.ok_or_else(|| errors::no_such_upload(keys::steps(id)))
    }

    /// Takes an upload that only its callback keeps open, if nobody does so already and the time for it has come.
    async fn acquire_for_callback(&self, id: &UploadId, record: Record) -> Result<Claim, Error> {
        match Box::pin(self.acquire(id, Some(record.clone()), None, ClaimMode::Due)).await {
            Err(error) if error.kind() == ErrorKind::InProgress => Ok(Claim::Settled(Box::new(record))),
            taken => taken,
        }
    }

    /// Callers box it: its memory is not to be a part of theirs.
    async fn acquire(
        &self,
        id: &UploadId,
        record: Option<Record>,
        work: Option<StoredRequest>,
        wish: ClaimMode,
    ) -> Result<Claim, Error> {
        let (access, anyway) = (&self.access, wish == ClaimMode::Requested);
        let seen = ObservedLease::observe(access, id, self.lease_life).await?;
        if let Some(seen) = &seen {
            if !seen.remaining.is_zero() {
                return Err(errors::in_progress(seen.remaining));
            }
            if wish == ClaimMode::Due {
                ensure_due(record.as_ref(), seen.now)?;
            }
        }
        // What has ended and is told its callback later is left alone until then.
        let put_off = |found: &Option<OpenUpload>, now| {
            let told = |record: &&Record| record.state.has_ended() && !record.is_settled() && !anyway;
            let ended = record.as_ref().filter(told);
            ended.filter(|_| found.as_ref().is_some_and(|found| !found.is_due(now))).cloned()
        };
        if let Some(now) = seen.as_ref().map(|seen| seen.now)
            && record.as_ref().is_some_and(|record| record.state.has_ended())
            && let Some(record) = put_off(&read_marks(access, id).await?, now)
        {
            return Ok(Claim::Settled(Box::new(record)));
        }
        let epoch = record.as_ref().map_or(0, |record| record.epoch);
        // Whoever marked it before had a lease first.
        let is_new = seen.is_none() && record.is_none();
        let lease = Lease::acquire(access, id, seen, epoch, self.lease_life).await?;
        let found = if is_new { None } else { read_marks(access, id).await? };
        if let Some(record) = put_off(&found, lease.now()) {
            // Somebody else told its callback between the look and the lease, and put off what is left.
            lease.release(&lease.parts()).await;
            return Ok(Claim::Settled(Box::new(record)));
        }
        // The mark stands before the first step: no upload is ever open without one.
        let mut marks = Marks::new(access, id, &lease, found);
        if wish != ClaimMode::Due || work.is_some() {
            marks.forget_pauses();
        }
        let rests = record.as_ref().is_some_and(Record::is_settled) && !anyway;
        if let Some(work) = record.as_ref().map(|record| &record.request).or(work.as_ref()).filter(|_| !rests)
        {
            marks.set(work).await?;
        }
        match LeasedUpload::claim(self, id, lease, record, work, marks, anyway).await? {
            AcquiredLease::Working(held) => Ok(Claim::Acquired(Box::new(held))),
            AcquiredLease::Settled(lease, record, mut marks) => {
                finished_uploads::write(access, &record).await?;
                published_content::write_late(access, &record).await?;
                clear_marks(access, &record, Instant::now(), &mut marks).await?;
                lease.release(&lease.parts()).await;
                Ok(Claim::Settled(Box::new(record)))
            }
        }
    }

    /// As [`claim`](Self::claim), though the upload may wait for a time to come: what it waits for is there.
    pub(crate) async fn claim_at_once(&self, id: &UploadId, work: &UploadRequest) -> Result<Claim, Error> {
        self.claim_as(id, work, ClaimMode::Forced).await
    }

    /// As [`resume`](Self::resume), likewise.
    pub(crate) async fn resume_at_once(&self, id: &UploadId) -> Result<Claim, Error> {
        let record = self.read_existing(id).await?;
        Box::pin(self.acquire(id, Some(record), None, ClaimMode::Forced)).await
    }
}

/// Whether a waiting upload has to wait on.
fn ensure_due(record: Option<&Record>, now: SystemTime) -> Result<(), Error> {
    let Some((record, waiting)) = record.and_then(|record| Some((record, record.waiting?))) else {
        return Ok(());
    };
    let rest = waiting.not_before.and_then(|until| until.get().duration_since(now).ok());
    match rest {
        Some(rest) if !rest.is_zero() => Err(still_waits(record, waiting.reason, rest)),
        _ => Ok(()),
    }
}
