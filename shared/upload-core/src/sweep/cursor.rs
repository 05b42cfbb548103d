//! What the ledger remembers of the passes: a small note for each rule, and one that says whose turn it is.

use crate::sweep::{discovery::Discovery, odd_objects::OddObjects};
use crate::{
    Error, Location,
    intake::rules::Rule,
    ledger::{StoreTimes, Timestamp},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

/// The note that says whose turn it is.
pub(crate) const ROUND: &str = "discover";
const VERSION: u32 = 1;
/// So often a pass makes sure that what it meets is marked, if it is not at rest: most is, and each look reads its steps.
const MARKED: Duration = Duration::from_secs(3600);
/// So long after its last run, a pass that a person asked for is gone on with.
const ASKED: Duration = Duration::from_secs(3600);

/// Whose turn it is. That it is there tells a new rule from the rules of a new ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanCursor {
    v: u32,
    /// The name of the rule's note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A rule's passes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleCursor {
    v: u32,
    /// Which rule, for people.
    rule: String,
    account: String,
    /// Older objects are left alone.
    pub(crate) from: Timestamp,
    /// The key behind which the running pass goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<String>,
    /// When the running pass began, by the ledger's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) began: Option<Timestamp>,
    /// The oldest object that the running pass could not deal with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) held: Option<Timestamp>,
    /// What was written before this has been seen: the beginning of the last complete pass, or the oldest object that it could not deal with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seen: Option<Timestamp>,
    /// Keys of objects that may still grow, by the last complete pass: they are looked at again, however long their rule waits.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) growing: BTreeSet<String>,
    /// The same of the running pass.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) still_growing: BTreeSet<String>,
    /// Objects that could not be looked at.
    #[serde(default, skip_serializing_if = "OddObjects::is_empty")]
    pub(crate) odd: OddObjects,
    /// When the last pass began that made sure of the marks of open uploads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) marked: Option<Timestamp>,
    /// The running pass does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) marks: bool,
    /// The running pass that a person asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) asked: Option<RequestedScan>,
}

/// A pass that a person asked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestedScan {
    /// Older objects are left alone.
    pub(crate) since: Timestamp,
    /// When it was last gone on with.
    pub(crate) at: Timestamp,
    /// The key behind which it goes on.
    pub(crate) after: String,
}

impl RequestedScan {
    /// Whether a wish for objects since then goes on with this pass: one for younger objects has not seen them all, and behind the cursor
    /// of an old one there may be others by now.
    pub(crate) fn is_same_request(&self, since: SystemTime, now: SystemTime) -> bool {
        self.since.get() <= since && self.at.get() + ASKED >= now
    }
}

/// A rule with its note.
pub(crate) struct RuleScan<'a> {
    pub(crate) name: String,
    pub(crate) rule: &'a Rule,
    /// The bucket, and what its keys begin with.
    pub(crate) location: Location,
    pub(crate) note: RuleCursor,
}

impl RuleScan<'_> {
    /// Where the rule's pass goes on.
    pub(crate) fn next(&self, asked: bool) -> Location {
        let after = match &self.note.asked {
            Some(pass) if asked => Some(&pass.after),
            _ if asked => None,
            _ => self.note.after.as_ref(),
        };
        let key = after.unwrap_or(&self.location.key).clone();
        Location { key, ..self.location.clone() }
    }
}

/// The rules whose turn it is, one after the other.
pub(crate) struct ScanRound<'a> {
    pub(crate) places: Vec<RuleScan<'a>>,
}

impl<'a> ScanRound<'a> {
    /// Reads the rules' notes. Rules that have none yet begin here: with the ledger, if this is its first discovery, else now. Nothing that was in a
    /// bucket before its rule was written is published by surprise.
    pub(crate) async fn read(discovery: &Discovery<'a>, times: StoreTimes) -> Result<Self, Error> {
        let ledger = discovery.ledger;
        let turn: Option<ScanCursor> = ledger.note(ROUND).await?;
        let from = if turn.is_none() { times.birth } else { times.now };
        let mut places = Vec::new();
        for rule in discovery.automatic.rules.iter() {
            let (bucket, key) = (rule.bucket.clone(), rule.prefix.clone());
            let location = Location { provider: discovery.provider, bucket, key, region: None };
            let name = name(&location, &rule.account);
            let note = match ledger.note(&name).await? {
                Some(note) => note,
                None => {
                    let note = RuleCursor::new(&location, &rule.account, from);
                    ledger.set_note(&name, &note).await?;
                    note
                }
            };
            places.push(RuleScan { name, rule, location, note });
        }
        if turn.is_none() {
            ledger.set_note(ROUND, &ScanCursor { v: VERSION, next: None }).await?;
        }
        // What a paused rule wants stays to be found until the rule goes on.
        places.retain(|place| !place.rule.paused);
        let next = turn.and_then(|turn| turn.next);
        let first = places.iter().position(|place| Some(&place.name) == next.as_ref());
        places.rotate_left(first.unwrap_or_default());
        Ok(Self { places })
    }

    pub(crate) fn new_cursor(place: &RuleScan<'_>) -> ScanCursor {
        ScanCursor { v: VERSION, next: Some(place.name.clone()) }
    }
}

impl RuleCursor {
    /// A pass begins, unless one is running.
    pub(crate) fn begin(&mut self, now: SystemTime) {
        if self.began.is_none() {
            self.began = Some(now.into());
            self.marks = self.marked.is_none_or(|marked| marked.get() + MARKED <= now);
        }
    }

    /// The running pass is complete.
    pub(crate) fn complete(&mut self) {
        let began = self.began.take();
        if let Some(began) = began {
            self.odd.keep_met_since(began.get());
        }
        if std::mem::take(&mut self.marks) {
            self.marked = began;
        }
        self.seen = self.held.take().into_iter().chain(began).min();
        self.growing = std::mem::take(&mut self.still_growing);
    }

    fn new(location: &Location, account: &str, from: SystemTime) -> Self {
        Self {
            v: VERSION,
            rule: location.to_string(),
            account: account.to_owned(),
            from: from.into(),
            after: None,
            began: None,
            held: None,
            seen: None,
            growing: BTreeSet::new(),
            still_growing: BTreeSet::new(),
            odd: OddObjects::default(),
            marked: None,
            marks: false,
            asked: None,
        }
    }
}

/// The name of a rule's note. A rule for another account is another rule: its uploads have other ids.
fn name(location: &Location, account: &str) -> String {
    let mut hash = Sha256::new();
    for field in [location.provider.as_str(), &location.bucket, &location.key, account] {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    let digest = hash.finalize();
    let digits: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{ROUND}-{digits}")
}
