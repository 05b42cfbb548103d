//! Leases: who is working on an upload, and until when if the holder falls silent.
//!
//! Only the store's clock judges a lease. A holder may find out late that it was taken over. What it appends
//! then fails, because every new holder's first step takes the number of its next one.

use super::{
    codec::decode,
    errors::{in_progress_error, lease_expired_error, no_answer_error, superseded_error},
    keys,
    lease_record::{UploadedParts, encode_record},
    observed_lease::{CLOCK_GRANULARITY, ObservedLease},
    step::Entry,
    store::{Access, Ack},
};
use crate::{Error, ErrorKind, UploadId};
use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, SystemTime},
};
use tokio::time::{Instant, sleep, timeout};

/// One holder's lease. It lives as long as [`keep_renewed`](Self::keep_renewed) runs, and a little longer.
pub struct Lease {
    access: Access,
    id: UploadId,
    epoch: u32,
    holder: String,
    life: Duration,
    last: Mutex<LastWrite>,
    /// Number of the last step that the holder knows.
    step: AtomicU32,
}

/// The last write of the lease.
struct LastWrite {
    /// When it was sent: the store's own time cannot be earlier.
    started: Instant,
    /// The same by the machine's clock, which advances while a machine is frozen.
    started_by_machine_clock: SystemTime,
    /// The store's clock then.
    store: SystemTime,
    parts: UploadedParts,
}

impl Lease {
    /// Takes the next epoch after the dead lease `previous` and after `epoch`, the ledger's last, for the attempt that `holder` names.
    ///
    /// # Errors
    /// [`InProgress`](ErrorKind::InProgress) if another process was faster.
    pub(super) async fn acquire(
        access: &Access,
        id: &UploadId,
        holder: String,
        previous: Option<ObservedLease>,
        epoch: u32,
        life: Duration,
    ) -> Result<Self, Error> {
        let (old, parts, newest) =
            previous.map_or_else(Default::default, |lease| (lease.keys, lease.parts, lease.epoch));
        let epoch = newest.max(epoch) + 1;
        let (started, started_by_machine_clock) = (Instant::now(), access.clock.now());
        let bytes = encode_record(&holder, false, &parts)?;
        let Some(Ack { now: store, .. }) = access.create(&keys::lease(id, epoch), bytes).await? else {
            return Err(in_progress_error(life + CLOCK_GRANULARITY));
        };
        for key in &old {
            if let Err(error) = access.store.delete(key).await {
                tracing::debug!(?error, key, "an old lease is left for the next holder to delete");
            }
        }
        let last = Mutex::new(LastWrite { started, started_by_machine_clock, store, parts });
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

    /// Epoch of the holder (1 = first holder).
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Names this attempt in every step that it appends.
    pub(super) fn holder(&self) -> &str {
        &self.holder
    }

    /// Records that the holder knows the chain up to this step: a later one is another process's.
    pub(super) fn note_step(&self, sequence: u32) {
        self.step.store(sequence, Ordering::Relaxed);
    }

    /// The parts that were last written, by this holder or the one before it.
    #[must_use]
    pub fn parts(&self) -> UploadedParts {
        self.last_write().parts.clone()
    }

    /// The store's clock as far as it is known here: ahead by one response time at most.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        let last = self.last_write();
        last.store + last.started.elapsed()
    }

    /// Checks that nobody has taken over the upload. Call it before a commit.
    ///
    /// # Errors
    /// [`Superseded`](ErrorKind::Superseded) if another holder has; the store's error.
    pub async fn check(&self) -> Result<(), Error> {
        loop {
            if self.is_stale() {
                let parts = self.parts();
                let started = (Instant::now(), self.access.clock.now());
                let store =
                    self.access.write(&self.key(), encode_record(&self.holder, false, &parts)?).await?;
                self.record_write(started, store, parts);
            }
            let newer = self.access.list_page(&keys::leases(&self.id), Some(&self.key()), 1).await?;
            self.ensure_newest(newer.keys.is_empty())?;
            // A response that a holder read too late, because it was frozen, proves nothing.
            if !self.is_stale() {
                return Ok(());
            }
        }
    }

