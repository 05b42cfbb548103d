//! Which objects a pass examines, and which it must examine again.

use super::Scan;
use crate::{
    Provider, SourceEntry,
    intake::rules::{Admission, SkipReason, admit},
    sweep::{age::ScanAge, failed_objects::Encounter},
};
use std::time::Duration;

/// How long before the last complete pass an object may have been written and still be examined again. An object
/// may be older than the moment at which it becomes visible: Amazon dates a multipart object by the beginning of
/// its upload, and the clocks of source and ledger may differ.
const MARGIN: Duration = Duration::from_secs(24 * 3600);
/// Growing objects that are remembered for one rule.
const MAX_GROWING: usize = 200;

impl<F> Scan<'_, '_, F> {
    /// Whether the object belongs to this rule, and is neither too old, nor too young, nor already scanned.
    pub(super) fn is_wanted(&mut self, entry: &SourceEntry) -> bool {
        let intake = self.discovery.intake;
        let bucket = &self.rule_scan.location.bucket;
        let is_own = match admit(bucket, &entry.key, Some(entry.size), intake.rules, intake.reserved) {
            // If rules overlap, the object belongs to one of them.
            Admission::Upload(rule) | Admission::Sidecar { rule, .. } => {
                rule.prefix == self.rule_scan.rule.prefix
            }
            Admission::Skip(reason) => {
                self.report.junk += u32::from(reason == SkipReason::Junk && self.is_rule_of(&entry.key));
                false
            }
        };
        if !is_own || self.is_no_key(&entry.key) {
            return false;
        }
        let is_requested = self.discovery.bounds.since.is_some();
        let grace = (!is_requested).then_some(self.discovery.bounds.grace);
        match ScanAge::judge(entry.modified, self.from, grace, self.times.now) {
            ScanAge::Older { .. } => {
                self.report.older += 1;
                return false;
            }
            ScanAge::Young { .. } => {
                self.report.young += 1;
                return false;
            }
            ScanAge::Due if is_requested => return true,
            ScanAge::Due => {}
        }
        let cursor = &mut self.rule_scan.cursor;
        match cursor.failed_objects.encounter(&entry.key, self.times.now) {
            Encounter::Due => return true,
            Encounter::Later => {
                self.report.known += 1;
                return false;
            }
            Encounter::Unknown => {}
        }
        if cursor.growing.contains(&entry.key) {
            return true;
        }
        if cursor.scanned_before.is_some_and(|limit| entry.modified + MARGIN < limit.get()) {
            return false;
        }
        let is_known = cursor.known.encounter(entry) && !cursor.checks_marks;
        self.report.known += u32::from(is_known);
        !is_known
    }

    /// Whether this rule is the one that holds for the key.
    fn is_rule_of(&self, key: &str) -> bool {
        let rule = self.discovery.intake.rules.find_match(&self.rule_scan.location.bucket, key);
        rule.is_some_and(|rule| rule.prefix == self.rule_scan.rule.prefix)
    }

    /// Whether OSS has no such keys. A server that lists one nevertheless could not be asked for it: nobody can mend that, so a scan
    /// does not report it.
    fn is_no_key(&self, key: &str) -> bool {
        self.rule_scan.location.provider == Provider::Oss && key.starts_with(['/', '\\'])
    }

    /// Whether a complete pass has scanned the object: what was refused then is not reported again.
    pub(super) fn is_already_scanned(&self, entry: &SourceEntry) -> bool {
        let limit = self.rule_scan.cursor.scanned_before.filter(|_| self.discovery.bounds.since.is_none());
        limit.is_some_and(|limit| entry.modified < limit.get())
    }

    /// Records a growing object: a later pass publishes it, however long its rule waits. If there are too many,
    /// the whole next pass looks back as far.
    pub(super) fn record_growing(&mut self, entry: &SourceEntry) {
        let growing = &mut self.rule_scan.cursor.still_growing;
        if growing.len() >= MAX_GROWING {
            return self.mark_unhandled(entry);
        }
        growing.insert(entry.key.clone());
    }

    /// Records that the ledger has an upload of this version.
    pub(super) fn remember_version(&mut self, entry: &SourceEntry) {
        if self.discovery.bounds.since.is_none() {
            self.rule_scan.cursor.known.add(entry);
        }
    }

    /// Records that the object could not be handled: it is examined again. If there is no room, the whole next
    /// pass looks back as far. Returns whether to report it.
    pub(super) fn record_failure(&mut self, entry: &SourceEntry) -> bool {
        // Also where a person looks further back: what the ordinary scan still has to examine stays on its list.
        self.is_failure_recorded = true;
        if self.discovery.bounds.since.is_some() {
            return true;
        }
        self.rule_scan.cursor.failed_objects.record_failure(&entry.key, self.times.now).unwrap_or_else(|| {
            self.mark_unhandled(entry);
            true
        })
    }

    /// Makes the next pass look back as far as this object.
    pub(super) fn mark_unhandled(&mut self, entry: &SourceEntry) {
        let oldest = &mut self.rule_scan.cursor.oldest_unhandled;
        let modified = entry.modified.into();
        *oldest = Some(oldest.map_or(modified, |known| known.min(modified)));
    }
}
