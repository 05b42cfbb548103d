//! The ledger: the append-only record of every upload, kept away from the machine.
//!
//! Appending a step is creating the entry with the next number, which succeeds for one holder only: that makes two holders'
//! steps a single sequence, whatever their clocks say and however late one of them wakes. The [`Lease`] merely keeps
//! them from working at the same time. Nothing goes on without the ledger: where the store fails, the work stops.
//!
//! | key | content | deleted |
//! |---|---|---|
//! | `ledger/{upload id}/{sequence}.json` | steps | never by this program: they answer every later event for the same object |
//! | `lease/{upload id}/{epoch}` | the newest lease | older ones by the next holder; the newest stays |
//! | `open/{upload id}...` | a mark on each upload that is not at rest; the key says when it is due | by the holder that brings it to rest |
//! | `recent/{end, counted down}-{upload id}` | how an upload ended, for lists | after 30 days, by the sweep |
//! | `content/{key and account, hashed}` | what was last published of a key | never; written over |
//! | `pause/{client id, hashed}` | until when Youku is not called for the client | never; written over |
//! | `cursor/{name}` | where a sweep goes on | never |
//! | `refresh/{account}/{lineage}/{n}` | the claim to renew an account's access token, and how it ended | those below the last but one, once the newest pair has served a call |
//! | `token/{account}/{lineage}/{n}` | the pair of tokens that claim `n` brought, sealed | likewise; those of an earlier refresh token of the settings stay |
//! | `origin/{account}/{token, hashed}` | how the account came by a token that it has or had | never |
//! | `user/{token, hashed}` | what Youku said when it was asked whose the token is | never |
//! | `trial/{nonce}` | nothing: whether the store keeps a ledger is tried out | at once |
//! | `birth` | nothing; its time of writing counts | never |
//!
//! An upload comes to rest when its callback is done, or, without one, when it is committed or failed; a cancelled one has nobody to tell.
//! Entries hold no secret that is not [sealed](Seal).

mod cancel;
mod chain;
mod codec;
mod content;
mod errors;
mod fields;
mod held;
mod keys;
mod lease;
mod looks;
mod mark_key;
mod marks;
mod open;
mod origins;
mod pause;
mod recent;
mod record;
mod seal;
mod state;
mod step;
mod store;
#[cfg(test)]
#[expect(clippy::panic, reason = "a test fails by panicking")]
pub(crate) mod tests;
mod tokens;
mod trial;
mod work;

pub use content::PublishedContent;
pub use fields::Timestamp;
pub use held::{LeasedUpload, OpenedSession};
pub use lease::{Holder, Lease, UploadedPart, UploadedParts};
pub use looks::StoreTimes;
pub(crate) use marks::{MarkResult, is_lacking_means};
pub use open::{OpenMark, OpenPage, OpenUpload};
pub use origins::{KeyedHash, TokenOrigin};
pub use recent::{FinishedKey, FinishedPage, FinishedUpload};
pub use record::Record;
pub use seal::{Seal, Sealed};
pub use state::{ActiveState, EDGES, Edge, End, InvalidTransition, State};
pub use step::{
    Entry, Failure, Reopening, Session, Step, StepKind, Target, Transferred, WaitReason, Waiting,
};
pub use store::{Created, LedgerStore, ListedKey, Page, Stored};
pub use tokens::{Refresh, RefreshClaim, RefreshEnd, TokenChain, TokenPair, Tokens};
pub use work::{StoredMetadata, StoredRequest, StoredVersion, UploadRequest};

use crate::{Error, ErrorKind, RetryPolicy, UploadId};
use chain::read_on;
use codec::nonce;
use held::{AcquiredLease, UPLOAD_TOKEN};
use lease::ObservedLease;
use marks::Marks;
use seal::Sealer;
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use store::Access;
use tokio::time::Instant;

/// How the ledger is used.
#[derive(Debug, Clone, Copy)]
pub struct LedgerSettings {
    /// How long a lease lives without being renewed; it is renewed three times as often. At least 3 seconds.
    pub lease_life: Duration,
    /// How failing calls of the store are tried again.
    pub retry: RetryPolicy,
}

impl Default for LedgerSettings {
    fn default() -> Self {
        Self { lease_life: Duration::from_secs(15), retry: RetryPolicy::default() }
    }
}

/// The record of every upload. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    access: Access,
    seal: Arc<dyn Seal>,
    lease_life: Duration,
}

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
enum ClaimMode {
    Due,
    /// Though it waits: what it waits for has come.
    Forced,
    /// A person wants one that waits, or that ended without a video.
    Requested,
}

