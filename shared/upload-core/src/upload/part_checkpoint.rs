//! Which parts are known to have landed, for the lease to write down.

use crate::ledger::{UploadedPart, UploadedParts};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The parts that the target holds, as the lease writes them down: they serve where the target does not list them. They begin with
/// those of the holder before, so that none is forgotten while nothing is known yet.
pub(crate) struct PartCheckpoint(Mutex<UploadedParts>);

impl PartCheckpoint {
    pub(crate) fn new(parts: UploadedParts) -> Self {
        Self(Mutex::new(parts))
    }

    pub(crate) fn parts(&self) -> UploadedParts {
        self.locked().clone()
    }

    pub(crate) fn add(&self, note: UploadedPart) {
        self.locked().parts.push(note);
    }

    /// The parts that the target is known to hold, in place of all that was noted.
    pub(crate) fn replace(&self, held: Vec<UploadedPart>) {
        self.locked().parts = held;
    }

    /// Keeps what is noted for this session.
    pub(crate) fn begin(&self, session: u32) {
        let mut parts = self.locked();
        if parts.session != session {
            *parts = UploadedParts { session, parts: Vec::new() };
        }
    }

    fn locked(&self) -> MutexGuard<'_, UploadedParts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
