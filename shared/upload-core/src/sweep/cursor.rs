//! What the ledger remembers of a rule's scans.

use super::{failed_objects::FailedObjects, known_versions::KnownVersions};
use crate::{Location, ledger::Timestamp};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

/// Name of the note that states which rule is next.
pub(super) const ROUND_CURSOR: &str = "discover";
const VERSION: u32 = 1;
/// How often a pass checks that open uploads are marked: most uploads are settled, and each check reads an
/// upload's steps.
const MARK_CHECK_INTERVAL: Duration = Duration::from_secs(3600);
/// How long after its last run a requested scan can be continued.
const REQUESTED_SCAN_LIFE: Duration = Duration::from_secs(3600);

/// The rule whose turn is next. Its existence distinguishes a new rule from the rules of a new ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScanCursor {
    v: u32,
    /// Name of the rule's cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

impl ScanCursor {
    /// Creates the note that names the cursor of the next rule.
    pub(super) fn new(next: Option<String>) -> Self {
        Self { v: VERSION, next }
    }
}

/// The progress of a rule's passes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleCursor {
    v: u32,
    /// The rule, for people.
    rule: String,
    account: String,
    /// Older objects are skipped.
    pub(super) from: Timestamp,
    /// The key after which the running pass continues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    /// When the running pass began, by the ledger's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) began: Option<Timestamp>,
    /// The oldest object that the running pass could not handle.
    #[serde(rename = "held", default, skip_serializing_if = "Option::is_none")]
    pub(super) oldest_unhandled: Option<Timestamp>,
    /// Objects written before this have been scanned: the start of the last complete pass, or the oldest object
    /// that it could not handle.
    #[serde(rename = "seen", default, skip_serializing_if = "Option::is_none")]
    pub(super) scanned_before: Option<Timestamp>,
    /// Keys of objects that may still grow, as of the last complete pass: they are examined again, however long
    /// their rule waits.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) growing: BTreeSet<String>,
    /// Keys of objects that may still grow, as of the running pass.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) still_growing: BTreeSet<String>,
    /// Objects that could not be examined.
    #[serde(rename = "odd", default, skip_serializing_if = "FailedObjects::is_empty")]
    pub(super) failed_objects: FailedObjects,
    /// Versions that need not be examined again.
    #[serde(default, skip_serializing_if = "KnownVersions::is_empty")]
    pub(super) known: KnownVersions,
    /// Start of the last pass that checked the marks of open uploads.
    #[serde(rename = "marked", default, skip_serializing_if = "Option::is_none")]
    pub(super) marks_checked_at: Option<Timestamp>,
    /// Whether the running pass checks them.
    #[serde(rename = "marks", default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) checks_marks: bool,
    /// The scan that a person requested, if it is unfinished.
    #[serde(rename = "asked", default, skip_serializing_if = "Option::is_none")]
    pub(super) requested: Option<RequestedScan>,
}

/// A scan that a person requested.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestedScan {
    /// Older objects are skipped.
    pub(super) since: Timestamp,
    /// When it last ran.
    pub(super) at: Timestamp,
    /// The key after which it continues.
    pub(super) after: String,
}

impl RequestedScan {
    /// Whether a request for objects from `since` on continues this scan. A scan for younger objects is not
    /// continued: it has not examined all that is requested now. Neither is an old one: objects may have been
    /// added before its cursor.
    pub(super) fn is_same_request(&self, since: SystemTime, now: SystemTime) -> bool {
        self.since.get() <= since && self.at.get() + REQUESTED_SCAN_LIFE >= now
    }
}

impl RuleCursor {
    /// Begins a pass, unless one is running.
    pub(super) fn begin(&mut self, now: SystemTime) {
        if self.began.is_none() {
            self.began = Some(now.into());
            self.checks_marks =
                self.marks_checked_at.is_none_or(|marked| marked.get() + MARK_CHECK_INTERVAL <= now);
        }
    }

    /// Completes the running pass.
    pub(super) fn complete(&mut self) {
        let began = self.began.take();
        if let Some(began) = began {
            self.failed_objects.retain_encountered_since(began.get());
        }
        if std::mem::take(&mut self.checks_marks) {
            self.marks_checked_at = began;
        }
        self.scanned_before = self.oldest_unhandled.take().into_iter().chain(began).min();
        self.growing = std::mem::take(&mut self.still_growing);
        self.known.complete();
    }

    /// Creates the cursor of a rule whose passes begin with objects of `from`.
    pub(super) fn new(location: &Location, account: &str, from: SystemTime) -> Self {
        Self {
            v: VERSION,
            rule: location.to_string(),
            account: account.to_owned(),
            from: from.into(),
            after: None,
            began: None,
            oldest_unhandled: None,
            scanned_before: None,
            growing: BTreeSet::new(),
            still_growing: BTreeSet::new(),
            failed_objects: FailedObjects::default(),
            known: KnownVersions::default(),
            marks_checked_at: None,
            checks_marks: false,
            requested: None,
        }
    }
}
