//! A lease as a person's view of an upload needs it: who holds the upload, and which parts its target holds.

use super::{
    Ledger,
    lease_record::UploadedParts,
    observed_lease::{Holder, ObservedLease},
    record::Record,
    state::{ActiveState, State},
    step::Target,
};
use crate::{Error, UploadId};
use std::collections::BTreeSet;

/// The newest lease of an upload, live, expired or released.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeaseView {
    /// Who holds the upload; `None` if nobody does.
    pub holder: Option<Holder>,
    /// The parts that the target held when the lease was last written, three times within its life.
    pub parts: UploadedParts,
}

impl LeaseView {
    /// Whether its holder is known to work on the upload.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.holder.is_some_and(|holder| !holder.remaining.is_zero())
    }
}

impl Ledger {
    /// Reads an upload's newest lease: one list and one read. Of an upload that was never claimed it is empty. Read it before the record:
    /// a holder that releases its lease after that has left its last step in the record.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn lease_view(&self, id: &UploadId) -> Result<LeaseView, Error> {
        let lease = ObservedLease::observe(&self.access, id, self.lease_life).await?;
        Ok(lease.map(|lease| LeaseView { holder: lease.holder(), parts: lease.parts }).unwrap_or_default())
    }
}

impl Record {
    /// How many bytes the target holds, by these parts of the newest lease; all of them once they are verified. `None` before a session is
    /// open, after an end without a video, and where only the target knows: in slice mode, and where one request sends the object.
    #[must_use]
    pub fn moved_bytes(&self, parts: &UploadedParts) -> Option<u64> {
        match self.state {
            State::Created | State::Waiting(ActiveState::Created) => {}
            State::Transferred | State::Waiting(ActiveState::Transferred) => {
                return Some(self.request.object.size);
            }
            state if state.is_published() => return Some(self.request.object.size),
            _ => return None,
        }
        let (sequence, session) = self.session.as_ref()?;
        match &session.target {
            Target::Oss { multipart_id: Some(_), plan, .. } => {
                let held: BTreeSet<u32> = match parts.session == *sequence {
                    true => parts.parts.iter().map(|part| part.number).collect(),
                    false => BTreeSet::new(),
                };
                Some(plan.parts().filter(|part| held.contains(&part.number)).map(|part| part.length).sum())
            }
            Target::Slice { already_stored: true, .. } => Some(self.request.object.size),
            Target::Oss { multipart_id: None, .. } | Target::Slice { .. } => None,
        }
    }
}
