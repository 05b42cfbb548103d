//! Which rows changed lately, so that a page reads no more than these.

use app::core::UploadId;
use std::collections::{BTreeSet, VecDeque};

/// Changes that are remembered and named at most.
const MOST: usize = 200;

/// The latest changes, each with the revision that it led to; the oldest first.
#[derive(Default)]
pub(super) struct ChangeLog {
    changes: VecDeque<(u64, UploadId)>,
    /// The revision up to which changes have been forgotten.
    forgotten: u64,
}

impl ChangeLog {
    /// Notes that these rows changed with this revision.
    pub(super) fn note(&mut self, revision: u64, ids: impl IntoIterator<Item = UploadId>) {
        self.changes.extend(ids.into_iter().map(|id| (revision, id)));
        while self.changes.len() > MOST {
            if let Some((revision, _)) = self.changes.pop_front() {
                self.forgotten = revision;
            }
        }
    }

    /// The rows that changed after this revision; `None` where they are too many, or the revision is of another process.
    pub(super) fn since(&self, revision: u64, current: u64) -> Option<BTreeSet<UploadId>> {
        let is_known = (self.forgotten..=current).contains(&revision);
        let later = self.changes.iter().filter(|(at, _)| *at > revision).map(|(_, id)| id.clone());
        is_known.then(|| later.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> UploadId {
        UploadId::parse(&format!("{number:032x}")).unwrap()
    }

    /// Changes since a revision are named once each, until there are too many to remember; of a revision to come nothing is known.
    #[test]
    fn changes_are_named_until_they_are_too_many() {
        let mut log = ChangeLog::default();
        log.note(1, [id(1), id(2)]);
        log.note(2, [id(2)]);
        assert_eq!(log.since(0, 2), Some(BTreeSet::from([id(1), id(2)])));
        assert_eq!(log.since(1, 2), Some(BTreeSet::from([id(2)])));
        assert_eq!((log.since(2, 2), log.since(3, 2)), (Some(BTreeSet::new()), None));
        log.note(3, (0..MOST).map(id));
        assert_eq!((log.since(1, 3), log.since(2, 3).map(|ids| ids.len())), (None, Some(MOST)));
    }
}
