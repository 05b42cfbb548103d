//! Leases: who works on an upload now, until when if it goes silent.
//!
//! A lease is judged by the store's clock alone. Its holder may find out late that it was taken over; what it appends then fails,
//! because every new holder's first step takes the place of the next one.

use super::{
    codec::{VERSION, decode, encode, unreadable},
    errors::{in_progress, lease_expired, no_answer, superseded},
    keys,
    step::Entry,
    store::{Access, Ack},
};
use crate::{Error, ErrorKind, UploadId, clock};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, SystemTime},
};
use tokio::time::{Instant, sleep, timeout};

/// Clocks in whole seconds make a lease look up to this much older than it is.
const GRANULARITY: Duration = Duration::from_secs(1);

/// How often the newest lease is looked for, where it vanishes between list and read.
const LOOKS: u32 = 5;

/// The parts that a session's target holds: resumes an upload where the target does not list them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UploadedParts {
    /// The sequence of the session's step: parts of another session are worth nothing.
    pub session: u32,
    /// The parts.
    pub held: Vec<UploadedPart>,
}

/// A part that the target holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "PartRow", into = "PartRow")]
pub struct UploadedPart {
    /// 1 to 10,000.
    pub number: u32,
    /// Its ETag without quotes.
    pub etag: String,
    /// CRC-64/XZ of the bytes sent.
    pub crc64: u64,
}

type PartRow = (u32, String, u64);

impl From<PartRow> for UploadedPart {
    fn from((number, etag, crc64): PartRow) -> Self {
        Self { number, etag, crc64 }
    }
}

impl From<UploadedPart> for PartRow {
    fn from(part: UploadedPart) -> Self {
        (part.number, part.etag, part.crc64)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LeaseRecord {
    pub(super) v: u32,
    pub(super) holder: String,
    pub(super) released: bool,
    pub(super) session: u32,
    pub(super) parts: Vec<UploadedPart>,
}

/// The newest lease of an upload, as another process finds it.
pub(super) struct ObservedLease {
    keys: Vec<String>,
    epoch: u32,
    parts: UploadedParts,
    /// Its holder put the upload down.
    released: bool,
    /// How long it lives on at least; zero: it is dead.
    pub(super) remaining: Duration,
    /// The store's clock.
    pub(super) now: SystemTime,
}

impl ObservedLease {
    pub(super) async fn observe(
        access: &Access,
        id: &UploadId,
        life: Duration,
    ) -> Result<Option<Self>, Error> {
        // A new holder deletes older leases: then there is a newer one.
        for _ in 0..LOOKS {
            let keys = access.keys(&keys::leases(id), None).await?;
            let Some(newest) = keys.last() else { return Ok(None) };
            let foreign = "there is something among the leases that is none: remove it";
            let epoch = keys::epoch(id, newest).ok_or_else(|| unreadable(newest, foreign))?;
            let Some(found) = access.read(newest).await? else { continue };
            let body: LeaseRecord = decode(newest, &found.bytes)?;
            let age = found.now.duration_since(found.modified).unwrap_or_default();
            let rest = if body.released { Duration::ZERO } else { (life + GRANULARITY).saturating_sub(age) };
            let (released, parts) =
                (body.released, UploadedParts { session: body.session, held: body.parts });
            return Ok(Some(Self { keys, epoch, parts, released, remaining: rest, now: found.now }));
        }
        Err(in_progress(life))
    }

    /// Who has the upload in hand by this lease.
    pub(super) fn holder(&self) -> Option<Holder> {
        (!self.released).then_some(Holder { epoch: self.epoch, remaining: self.remaining })
    }
}

/// Who has an upload in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The how-manieth holder this is.
    pub epoch: u32,
    /// How long the lease lives on at least; zero: the holder has gone silent, and anybody may take over.
    pub remaining: Duration,
}

/// One holder's lease. It lives as long as [`keep`](Self::keep) runs, and a little longer.
pub struct Lease {
    access: Access,
    id: UploadId,
    epoch: u32,
    holder: String,
    life: Duration,
    last: Mutex<LastWrite>,
    /// The number of the last step that the holder knows.
    step: AtomicU32,
}

/// The last time that the lease was written.
struct LastWrite {
    /// Before it was sent: the store's own time cannot be earlier.
    started: Instant,
    /// The same by the machine's clock, which goes on while a machine is frozen.
    started_by_machine_clock: SystemTime,
    /// The store's clock then.
    store: SystemTime,
    parts: UploadedParts,
}

impl Lease {
    /// Takes the next epoch behind the dead lease `seen` and behind `epoch`, the ledger's last.
    ///
    /// # Errors
    /// [`InProgress`](ErrorKind::InProgress) where somebody else was faster.
    pub(super) async fn acquire(
        access: &Access,
        id: &UploadId,
        seen: Option<ObservedLease>,
        epoch: u32,
        life: Duration,
    ) -> Result<Self, Error> {
        let (old, parts, newest) =
            seen.map_or_else(Default::default, |seen| (seen.keys, seen.parts, seen.epoch));
        let epoch = newest.max(epoch) + 1;
        let holder = super::codec::nonce();
        let (begun, begun_by_wall) = (Instant::now(), clock::now());
        let bytes = body(&holder, false, &parts)?;
        let Some(Ack { now: store, .. }) = access.create(&keys::lease(id, epoch), bytes).await? else {
            return Err(in_progress(life + GRANULARITY));
        };
        for key in &old {
            if let Err(error) = access.store.delete(key).await {
                tracing::debug!(?error, key, "an old lease is left for the next holder to delete");
            }
        }
        let last =
            Mutex::new(LastWrite { started: begun, started_by_machine_clock: begun_by_wall, store, parts });
        Ok(Self {
            access: access.clone(),
            id: id.clone(),
            epoch,
            holder,
            life,
            last,
            step: AtomicU32::new(0),
        })
    }