    /// Checks as [`check`](Self::check), but only if this holder has been silent for longer than a lease lives:
    /// it may have been frozen.
    pub(crate) async fn check_if_stale(&self) -> Result<(), Error> {
        if self.is_stale() { self.check().await } else { Ok(()) }
    }

    /// Renews the lease for as long as it is polled, with the parts that the target holds by then. Select it
    /// with the work on the upload.
    ///
    /// Returns when the work must stop: [`Superseded`](ErrorKind::Superseded), or the store has failed for as
    /// long as a lease lives.
    pub async fn keep_renewed(&self, parts: impl Fn() -> UploadedParts) -> Error {
        let third = self.life / 3;
        let mut failing: Option<(Instant, Error)> = None;
        loop {
            let silent = self.last_write().started.elapsed();
            sleep(if failing.is_none() { third.saturating_sub(silent) } else { third / 5 }).await;
            // A holder that was frozen has not failed: it asks whether the lease is still its own.
            let since = failing.map_or_else(Instant::now, |(since, _)| since);
            let renewed =
                timeout(third, self.renew(parts())).await.unwrap_or_else(|_| Err(no_answer_error()));
            failing = match renewed {
                Ok(()) => None,
                // A store that cannot keep a ledger does not recover.
                Err(error) if matches!(error.kind(), ErrorKind::Superseded | ErrorKind::Config) => {
                    return error;
                }
                Err(error) if since.elapsed() >= 2 * third => return lease_expired_error(error),
                Err(error) => {
                    tracing::warn!(?error, "could not renew the lease");
                    Some((since, error))
                }
            };
        }
    }

    /// Lets the next holder take over at once. If that fails, the lease expires by itself.
    pub(super) async fn release(&self, parts: &UploadedParts) {
        let released = async {
            let bytes = encode_record(&self.holder, true, parts)?;
            self.access.store.write(&self.key(), bytes).await
        };
        if let Err(error) = released.await {
            tracing::warn!(?error, upload_id = %self.id, "could not release the lease: it will run out");
        }
    }

    async fn renew(&self, parts: UploadedParts) -> Result<(), Error> {
        let store = &self.access.store;
        self.check_for_foreign_step().await?;
        let started = (Instant::now(), self.access.clock.now());
        let now = store.write(&self.key(), encode_record(&self.holder, false, &parts)?).await?;
        self.record_write(started, now, parts);
        Ok(())
    }

    /// Fails if there is a step after the last one that the holder knows: the upload was cancelled or taken
    /// over, and none of its appends counts.
    async fn check_for_foreign_step(&self) -> Result<(), Error> {
        let known = self.step.load(Ordering::Relaxed);
        let after = keys::step(&self.id, known);
        let listed = self.access.store.list(&keys::steps(&self.id), Some(&after), 1).await?;
        let Some(next) = listed.keys.first() else { return Ok(()) };
        let Some(found) = self.access.store.read(&next.key).await? else { return Ok(()) };
        let entry: Entry = decode(&next.key, &found.bytes)?;
        // Its own append may still be unacknowledged.
        if entry.holder == self.holder { Ok(()) } else { Err(superseded_error(self.epoch)) }
    }

    fn ensure_newest(&self, newest: bool) -> Result<(), Error> {
        if newest { Ok(()) } else { Err(superseded_error(self.epoch)) }
    }

    fn record_write(
        &self,
        (started, started_by_machine_clock): (Instant, SystemTime),
        store: SystemTime,
        parts: UploadedParts,
    ) {
        *self.last_write() = LastWrite { started, started_by_machine_clock, store, parts };
    }

    /// Whether others may consider it dead.
    pub(super) fn is_stale(&self) -> bool {
        let last = self.last_write();
        let by_machine_clock = self.access.clock.now().duration_since(last.started_by_machine_clock);
        last.started.elapsed() >= self.life || by_machine_clock.map_or(true, |elapsed| elapsed >= self.life)
    }

    fn key(&self) -> String {
        keys::lease(&self.id, self.epoch)
    }

    fn last_write(&self) -> MutexGuard<'_, LastWrite> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
