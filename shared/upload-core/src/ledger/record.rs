//! The record of an upload: what its steps amount to.
//!
//! A `claimed` of a higher epoch begins that epoch for its holder. Any other step that is not by the newest
//! epoch's holder, a twin's or an older epoch's, does not count, and neither does anything that this epoch's
//! holder appended after it: the next holder takes a new epoch from there. A holder's repeated `claimed` is
//! skipped. `cancelled` counts, whoever wrote it, as long as the bytes are not all stored. A step that none of
//! this explains is damage.

use super::{
    codec::unreadable_entry,
    failure::Failure,
    keys,
    state::{End, State},
    step::{Entry, Session, Step, StepKind, Target, Transferred, WaitReason, Waiting},
};
use crate::ledger::request::StoredRequest;
use crate::model::timestamp::Timestamp;
use crate::{Error, ErrorKind, Media, Preflight, PreflightReport, TraceContext, UploadId, VideoEvent};

/// All that the ledger knows of one upload.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The upload.
    pub id: UploadId,
    /// Its state.
    pub state: State,
    /// What it is about.
    pub request: StoredRequest,
    /// The session in use, and the sequence of its step.
    pub session: Option<(u32, Session)>,
    /// What is known once all bytes are stored at the target.
    pub transferred: Option<Transferred>,
    /// What the last preflight found, if there was one.
    pub preflight: Option<Box<PreflightReport>>,
    /// The committed video, if Youku returned its id.
    pub video_id: Option<String>,
    /// Why it ended without a video.
    pub failure: Option<Failure>,
    /// Why a commit was refused before the upload was reopened for another.
    pub(crate) refusal: Option<Failure>,
    /// The result of the last message to its callback.
    pub notified: Option<String>,
    /// Why, and how long, it waits.
    pub waiting: Option<Waiting>,
    /// Epoch of the newest holder (1 = first holder).
    pub epoch: u32,
    /// Every step that counts, in order.
    pub history: Vec<Entry>,
    /// The newest epoch's holder.
    pub(super) holder: String,
    /// Whether a step that does not count stands in the newest epoch: none of its holder's later steps counts.
    pub(super) severed: bool,
    /// The store's tag of every entry, counted or not: identifies what was read or written there.
    pub(super) tags: Vec<Option<String>>,
}

/// Whether a step counts at its place in the chain.
enum EntryStanding {
    Counts,
    /// A claim that this holder had made already.
    Repeated,
    /// It is not by the newest epoch's holder, or stands after one that is not.
    Foreign,
}

type Damage = Box<dyn std::error::Error + Send + Sync>;

impl Record {
    /// Number of steps, counted or not: the number of the last one.
    #[must_use]
    pub fn sequence(&self) -> u32 {
        u32::try_from(self.tags.len()).unwrap_or(u32::MAX)
    }

    /// The trace that last asked for it: what nobody asks for, such as a callback that a sweep delivers, belongs to it.
    #[must_use]
    pub fn trace(&self) -> Option<TraceContext> {
        self.history.iter().rev().find_map(|entry| entry.traceparent)
    }