impl Ledger {
    /// A ledger kept by `store`, its secrets sealed by `seal`.
    #[must_use]
    pub fn new(store: Arc<dyn LedgerStore>, seal: Arc<dyn Seal>, settings: LedgerSettings) -> Self {
        let access = Access { store, retry: settings.retry };
        Self { access, seal, lease_life: settings.lease_life }
    }

    /// What is known of an upload, `None` where nothing is.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) where an entry is missing, damaged, foreign or newer, naming it, or where the store
    /// fails: so all calls of the ledger.
    pub async fn read(&self, id: &UploadId) -> Result<Option<Record>, Error> {
        read_on(&self.access, id, None).await
    }

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
    /// As [`claim`](Self::claim); [`InvalidJob`](crate::ErrorKind::InvalidJob) where the ledger does not know the upload: its first
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
        errors::check_reopening(&record, reopening)?;
        let Claim::Acquired(mut held) =
            Box::pin(self.acquire(id, Some(record), None, ClaimMode::Requested)).await?
        else {
            return Err(errors::not_reopened());
        };
        let reopened = async {
            held.confirm().await?;
            errors::check_reopening(held.record(), reopening)?;
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

    /// Who has an upload in hand; `None` where nobody does.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn holder(&self, id: &UploadId) -> Result<Option<Holder>, Error> {
        let seen = ObservedLease::observe(&self.access, id, self.lease_life).await?;
        Ok(seen.and_then(|seen| seen.holder()))
    }

    /// What an upload is about, with its secrets.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) where they were sealed with another key.
    pub fn request(&self, record: &Record) -> Result<UploadRequest, Error> {
        record.request.open(self.sealer(&record.id))
    }

    /// How the latest uploads ended, the newest first, behind `after`, 1 to 1,000 of them.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn finished_uploads(
        &self,
        after: Option<&FinishedKey>,
        limit: usize,
    ) -> Result<FinishedPage, Error> {
        recent::page(&self.access, after, limit).await
    }

    /// Deletes what is listed of uploads that ended more than 30 days ago, a bounded number of entries, and answers how many.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn forget_finished(&self) -> Result<usize, Error> {
        // The birth mark tells the store's clock.
        let Some(birth) = self.access.read(keys::BIRTH).await? else { return Ok(0) };
        match birth.now.checked_sub(recent::KEPT) {
            Some(time) => recent::forget(&self.access, time).await,
            None => Ok(0),
        }
    }

    /// What is known of an upload. That it was cancelled is believed a window of the store later.
    async fn read_settled(&self, id: &UploadId) -> Result<Option<Record>, Error> {
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
            && let Some(record) = put_off(&open::read_marks(access, id).await?, now)
        {
            return Ok(Claim::Settled(Box::new(record)));
        }
        let epoch = record.as_ref().map_or(0, |record| record.epoch);
        // Whoever marked it before had a lease first.
        let is_new = seen.is_none() && record.is_none();
        let lease = Lease::acquire(access, id, seen, epoch, self.lease_life).await?;
        let found = if is_new { None } else { open::read_marks(access, id).await? };
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
                recent::write(access, &record).await?;
                content::write_late(access, &record).await?;
                held::clear_marks(access, &record, Instant::now(), &mut marks).await?;
                lease.release(&lease.parts()).await;
                Ok(Claim::Settled(Box::new(record)))
            }
        }
    }

    /// The session in use.
    fn session(&self, record: &Record) -> Result<Option<OpenedSession>, Error> {
        let Some((_, session)) = &record.session else { return Ok(None) };
        let upload_token = self.sealer(&record.id).open(&session.upload_token, UPLOAD_TOKEN)?;
        let Session { video_id, md5, crc64, target, .. } = session.clone();
        Ok(Some(OpenedSession { upload_token, video_id, md5, crc64, target }))
    }

    fn sealer<'a>(&'a self, id: &'a UploadId) -> Sealer<'a> {
        Sealer { seal: &*self.seal, id }
    }
}

/// Whether a waiting upload has to wait on.
fn ensure_due(record: Option<&Record>, now: SystemTime) -> Result<(), Error> {
    let Some((record, waiting)) = record.and_then(|record| Some((record, record.waiting?))) else {
        return Ok(());
    };
    let rest = waiting.not_before.and_then(|until| until.get().duration_since(now).ok());
    match rest {
        Some(rest) if !rest.is_zero() => Err(errors::still_waits(record, waiting.reason, rest)),
        _ => Ok(()),
    }
}
