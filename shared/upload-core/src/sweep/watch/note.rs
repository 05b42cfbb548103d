//! What the ledger remembers of watching one client's videos: the calls of the hour, and how many ids a batch takes.
//!
//! Two sweeps at once may each count their own calls: the budget is a share of Youku's limit, not the limit itself.

use crate::{
    Error,
    ledger::{Ledger, Timestamp, needs_operator},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The part of Youku's calls that watching may take: a tenth.
pub(crate) const SHARE: u32 = 10;

const VERSION: u32 = 1;
const HOUR: u64 = 3600;

/// Ids in one call to begin with: how many Youku takes is not documented (management sheet, videos).
const FIRST_IDS: usize = 50;

/// How long what was learnt about batches holds: what refused them may have been something else.
const LEARNT_FOR: Duration = Duration::from_secs(86_400);

/// How Youku is asked about the videos of one client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watching {
    v: u32,
    /// Begin of the hour that `calls` counts, by the store's clock.
    pub hour: Timestamp,
    /// Calls of watching in that hour.
    pub calls: u32,
    /// Ids that one call of `videos/show_batch` is known to take; 1: each video is asked for by a call of its own.
    pub ids: usize,
    /// When `ids` was learnt, by the store's clock; absent: it is what watching begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learnt: Option<Timestamp>,
}

impl Watching {
    fn new(now: SystemTime) -> Self {
        Self { v: VERSION, hour: begin_of_hour(now), calls: 0, ids: FIRST_IDS, learnt: None }
    }

    /// What holds at `now` of what was noted.
    fn at(self, now: SystemTime) -> Self {
        let mut note = self;
        let is_old = |learnt: Timestamp| now.duration_since(learnt.get()).is_ok_and(|age| age >= LEARNT_FOR);
        if note.learnt.is_some_and(is_old) {
            (note.ids, note.learnt) = (FIRST_IDS, None);
        }
        let hour = begin_of_hour(now);
        if note.hour != hour {
            (note.hour, note.calls) = (hour, 0);
        }
        note
    }

    /// Reads what is noted of a client. A note that cannot be read is begun anew: it saves calls, and decides nothing.
    pub(crate) async fn read(ledger: &Ledger, client: &str, now: SystemTime) -> Result<Self, Error> {
        let noted: Option<Self> = match ledger.note(&name(client)).await {
            Err(error) if needs_operator(&error) => {
                tracing::warn!(?error, "what was noted of watching a client's videos is begun anew");
                None
            }
            noted => noted?,
        };
        Ok(noted.map_or_else(|| Self::new(now), |noted| noted.at(now)))
    }

    pub(crate) async fn write(&self, ledger: &Ledger, client: &str) -> Result<(), Error> {
        ledger.set_note(&name(client), self).await
    }

    /// Counts a call, unless the hour has had `budget` of them.
    pub(crate) fn take_call(&mut self, budget: u32) -> bool {
        let takes = self.calls < budget;
        self.calls += u32::from(takes);
        takes
    }

    /// Learns that a call takes no more than `ids`.
    pub(crate) fn learn(&mut self, ids: usize, now: SystemTime) {
        let ids = ids.max(1);
        if ids < self.ids {
            (self.ids, self.learnt) = (ids, Some(now.into()));
        }
    }
}

impl Ledger {
    /// How Youku is asked about the videos of a client; `None` where it has not been asked since the ledger began.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn watching(&self, client: &str) -> Result<Option<Watching>, Error> {
        self.note(&name(client)).await
    }
}

fn begin_of_hour(now: SystemTime) -> Timestamp {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    (UNIX_EPOCH + Duration::from_secs(since - since % HOUR)).into()
}

/// Name of a client's note; the client's id may contain any character.
fn name(client: &str) -> String {
    let digits: String =
        Sha256::digest(client.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("watch-{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
    }

    #[test]
    fn calls_are_counted_by_the_hour_and_learning_lasts_a_day() {
        let mut note = Watching::new(at(0));
        assert_eq!((note.take_call(2), note.take_call(2), note.take_call(2)), (true, true, false));
        note.learn(25, at(0));
        note.learn(40, at(10));
        assert_eq!((note.calls, note.ids), (2, 25), "it never grows");
        let later = note.clone().at(at(3600));
        assert_eq!((later.calls, later.ids), (0, 25));
        let next_day = note.at(at(10 + 86_400));
        assert_eq!((next_day.ids, next_day.learnt), (50, None));
    }
}
