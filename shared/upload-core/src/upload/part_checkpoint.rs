//! The parts that the target is known to have, for the lease to record.

use crate::ledger::{UploadedPart, UploadedParts};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The parts that the target has, as the lease records them for a target that does not list its parts. It starts with the parts of the
/// previous holder, so that none is forgotten before the target was asked.
pub(crate) struct PartCheckpoint(Mutex<UploadedParts>);

impl PartCheckpoint {
    pub(crate) fn new(parts: UploadedParts) -> Self {
        Self(Mutex::new(parts))
    }

    pub(crate) fn parts(&self) -> UploadedParts {
        self.locked().clone()
    }

    pub(crate) fn add(&self, part: UploadedPart) {
        self.locked().parts.push(part);
    }

    /// Replaces all recorded parts.
    pub(crate) fn replace(&self, parts: Vec<UploadedPart>) {
        self.locked().parts = parts;
    }

    /// Keeps the recorded parts if they are of this session, otherwise starts empty.
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
