//! Which objects a pass looks at, and which it must come back to.

use super::Scan;
use crate::{
    SourceEntry,
    intake::rules::{Admission, admit},
    sweep::odd_objects::Encounter,
};
use std::time::Duration;

/// An object may be older than the moment at which it can be seen: Amazon dates a multipart object by the beginning of its upload, and source
/// and ledger may tell the time differently. So a pass looks again at what was written so long before the last complete one.
const MARGIN: Duration = Duration::from_secs(24 * 3600);
/// Objects of a rule that are remembered to grow.
const GROWING: usize = 200;
impl<F> Scan<'_, '_, F> {
    /// Whether the object is this rule's, and neither too old, nor too young, nor seen before.
    pub(crate) fn is_wanted(&mut self, entry: &SourceEntry) -> bool {
        let automatic = self.discovery.automatic;
        let bucket = &self.place.location.bucket;
        let own = match admit(bucket, &entry.key, entry.size, automatic.rules, automatic.reserved) {
            // Where rules overlap, the object belongs to one of them.
            Admission::Upload(rule) | Admission::Sidecar { rule, .. } => {
                rule.prefix == self.place.rule.prefix
            }
            Admission::Skip(_) => false,
        };
        if !own {
            return false;
        }
        if entry.modified < self.from {
            self.found.older += 1;
            return false;
        }
        if self.discovery.bounds.since.is_some() {
            return true;
        }
        if entry.modified + self.discovery.bounds.grace > self.times.now {
            self.found.young += 1;
            return false;
        }
        let note = &mut self.place.note;
        match note.odd.meet(&entry.key, self.times.now) {
            Encounter::Due => return true,
            Encounter::Later => {
                self.found.known += 1;
                return false;
            }
            Encounter::Unknown => {}
        }
        note.growing.contains(&entry.key)
            || note.seen.is_none_or(|seen| entry.modified + MARGIN >= seen.get())
    }

    /// Whether a complete pass has seen the object: what was refused then is refused in silence.
    pub(crate) fn was_seen(&self, entry: &SourceEntry) -> bool {
        let seen = self.place.note.seen.filter(|_| self.discovery.bounds.since.is_none());
        seen.is_some_and(|seen| entry.modified < seen.get())
    }

    /// A later pass publishes it, however long its rule waits. Where there are many, the whole pass looks back as far.
    pub(crate) fn note_growth(&mut self, entry: &SourceEntry) {
        let growing = &mut self.place.note.still_growing;
        if growing.len() >= GROWING {
            return self.hold(entry);
        }
        growing.insert(entry.key.clone());
    }

    /// The object could not be dealt with: it is noted, and looked at again. Where there is no room, the whole pass looks back as far. Answers whether
    /// somebody is to be told.
    pub(crate) fn is_new(&mut self, entry: &SourceEntry) -> bool {
        if self.discovery.bounds.since.is_some() {
            return true;
        }
        self.noted = true;
        self.place.note.odd.note(&entry.key, self.times.now).unwrap_or_else(|| {
            self.hold(entry);
            true
        })
    }

    pub(crate) fn hold(&mut self, entry: &SourceEntry) {
        let held = &mut self.place.note.held;
        let modified = entry.modified.into();
        *held = Some(held.map_or(modified, |held| held.min(modified)));
    }
}
