//! What an upload's steps amount to.

use super::{
    codec::decode,
    errors::unreadable,
    keys,
    state::{End, State},
    step::{Entry, Failure, Session, Step, Transferred, Waiting},
    store::Access,
    work::WorkRecord,
};
use crate::{Error, UploadId};
use futures_util::{StreamExt, TryStreamExt, stream};

/// Steps that are read at once.
const READS: usize = 8;

/// All that the ledger knows of one upload.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The upload.
    pub id: UploadId,
    /// Where it stands.
    pub state: State,
    /// What it is about.
    pub work: WorkRecord,
    /// The session in use, and the sequence of its step.
    pub session: Option<(u32, Session)>,
    /// What is known once all bytes have landed.
    pub transferred: Option<Transferred>,
    /// The committed video.
    pub video_id: Option<String>,
    /// Why it ended without a video.
    pub failure: Option<Failure>,
    /// What became of the last message to its callback.
    pub notified: Option<String>,
    /// Why, and how long, it rests.
    pub waiting: Option<Waiting>,
    /// The how-manieth holder took the last step.
    pub epoch: u32,
    /// Every step, the first one first.
    pub history: Vec<Entry>,
}

impl Record {
    /// How many steps there are: the number of the last one.
    #[must_use]
    pub fn sequence(&self) -> u32 {
        u32::try_from(self.history.len()).unwrap_or(u32::MAX)
    }

    /// Whether nothing is left to do: it ended, and its callback, if it has one, is done.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        self.state.has_ended() && !self.owes_outcome() && !self.owes_event()
    }

    /// Whether it ended, and its callback does not know yet.
    #[must_use]
    pub fn owes_outcome(&self) -> bool {
        let ended = matches!(self.state, State::Committed | State::Failed | State::FailedLate);
        ended && self.work.callback.is_some()
    }

    /// Whether its callback accepted the outcome and waits to hear what becomes of the video.
    #[must_use]
    pub fn owes_event(&self) -> bool {
        let accepted = self.notified.as_ref().is_some_and(|code| code.starts_with('2'));
        self.state == State::Notified(End::Committed) && accepted && !self.work.events.is_empty()
    }

    /// The step that ended it, if one did.
    #[must_use]
    pub fn end(&self) -> Option<&Entry> {
        let ends =
            |entry: &&Entry| matches!(entry.step, Step::Committed { .. } | Step::Failed(_) | Step::Cancelled);
        self.state.has_ended().then(|| self.history.iter().rev().find(ends)).flatten()
    }

    /// The record after one more entry.
    ///
    /// # Errors
    /// What is wrong with an entry at this place.
    pub(super) fn after(
        record: Option<Self>,
        id: &UploadId,
        entry: Entry,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let from = record.as_ref().map_or(State::New, |record| record.state);
        let state = from.after(&entry.step)?;
        let mut record = match (record, &entry.step) {
            (Some(_), Step::Claimed { work: Some(_) }) => return Err("an upload is begun once".into()),
            (Some(record), _) => record,
            (None, Step::Claimed { work: Some(work) }) => Self::begun(id, work),
            (None, _) => return Err("the first step does not say what the upload is about".into()),
        };
        let taken = matches!(entry.step, Step::Claimed { .. });
        if taken != (entry.epoch > record.epoch) || entry.epoch < record.epoch {
            return Err("the step is not by the holder".into());
        }
        #[cfg(test)]
        super::state::walked::count(from, entry.step.kind());
        record.state = state;
        record.epoch = entry.epoch;
        record.note(&entry.step);
        record.history.push(entry);
        Ok(record)
    }

    fn begun(id: &UploadId, work: &WorkRecord) -> Self {
        Self {
            id: id.clone(),
            state: State::New,
            work: work.clone(),
            session: None,
            transferred: None,
            video_id: None,
            failure: None,
            notified: None,
            waiting: None,
            epoch: 0,
            history: Vec::new(),
        }
    }

    fn note(&mut self, step: &Step) {
        match step {
            Step::Claimed { .. } => self.waiting = None,
            Step::Created(session) => self.session = Some((self.sequence() + 1, Session::clone(session))),
            Step::Transferred(transferred) => self.transferred = Some(transferred.clone()),
            Step::Committed { video_id } => self.video_id = Some(video_id.clone()),
            Step::Notified { code, .. } => self.notified = Some(code.clone()),
            Step::Failed(failure) => self.failure = Some(failure.clone()),
            Step::Cancelled => {}
            Step::Reopened => {
                (self.failure, self.notified) = (None, None);
                if self.state == State::Claimed {
                    // The old session may be dead: nothing of it had been committed, so another takes its place.
                    self.session = None;
                }
            }
            Step::Waiting(waiting) => self.waiting = Some(*waiting),
        }
    }
}

/// Reads the steps behind those that `record` knows.
///
/// # Errors
/// [`Ledger`](crate::ErrorKind::Ledger), naming the entry that is missing, damaged, foreign or newer; whatever the store answers.
pub(super) async fn read_on(
    access: &Access,
    id: &UploadId,
    record: Option<Record>,
) -> Result<Option<Record>, Error> {
    let known = record.as_ref().map_or(0, Record::sequence);
    let after = (known > 0).then(|| keys::step(id, known));
    let keys = access.keys(&keys::steps(id), after).await?;
    for (key, expected) in keys.iter().zip(known + 1..) {
        match keys::sequence(id, key) {
            Some(sequence) if sequence == expected => {}
            Some(_) => {
                let message =
                    "a step of the ledger is missing: restore it, or ask with `again` for another upload";
                return Err(unreadable(&keys::step(id, expected), message));
            }
            None => {
                let message = "there is something in the ledger that it did not write: remove it";
                return Err(unreadable(key, message));
            }
        }
    }
    let mut entries = stream::iter(keys).map(|key| read_entry(access, key)).buffered(READS);
    let mut record = record;
    while let Some((key, entry)) = entries.try_next().await? {
        let message = "a step of the ledger does not follow from those before it: restore it from a copy";
        let next =
            Record::after(record, id, entry).map_err(|why| unreadable(&key, message).caused_by(why))?;
        record = Some(next);
    }
    Ok(record)
}

async fn read_entry(access: &Access, key: String) -> Result<(String, Entry), Error> {
    let message = "a step of the ledger vanished while it was read: steps are never deleted by this program";
    let found = access.read(&key).await?.ok_or_else(|| unreadable(&key, message))?;
    let entry = decode(&key, &found.bytes)?;
    Ok((key, entry))
}
