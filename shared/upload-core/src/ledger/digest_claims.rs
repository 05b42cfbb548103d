//! Who sends a robot's next message, and what became of the last.
//!
//! To claim a message is to create the entry with the next number, as for steps. The newest entry is never deleted, so that a process that wakes
//! late sees that it is not the newest any more.

use super::{
    Timestamp,
    codec::{VERSION, decode, encode, random_nonce},
    handle::Ledger,
    keys::{self, digest, digests},
    store::Access,
};
use crate::Error;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// How long a claim counts whose holder does not say how it ended: longer than an attempt takes.
const CLAIM_LIFE: Duration = Duration::from_secs(40);
/// A holder that needs longer from its claim to its message was frozen, and sends nothing.
const SENT_WITHIN: Duration = Duration::from_secs(15);
/// Within it a vendor counts messages.
const MINUTE: Duration = Duration::from_secs(60);

/// One message to a robot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DigestEntry {
    v: u32,
    /// Distinguishes this claim from every other.
    nonce: String,
    /// Whether its holder said how it ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    ended: bool,
    /// Whether its holder had no time left to send anything.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unsent: bool,
    /// When earlier messages of this minute were sent, and the last one whenever that was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sent: Vec<Timestamp>,
    /// Notices that were sent and cannot be deleted yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) told: Vec<String>,
    /// Why the robot did not accept the last message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refusal: Option<StoredRefusal>,
}

impl DigestEntry {
    fn claimed(sent: Vec<Timestamp>, told: Vec<String>, refusal: Option<StoredRefusal>) -> Self {
        Self { v: VERSION, nonce: random_nonce(), ended: false, unsent: false, sent, told, refusal }
    }
}

/// Why a robot did not accept a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredRefusal {
    /// A stable word.
    pub code: String,
    /// Whether only a person can help.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_final: bool,
    /// Since when every message was refused.
    pub since: Timestamp,
    /// Nothing is sent before this time, unless the robot's settings change.
    pub until: Timestamp,
    /// Tells the robot's settings from others.
    pub settings: String,
}

/// The newest message of a robot, and the time.
pub(crate) struct LastDigest {
    pub(super) number: u32,
    pub(crate) entry: DigestEntry,
    pub(crate) modified: SystemTime,
    pub(crate) now: SystemTime,
}

impl LastDigest {
    /// Whether another process may still be sending it.
    pub(crate) fn is_being_sent(&self) -> bool {
        !self.entry.ended && self.age() < CLAIM_LIFE
    }

    /// Time since it was claimed or, if it ended, since it ended.
    pub(crate) fn age(&self) -> Duration {
        self.now.duration_since(self.modified).unwrap_or_default()
    }

    /// Time since a message was last sent; `None` if none ever was.
    pub(crate) fn since_message(&self) -> Option<Duration> {
        let last = self.sent().map(Timestamp::get).max()?;
        Some(self.now.duration_since(last).unwrap_or_default())
    }

    /// How many messages were sent that still count in this minute.
    pub(crate) fn count_within_minute(&self) -> usize {
        self.sent().filter(|at| self.is_within_minute(*at)).count()
    }

    fn sent(&self) -> impl Iterator<Item = Timestamp> {
        let own = Some(self.modified.into()).filter(|_| !self.entry.unsent);
        self.entry.sent.iter().copied().chain(own)
    }

    fn is_within_minute(&self, at: Timestamp) -> bool {
        self.now.duration_since(at.get()).map_or(true, |age| age <= MINUTE)
    }

    /// What the next entry says of the messages before it.
    fn sent_before_next(&self) -> Vec<Timestamp> {
        let last = self.sent().map(Timestamp::get).max();
        self.sent().filter(|at| self.is_within_minute(*at) || Some(at.get()) == last).collect()
    }
}

/// The claim of one message.
pub(crate) struct DigestClaim {
    key: String,
    entry: DigestEntry,
    /// The store's time of the claim.
    pub(crate) now: SystemTime,
    began: (Instant, SystemTime),
}