    /// The how-manieth holder this is.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Names this attempt in every step that it appends.
    pub(super) fn holder(&self) -> &str {
        &self.holder
    }

    /// The holder knows the chain up to this step: what stands after it is somebody else's.
    pub(super) fn note_step(&self, sequence: u32) {
        self.step.store(sequence, Ordering::Relaxed);
    }

    /// The parts that were last written, by this holder or the one before it.
    #[must_use]
    pub fn parts(&self) -> UploadedParts {
        self.last().parts.clone()
    }

    /// The store's clock, as far as it is known here: at most an answer's time ahead.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        let last = self.last();
        last.store + last.started.elapsed()
    }

    /// Makes sure that nobody has taken the upload over: to be called before a commit and before a session is opened.
    ///
    /// # Errors
    /// [`Superseded`](ErrorKind::Superseded) where somebody has; whatever the store answers.
    pub async fn check(&self) -> Result<(), Error> {
        loop {
            if self.is_stale() {
                let parts = self.parts();
                let begun = (Instant::now(), clock::now());
                let store = self.access.write(&self.key(), body(&self.holder, false, &parts)?).await?;
                self.record_write(begun, store, parts);
            }
            let newer = self.access.page(&keys::leases(&self.id), Some(&self.key()), 1).await?;
            self.is_newest(newer.keys.is_empty())?;
            // An answer that was read too late, by a holder that was frozen meanwhile, proves nothing.
            if !self.is_stale() {
                return Ok(());
            }
        }
    }

    /// The same, but only where this holder has been silent for longer than a lease lives: it may have been frozen.
    pub(super) async fn check_if_stale(&self) -> Result<(), Error> {
        if self.is_stale() { self.check().await } else { Ok(()) }
    }

