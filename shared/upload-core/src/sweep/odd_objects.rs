//! Objects that could not be looked at: noted by key, so that none of them keeps a pass from ending, nor is forgotten.

use crate::ledger::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

/// Objects of a rule that are noted.
const MOST: usize = 100;
/// So often an object is looked at again by the very next pass; then at growing distances.
const AT_ONCE: u8 = 2;
const FIRST_PAUSE: Duration = Duration::from_secs(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(86_400);
/// After so many tries the pause is the longest.
const TRIES: u8 = 12;
/// One is told of so often.
const TOLD: Duration = Duration::from_secs(86_400);

/// Those of one rule.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct OddObjects(BTreeMap<String, OddObject>);

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OddObject {
    /// How often it was tried in vain.
    tries: u8,
    /// When it is looked at again.
    due: Timestamp,
    /// When somebody was last told of it.
    told: Timestamp,
    /// When a pass last came by it.
    met: Timestamp,
}

/// What is known of an object that a pass comes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encounter {
    /// Nothing.
    Unknown,
    /// It is to be looked at again.
    Due,
    /// It is left alone for now.
    Later,
}

impl OddObjects {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A pass comes by the object of this key.
    pub(crate) fn meet(&mut self, key: &str, now: SystemTime) -> Encounter {
        let Some(odd) = self.0.get_mut(key) else { return Encounter::Unknown };
        odd.met = now.into();
        if odd.due.get() <= now { Encounter::Due } else { Encounter::Later }
    }

    /// It could not be looked at. Answers whether somebody is to be told; `None` where there is no room to note it.
    pub(crate) fn note(&mut self, key: &str, now: SystemTime) -> Option<bool> {
        if let Some(odd) = self.0.get_mut(key) {
            odd.tries = odd.tries.saturating_add(1).min(TRIES);
            (odd.due, odd.met) = ((now + pause(odd.tries)).into(), now.into());
            let told = odd.told.get() + TOLD > now;
            if !told {
                odd.told = now.into();
            }
            return Some(!told);
        }
        if self.0.len() >= MOST {
            return None;
        }
        let now = now.into();
        self.0.insert(key.to_owned(), OddObject { tries: 1, due: now, told: now, met: now });
        Some(true)
    }

    /// It was looked at, or is gone.
    pub(crate) fn forget(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// A pass that began then is complete: what it did not come by is not there any more.
    pub(crate) fn keep_met_since(&mut self, began: SystemTime) {
        self.0.retain(|_, odd| odd.met.get() >= began);
    }
}

fn pause(tries: u8) -> Duration {
    match tries.checked_sub(AT_ONCE + 1) {
        None => Duration::ZERO,
        Some(doubled) => (FIRST_PAUSE * 2_u32.pow(u32::from(doubled))).min(LONGEST_PAUSE),
    }
}
