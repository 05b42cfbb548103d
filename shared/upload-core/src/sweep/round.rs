//! The rules that one run scans, in their order.

use super::{
    cursor::{ROUND_CURSOR, RuleCursor, ScanCursor},
    discovery::Discovery,
};
use crate::{Error, Location, intake::rules::Rule, ledger::StoreTimes};
use sha2::{Digest, Sha256};
use std::time::SystemTime;

/// A rule with its cursor.
pub(super) struct RuleScan<'a> {
    pub(super) name: String,
    pub(super) rule: &'a Rule,
    /// The bucket, and the prefix of its keys.
    pub(super) location: Location,
    pub(super) cursor: RuleCursor,
}

impl RuleScan<'_> {
    /// Where the rule's next run continues.
    pub(super) fn next_location(&self, is_requested: bool) -> Location {
        let after = match &self.cursor.requested {
            Some(scan) if is_requested => Some(&scan.after),
            _ if is_requested => None,
            _ => self.cursor.after.as_ref(),
        };
        let key = after.unwrap_or(&self.location.key).clone();
        Location { key, ..self.location.clone() }
    }
}

/// The rules that are scanned one after the other.
pub(super) struct ScanRound<'a> {
    pub(super) scans: Vec<RuleScan<'a>>,
}

impl<'a> ScanRound<'a> {
    /// Reads the rules' cursors. A rule without a cursor starts here: at the ledger's birth if this is its first
    /// discovery, else now. Nothing that was in a bucket before its rule was written is published by surprise.
    pub(super) async fn read(discovery: &Discovery<'a>, times: StoreTimes) -> Result<Self, Error> {
        let ledger = discovery.ledger;
        let round_cursor: Option<ScanCursor> = ledger.note(ROUND_CURSOR).await?;
        let from = start_of_new_rule(round_cursor.as_ref(), times);
        let mut scans = Vec::new();
        for rule in discovery.intake.rules.iter() {
            let (bucket, key) = (rule.bucket.clone(), rule.prefix.clone());
            let location = Location { provider: discovery.provider, bucket, key, region: None };
            let name = cursor_name(&location, &rule.account);
            let cursor = match ledger.note(&name).await? {
                Some(cursor) => cursor,
                None => {
                    let cursor = RuleCursor::new(&location, &rule.account, from);
                    if !discovery.is_dry {
                        ledger.set_note(&name, &cursor).await?;
                    }
                    cursor
                }
            };
            scans.push(RuleScan { name, rule, location, cursor });
        }
        if round_cursor.is_none() && !discovery.is_dry {
            ledger.set_note(ROUND_CURSOR, &ScanCursor::new(None)).await?;
        }
        // What a paused rule matches stays to be found until the rule resumes.
        scans.retain(|scan| !scan.rule.paused);
        let next = round_cursor.and_then(|cursor| cursor.next);
        let first = scans.iter().position(|scan| Some(&scan.name) == next.as_ref());
        scans.rotate_left(first.unwrap_or_default());
        Ok(Self { scans })
    }

    /// Creates the note which states that `scan` is next.
    pub(super) fn new_cursor(scan: &RuleScan<'_>) -> ScanCursor {
        ScanCursor::new(Some(scan.name.clone()))
    }
}

/// From when on the objects of a rule without a cursor are taken.
pub(super) fn start_of_new_rule(round_cursor: Option<&ScanCursor>, times: StoreTimes) -> SystemTime {
    if round_cursor.is_none() { times.birth } else { times.now }
}

/// Returns the name of a rule's cursor. A rule for another account is another rule: its uploads have other ids.
pub(super) fn cursor_name(location: &Location, account: &str) -> String {
    let mut hash = Sha256::new();
    for field in [location.provider.as_str(), &location.bucket, &location.key, account] {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    let digest = hash.finalize();
    let digits: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{ROUND_CURSOR}-{digits}")
}