impl Ledger {
    /// Reads a robot's newest message; `None` if there is none. Of an entry that cannot be read only its number and time are known: the next
    /// takes its place, and what it told may be told again.
    pub(crate) async fn last_digest(&self, robot: &str) -> Result<Option<LastDigest>, Error> {
        let Some((number, key)) = newest(&self.access, robot).await?.0 else { return Ok(None) };
        let Some(found) = self.access.read(&key).await? else { return Ok(None) };
        let entry = decode(&key, &found.bytes).unwrap_or_else(|error| {
            tracing::warn!(?error, robot, "what the last message to a group robot told is not known");
            DigestEntry::claimed(Vec::new(), Vec::new(), None)
        });
        Ok(Some(LastDigest { number, entry, modified: found.modified, now: found.now }))
    }

    /// Why a robot did not accept the last message; `None` where it did, or none was sent.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn robot_refusal(&self, robot: &str) -> Result<Option<StoredRefusal>, Error> {
        Ok(self.last_digest(robot).await?.and_then(|last| last.entry.refusal))
    }

    /// Claims the message after `last`; `None` if another process has it.
    pub(crate) async fn claim_digest(
        &self,
        robot: &str,
        last: Option<LastDigest>,
    ) -> Result<Option<DigestClaim>, Error> {
        let began = (Instant::now(), self.access.clock.now());
        let key = digest(robot, last.as_ref().map_or(0, |last| last.number) + 1);
        let sent = last.as_ref().map(LastDigest::sent_before_next).unwrap_or_default();
        let (told, refusal) = last.map(|last| (last.entry.told, last.entry.refusal)).unwrap_or_default();
        let entry = DigestEntry::claimed(sent, told, refusal);
        let bytes = encode(&entry)?;
        let Some(ack) = self.access.create(&key, bytes.clone()).await? else { return Ok(None) };
        self.access.wait_for_window(ack.at).await;
        let (newest, older) = newest(&self.access, robot).await?;
        if newest.is_none_or(|(_, newest)| newest != key) {
            // This process slept while others went on; its own entry would be in nobody's way, nor of use.
            self.access.delete(&key).await?;
            return Ok(None);
        }
        let is_own = self.access.store.window().is_zero()
            || self.access.read(&key).await?.is_some_and(|found| found.bytes == bytes);
        if !is_own {
            return Ok(None);
        }
        for older in older {
            self.access.delete(&older).await?;
        }
        Ok(Some(DigestClaim { key, entry, now: ack.now, began }))
    }

    /// Records what became of a claimed message.
    pub(crate) async fn end_digest(
        &self,
        claim: &mut DigestClaim,
        told: Vec<String>,
        refusal: Option<StoredRefusal>,
    ) -> Result<(), Error> {
        let entry = &mut claim.entry;
        (entry.ended, entry.told, entry.refusal) = (true, told, refusal);
        self.access.write(&claim.key, encode(entry)?).await.map(drop)
    }

    /// Gives a claim back whose holder had no time left to send anything: whatever was known before it stands.
    pub(crate) async fn end_unsent(&self, claim: &mut DigestClaim) -> Result<(), Error> {
        (claim.entry.ended, claim.entry.unsent) = (true, true);
        self.access.write(&claim.key, encode(&claim.entry)?).await.map(drop)
    }

    /// How long a claim takes at least.
    pub(crate) fn claim_time(&self) -> Duration {
        self.access.store.window()
    }

    /// Whether the claim still counts: neither this machine nor this process stood still since.
    pub(crate) fn is_fresh(&self, claim: &DigestClaim) -> bool {
        let (at, time) = claim.began;
        let by_wall = self.access.clock.now().duration_since(time).unwrap_or(SENT_WITHIN);
        at.elapsed() < SENT_WITHIN && by_wall < SENT_WITHIN
    }
}

impl DigestClaim {
    /// Notices that an earlier message told.
    pub(crate) fn told(&self) -> &[String] {
        &self.entry.told
    }

    /// Why the robot did not accept the message before.
    pub(crate) fn earlier_refusal(&self) -> Option<&StoredRefusal> {
        self.entry.refusal.as_ref()
    }
}

/// The newest entry of a robot, and the keys of those before it.
async fn newest(access: &Access, robot: &str) -> Result<(Option<(u32, String)>, Vec<String>), Error> {
    let prefix = digests(robot);
    let mut numbered = keys::sort_by_number(&prefix, access.list_keys(&prefix, None).await?);
    let newest = numbered.pop();
    Ok((newest, numbered.into_iter().map(|(_, key)| key).collect()))
}
