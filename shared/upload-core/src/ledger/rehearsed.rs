//! What rehearsals found that settings must fit.
//!
//! It stands in the ledger, and not with the rehearsal's record on one machine: who rehearses is seldom the machine that uploads, and `doctor`
//! says the same wherever these settings and this ledger are used. A fact is a stable name with a stable word of this program's; nothing that
//! Youku or a store wrote is kept.
//!
//! Most facts are as the last rehearsal found them. That a bucket's create-only puts let several in is otherwise: one such put proves it, and
//! no number of tries proves that it cannot happen again. It stays.

use super::{
    Ledger, Timestamp,
    codec::{VERSION, decode, encode},
    keys,
    mark_pauses::needs_operator,
};
use crate::Error;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name of the note of what the ledger's own bucket does; of what Youku does as a client the client's hash follows.
const NOTE: &str = "rehearsed";

/// The fact about create-only puts, and the word of it that no later rehearsal replaces.
const CREATE_ONLY: &str = "oss.create_only";
const SEVERAL: &str = "several";

/// What the last rehearsal found that tried this fact; of create-only puts that let several in, the one that needs the longest window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RehearsedFact {
    /// The word for what was found.
    pub found: String,
    /// The least number that the fact's setting needs, in the setting's unit, where it is a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<u64>,
    /// When it was found, by the store's clock.
    pub at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RehearsedNote {
    pub(super) v: u32,
    /// By the facts' names.
    pub(super) facts: BTreeMap<String, RehearsedFact>,
}

impl Ledger {
    /// What rehearsals found of Youku as this client or, without one, of the ledger's own bucket; empty where none has been.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn rehearsed_facts(
        &self,
        client: Option<&str>,
    ) -> Result<BTreeMap<String, RehearsedFact>, Error> {
        let key = key(client);
        let Some(found) = self.access.read(&key).await? else { return Ok(BTreeMap::new()) };
        decode::<RehearsedNote>(&key, &found.bytes).map(|note| note.facts)
    }

    /// Keeps what a rehearsal found: each fact's word, and the least number that its setting needs. Facts that it did not try stay as they
    /// were, and so does that create-only puts let several in, with the largest of its numbers. False: the ledger has not been used yet, and
    /// nothing was written, because its birth is for its first use to record.
    ///
    /// # Errors
    /// As [`read`](Self::read); [`Ledger`](crate::ErrorKind::Ledger) where the note of the ledger's own bucket is damaged: it may say what
    /// must stay, and so it stays.
    pub async fn keep_rehearsed_facts(
        &self,
        client: Option<&str>,
        found: Vec<(&'static str, String, Option<u64>)>,
    ) -> Result<bool, Error> {
        let Some(times) = self.recorded_times().await? else { return Ok(false) };
        let mut facts = match self.rehearsed_facts(client).await {
            // It only repeats what rehearsals found of Youku: the next ones find it again.
            Err(error) if client.is_some() && needs_operator(&error) => BTreeMap::new(),
            known => known?,
        };
        let at = Timestamp::from(times.now);
        for (name, found, least) in found {
            let fact = RehearsedFact { found, least, at };
            if !facts.get(name).is_some_and(|known| stays(name, known, &fact)) {
                facts.insert(name.to_owned(), fact);
            }
        }
        let bytes = encode(&RehearsedNote { v: VERSION, facts })?;
        self.access.write(&key(client), bytes).await.map(|_| true)
    }
}

/// Whether what is known of a fact stays, whatever was found now.
fn stays(name: &str, known: &RehearsedFact, now: &RehearsedFact) -> bool {
    let is_several = |fact: &RehearsedFact| name == CREATE_ONLY && fact.found == SEVERAL;
    is_several(known) && !(is_several(now) && now.least > known.least)
}

fn key(client: Option<&str>) -> String {
    keys::cursor(&match client {
        None => NOTE.to_owned(),
        Some(client) => format!("{NOTE}-{}", keys::client_hash(client)),
    })
}