    /// Renews the lease for as long as it runs, with the parts that the target holds by then. Work on the upload is to be selected
    /// with this.
    ///
    /// Returns when the work must stop: [`Superseded`](ErrorKind::Superseded), or the store has failed for as long as a lease lives.
    pub async fn keep_renewed(&self, parts: impl Fn() -> UploadedParts) -> Error {
        let third = self.life / 3;
        let mut failing: Option<(Instant, Error)> = None;
        loop {
            let silent = self.last().started.elapsed();
            sleep(if failing.is_none() { third.saturating_sub(silent) } else { third / 5 }).await;
            // A holder that was frozen has failed nowhere: it asks whether the lease is still its own.
            let since = failing.map_or_else(Instant::now, |(since, _)| since);
            let renewed = timeout(third, self.renew(parts())).await.unwrap_or_else(|_| Err(no_answer()));
            failing = match renewed {
                Ok(()) => None,
                // A store that cannot keep a ledger is no trouble that passes.
                Err(error) if matches!(error.kind(), ErrorKind::Superseded | ErrorKind::Config) => {
                    return error;
                }
                Err(error) if since.elapsed() >= 2 * third => return lease_expired(error),
                Err(error) => {
                    tracing::warn!(?error, "could not renew the lease");
                    Some((since, error))
                }
            };
        }
    }

    /// Lets the next holder take over at once. Where it fails, the lease runs out by itself.
    pub(super) async fn release(&self, parts: &UploadedParts) {
        let released = async {
            let bytes = body(&self.holder, true, parts)?;
            self.access.store.write(&self.key(), bytes).await
        };
        if let Err(error) = released.await {
            tracing::warn!(?error, upload_id = %self.id, "could not release the lease: it will run out");
        }
    }

    async fn renew(&self, parts: UploadedParts) -> Result<(), Error> {
        let store = &self.access.store;
        self.look_for_steps().await?;
        let begun = (Instant::now(), clock::now());
        let now = store.write(&self.key(), body(&self.holder, false, &parts)?).await?;
        self.record_write(begun, now, parts);
        Ok(())
    }

    /// A step after the last one that the holder knows ends its work: it was cancelled or taken over, and nothing counts that it appends.
    async fn look_for_steps(&self) -> Result<(), Error> {
        let known = self.step.load(Ordering::Relaxed);
        let after = keys::step(&self.id, known);
        let listed = self.access.store.list(&keys::steps(&self.id), Some(&after), 1).await?;
        let Some(next) = listed.keys.first() else { return Ok(()) };
        let Some(found) = self.access.store.read(&next.key).await? else { return Ok(()) };
        let entry: Entry = decode(&next.key, &found.bytes)?;
        // Its own append may not have been answered yet.
        if entry.holder == self.holder { Ok(()) } else { Err(superseded(self.epoch)) }
    }

    fn is_newest(&self, newest: bool) -> Result<(), Error> {
        if newest { Ok(()) } else { Err(superseded(self.epoch)) }
    }

    fn record_write(
        &self,
        (begun, begun_by_wall): (Instant, SystemTime),
        store: SystemTime,
        parts: UploadedParts,
    ) {
        *self.last() = LastWrite { started: begun, started_by_machine_clock: begun_by_wall, store, parts };
    }

    /// Whether others may take it for dead.
    pub(super) fn is_stale(&self) -> bool {
        let last = self.last();
        last.started.elapsed() >= self.life
            || clock::now()
                .duration_since(last.started_by_machine_clock)
                .map_or(true, |by_wall| by_wall >= self.life)
    }

    fn key(&self) -> String {
        keys::lease(&self.id, self.epoch)
    }

    fn last(&self) -> MutexGuard<'_, LastWrite> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn body(holder: &str, released: bool, parts: &UploadedParts) -> Result<Bytes, Error> {
    let UploadedParts { session, held } = parts.clone();
    encode(&LeaseRecord { v: VERSION, holder: holder.to_owned(), released, session, parts: held })
}