    /// Whether nothing is left to do: it ended, its callback, if it has one, is done, and so is its hour.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.state.has_ended() && !self.has_pending_callback() && self.pending_publication().is_none()
    }

    /// Whether its callback still waits for a message.
    #[must_use]
    pub fn has_pending_callback(&self) -> bool {
        self.pending_outcome_callback() || self.pending_event_callback() || self.untold_refusal().is_some()
    }

    /// Whether it ended and must still report its outcome to its callback.
    #[must_use]
    pub fn pending_outcome_callback(&self) -> bool {
        let ended = matches!(
            self.state,
            State::Committed | State::Failed | State::FailedAfterTransfer | State::FailedRefused
        );
        ended && self.request.callback.is_some()
    }

    /// Whether its callback accepted the outcome and waits for the video's event. A video without an id has no
    /// event.
    #[must_use]
    pub fn pending_event_callback(&self) -> bool {
        let accepted = self.notified.as_ref().is_some_and(|code| code.starts_with('2'));
        let followed = self.state == State::Notified(End::Committed) && self.video_id.is_some();
        followed && accepted && self.request.events.iter().any(|event| *event != VideoEvent::UpdateRefused)
    }

    /// The code with which its callback ended without having accepted the last message: the receiver's 410, or why it was never delivered
    /// ([`DeliveryResult::code`](crate::DeliveryResult::code), `gave_up`).
    #[must_use]
    pub fn failed_callback(&self) -> Option<&str> {
        self.notified.as_deref().filter(|code| Step::is_failure(code))
    }

    /// The step that ended it, if it has ended.
    #[must_use]
    pub fn end(&self) -> Option<&Entry> {
        let ends =
            |entry: &&Entry| matches!(entry.step, Step::Committed { .. } | Step::Failed(_) | Step::Cancelled);
        self.state.has_ended().then(|| self.history.iter().rev().find(ends)).flatten()
    }

    /// Whether this is the number of the last step that counts.
    pub(super) fn is_last(&self, sequence: u32) -> bool {
        self.history.last().is_some_and(|last| last.sequence == sequence)
    }

    /// When its object landed or, where nobody stated that, when the upload began; by the store's clock.
    pub(crate) fn landed(&self) -> Option<Timestamp> {
        // A store whose clock is ahead does not put an object after those that landed later.
        self.request.landed.into_iter().chain(self.history.first().map(|first| first.at)).min()
    }

    /// What the object holds, as far as a preflight could tell.
    #[must_use]
    pub fn media(&self) -> Option<&Media> {
        self.preflight.as_ref().map(|report| &report.media).filter(|media| **media != Media::default())
    }

    /// What the preflight does with a broken file: as the first request states, unless a reopening turned it off; `None` if it must not
    /// look, since a session was opened before, after which nothing is decided anew.
    pub(crate) fn preflight_mode(&self) -> Option<Preflight> {
        let is_off = |entry: &Entry| match &entry.step {
            Step::Created(_) => true,
            Step::Reopened(reopening) => reopening.preflight_off,
            _ => false,
        };
        let mode = self.request.preflight.unwrap_or_default();
        (self.state == State::Claimed && mode != Preflight::Off && !self.history.iter().any(is_off))
            .then_some(mode)
    }

    /// Whether Youku refused a commit of it for the hash before: that opens another session once.
    #[must_use]
    pub(crate) fn was_refused_for_hash(&self) -> bool {
        let refused =
            |entry: &Entry| matches!(&entry.step, Step::Waiting(why) if why.reason == WaitReason::Hash);
        self.history.iter().any(refused)
    }

    /// Whether the last session's slices were sent by several holders: each has compared its own alone with the source.
    #[must_use]
    pub fn holds_unverified_slices(&self) -> bool {
        let is_slices = self.session.as_ref().is_some_and(|(_, session)| {
            matches!(session.target, Target::Slice { already_stored: false, .. })
        });
        let epoch_of = |kind: StepKind| {
            self.history.iter().rev().find(|entry| entry.step.kind() == kind).map(|entry| entry.epoch)
        };
        is_slices && epoch_of(StepKind::Created) != epoch_of(StepKind::Transferred)
    }

    /// The settings of the shorter ways that its session took, where it failed after the transfer: Youku may have refused the commit for
    /// one of them.
    #[must_use]
    pub fn shortcut_settings(&self) -> Vec<&'static str> {
        let session = self.session.as_ref().filter(|_| self.failure.is_some() && self.transferred.is_some());
        session.map(|(_, session)| session.shortcut_settings()).unwrap_or_default()
    }

    /// When it was first claimed or last reopened, by the store's clock.
    #[must_use]
    pub fn opened(&self) -> Option<Timestamp> {
        let reopened = self.history.iter().rev().find(|entry| entry.step.kind() == StepKind::Reopened);
        reopened.or(self.history.first()).map(|entry| entry.at)
    }

    /// Counts its waits for this reason since it was last reopened.
    pub(crate) fn count_waits(&self, reason: WaitReason) -> usize {
        let since = self.history.iter().rev().take_while(|entry| entry.step.kind() != StepKind::Reopened);
        since.filter(|entry| matches!(&entry.step, Step::Waiting(why) if why.reason == reason)).count()
    }

    /// Whether the next step of this holder counts.
    pub(super) fn is_held_by(&self, epoch: u32, holder: &str) -> bool {
        self.epoch == epoch && self.holder == holder && !self.severed
    }

    /// Appends one more entry to the record.
    ///
    /// # Errors
    /// What is wrong with an entry at this place.
    pub(super) fn with_entry(
        record: Option<Self>,
        id: &UploadId,
        mut entry: Entry,
        tag: Option<String>,
    ) -> Result<Self, Damage> {
        let mut record = match (record, &entry.step) {
            (Some(_), Step::Claimed { request: Some(_) }) => return Err("an upload starts once".into()),
            (Some(record), _) => record,
            (None, Step::Claimed { request: Some(request) }) => Self::new(id, request),
            (None, _) => return Err("the first step does not say what the upload is about".into()),
        };
        record.tags.push(tag);
        entry.sequence = record.sequence();
        match record.classify(&entry) {
            EntryStanding::Repeated => return Ok(record),
            EntryStanding::Foreign => {
                record.severed = true;
                return Ok(record);
            }
            EntryStanding::Counts => {}
        }
        let state = record.state.after(&entry.step)?;
        record.state = state;
        match entry.step.kind() {
            StepKind::Claimed => {
                (record.epoch, record.holder) = (entry.epoch, entry.holder.clone());
                record.severed = false;
            }
            // Only a new epoch continues from here, whoever wrote this.
            StepKind::Cancelled => record.severed = true,
            _ => {}
        }
        record.apply(&entry);
        record.history.push(entry);
        Ok(record)
    }

    fn classify(&self, entry: &Entry) -> EntryStanding {
        let by_holder = entry.epoch == self.epoch && entry.holder == self.holder;
        match entry.step {
            Step::Claimed { .. } if entry.epoch > self.epoch => EntryStanding::Counts,
            Step::Claimed { .. } if by_holder => EntryStanding::Repeated,
            Step::Cancelled if self.state.can_be_cancelled() => EntryStanding::Counts,
            _ if by_holder && !self.severed => EntryStanding::Counts,
            _ => EntryStanding::Foreign,
        }
    }

    fn new(id: &UploadId, request: &StoredRequest) -> Self {
        Self {
            id: id.clone(),
            state: State::New,
            request: request.clone(),
            session: None,
            transferred: None,
            preflight: None,
            video_id: None,
            failure: None,
            refusal: None,
            notified: None,
            waiting: None,
            epoch: 0,
            history: Vec::new(),
            holder: String::new(),
            severed: false,
            tags: Vec::new(),
        }
    }

    fn apply(&mut self, entry: &Entry) {
        if entry.preflight.is_some() {
            self.preflight.clone_from(&entry.preflight);
        }
        match &entry.step {
            Step::Claimed { .. } => self.waiting = None,
            Step::Created(session) => {
                self.session = Some((entry.sequence, Session::clone(session)));
                self.transferred = None;
                self.waiting = None;
            }
            Step::Transferred(transferred) => self.transferred = Some(transferred.clone()),
            Step::Committed { video_id } => self.video_id.clone_from(video_id),
            Step::Notified { event: Some(VideoEvent::UpdateRefused), .. } => {}
            Step::Notified { code, .. } => self.notified = Some(code.clone()),
            Step::Failed(failure) => self.failure = Some(failure.clone()),
            Step::Cancelled | Step::Updated(_) | Step::Scheduled(_) => {}
            Step::Reopened(_) => {
                let unknown = ErrorKind::CommitUnknown.code();
                self.refusal = self
                    .failure
                    .take()
                    .filter(|failure| self.state == State::Transferred && failure.code != unknown)
                    .or(self.refusal.take());
                self.notified = None;
                if self.state == State::Claimed {
                    // The old session may be dead: nothing of it was committed, so another replaces it.
                    (self.session, self.refusal) = (None, None);
                }
            }
            Step::Waiting(waiting) => self.waiting = Some(*waiting),
        }
    }
}

/// Checks that the keys of a chain's entries are numbered without a gap from `first` on.
///
/// # Errors
/// [`Ledger`](crate::ErrorKind::Ledger), naming the entry that is missing or foreign.
pub(super) fn check_keys<'a>(
    id: &UploadId,
    keys: impl Iterator<Item = &'a str>,
    first: u32,
) -> Result<(), Error> {
    for (key, expected) in keys.zip(first..) {
        match keys::parse_sequence(id, key) {
            Some(sequence) if sequence == expected => {}
            Some(_) => {
                let message =
                    "a step of the ledger is missing: restore it, or ask with `again` for another upload";
                return Err(unreadable_entry(&keys::step(id, expected), message));
            }
            None => {
                let message = "a foreign entry stands among the steps of the ledger: remove it";
                return Err(unreadable_entry(key, message));
            }
        }
    }
    Ok(())
}
