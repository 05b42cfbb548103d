//! Objects that could not be examined, recorded by key, so that none of them keeps a pass from completing or is
//! forgotten.

use crate::ledger::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

/// Recorded objects of one rule at most.
const MAX_OBJECTS: usize = 100;
/// Attempts made by consecutive passes; later ones are made at growing intervals.
const IMMEDIATE_ATTEMPTS: u8 = 2;
const FIRST_PAUSE: Duration = Duration::from_secs(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(86_400);
/// After this many attempts the pause is the longest.
const MAX_ATTEMPTS: u8 = 12;
/// How often one object is reported.
const REPORT_INTERVAL: Duration = Duration::from_secs(86_400);

/// The objects of one rule.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct FailedObjects(BTreeMap<String, FailedObject>);

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FailedObject {
    /// Number of failed attempts.
    #[serde(rename = "tries")]
    attempts: u8,
    /// When it is examined again.
    due: Timestamp,
    /// When it was last reported.
    #[serde(rename = "told")]
    reported: Timestamp,
    /// When a pass last encountered it.
    #[serde(rename = "met")]
    encountered: Timestamp,
}

/// What is known of an object that a pass encounters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encounter {
    /// Nothing.
    Unknown,
    /// It must be examined again.
    Due,
    /// It is skipped for now.
    Later,
}

impl FailedObjects {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Records that a pass encounters the object of this key.
    pub(super) fn encounter(&mut self, key: &str, now: SystemTime) -> Encounter {
        let Some(object) = self.0.get_mut(key) else { return Encounter::Unknown };
        object.encountered = now.into();
        if object.due.get() <= now { Encounter::Due } else { Encounter::Later }
    }

    /// Records that it could not be examined. Returns whether to report it; `None` if there is no room to record
    /// it.
    pub(super) fn record_failure(&mut self, key: &str, now: SystemTime) -> Option<bool> {
        if let Some(object) = self.0.get_mut(key) {
            object.attempts = object.attempts.saturating_add(1).min(MAX_ATTEMPTS);
            (object.due, object.encountered) = ((now + pause_after(object.attempts)).into(), now.into());
            let was_reported = object.reported.get() + REPORT_INTERVAL > now;
            if !was_reported {
                object.reported = now.into();
            }
            return Some(!was_reported);
        }
        if self.0.len() >= MAX_OBJECTS {
            return None;
        }
        let now = now.into();
        self.0
            .insert(key.to_owned(), FailedObject { attempts: 1, due: now, reported: now, encountered: now });
        Some(true)
    }

    /// Removes an object that was examined, or is gone.
    pub(super) fn forget(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Removes objects that the complete pass which began then did not encounter: they no longer exist.
    pub(super) fn retain_encountered_since(&mut self, began: SystemTime) {
        self.0.retain(|_, object| object.encountered.get() >= began);
    }
}

fn pause_after(tries: u8) -> Duration {
    match tries.checked_sub(IMMEDIATE_ATTEMPTS + 1) {
        None => Duration::ZERO,
        Some(doubled) => (FIRST_PAUSE * 2_u32.pow(u32::from(doubled))).min(LONGEST_PAUSE),
    }
}
