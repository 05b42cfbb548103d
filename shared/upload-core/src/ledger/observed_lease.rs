//! Leases as other processes observe them.

use super::{
    codec::{decode, unreadable_entry},
    errors::in_progress_error,
    keys,
    lease_record::{LeaseRecord, UploadedParts},
    store::Access,
};
use crate::{Error, UploadId};
use std::time::{Duration, SystemTime};

/// Clocks in whole seconds make a lease look up to this much older than it is.
pub(super) const CLOCK_GRANULARITY: Duration = Duration::from_secs(1);

/// How often the newest lease is read again if it vanishes between list and read.
const MAX_READS: u32 = 5;

/// The newest lease of an upload, as another process observes it.
pub(super) struct ObservedLease {
    pub(super) keys: Vec<String>,
    pub(super) epoch: u32,
    pub(super) parts: UploadedParts,
    /// Its holder released the upload.
    released: bool,
    /// Minimum remaining life; zero: it is dead.
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
        for _ in 0..MAX_READS {
            let keys = access.list_keys(&keys::leases(id), None).await?;
            let Some(newest) = keys.last() else { return Ok(None) };
            let foreign = "a foreign entry stands among the leases: remove it";
            let epoch = keys::parse_epoch(id, newest).ok_or_else(|| unreadable_entry(newest, foreign))?;
            let Some(found) = access.read(newest).await? else { continue };
            let body: LeaseRecord = decode(newest, &found.bytes)?;
            let age = found.now.duration_since(found.modified).unwrap_or_default();
            let remaining =
                if body.released { Duration::ZERO } else { (life + CLOCK_GRANULARITY).saturating_sub(age) };
            let (released, parts) =
                (body.released, UploadedParts { session: body.session, parts: body.parts });
            return Ok(Some(Self { keys, epoch, parts, released, remaining, now: found.now }));
        }
        Err(in_progress_error(life))
    }

    /// The holder that works on the upload under this lease.
    pub(super) fn holder(&self) -> Option<Holder> {
        (!self.released).then_some(Holder { epoch: self.epoch, remaining: self.remaining })
    }
}

/// The holder of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Epoch of the holder (1 = first holder).
    pub epoch: u32,
    /// Minimum remaining life of the lease; zero: the holder has fallen silent, and anybody may take over.
    pub remaining: Duration,
}
