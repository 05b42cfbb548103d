//! The state machine: the states of an upload, and the step that leads from one to the next.

use super::step::{Step, StepKind, WaitReason};
use crate::VideoEvent;
use std::fmt;

/// The state of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// The ledger knows nothing of it.
    New,
    /// A holder claimed it.
    Claimed,
    /// A session is open at Youku.
    Created,
    /// All bytes are stored. From here on no other session is opened by guess: a commit may have succeeded.
    Transferred,
    /// It is a video.
    Committed,
    /// It ended before all bytes were stored.
    Failed,
    /// Youku refused the commit for the hash. The session is never committed; the upload measures the object.
    HashRefused,
    /// It ended after all bytes were stored: Youku may have made a video nevertheless.
    FailedAfterTransfer,
    /// It ended because Youku refused the hash of bytes that do have it.
    FailedRefused,
    /// A person cancelled it before all bytes were stored.
    Cancelled,
    /// It ended this way, and its callback was notified or given up.
    Notified(End),
    /// It is a video, and its callback was notified of the video's event or given up.
    FollowUpSent,
    /// It waits, and resumes from this state.
    Waiting(ActiveState),
}

/// How an upload ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of State")]
pub enum End {
    Committed,
    Failed,
    FailedAfterTransfer,
    FailedRefused,
}

/// A state from which an upload resumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of State")]
pub enum ActiveState {
    Claimed,
    Created,
    Transferred,
    HashRefused,
}

/// A step that the state does not permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidTransition {
    state: State,
    step: StepKind,
}

impl fmt::Display for InvalidTransition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the step `{}` does not follow the state `{}`", self.step.as_str(), self.state.as_str())
    }
}

impl std::error::Error for InvalidTransition {}

/// One transition from a state to another.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// What the transition means.
    pub name: &'static str,
    /// The state before.
    pub from: State,
    /// The step.
    pub step: StepKind,
    /// The state after.
    pub to: State,
}

const fn edge(name: &'static str, from: State, step: StepKind, to: State) -> Edge {
    Edge { name, from, step, to }
}

/// Every transition.
pub const EDGES: [Edge; 59] = {
    use State::*;
    use StepKind as By;
    [
        edge("started", New, By::Claimed, Claimed),
        edge("taken over before a session", Claimed, By::Claimed, Claimed),
        edge("taken over in mid-transfer", Created, By::Claimed, Created),
        edge("taken over before commit", Transferred, By::Claimed, Transferred),
        edge("taken over before measuring", HashRefused, By::Claimed, HashRefused),
        edge("taken over before callback", Committed, By::Claimed, Committed),
        edge("failure taken over", Failed, By::Claimed, Failed),
        edge("late failure taken over", FailedAfterTransfer, By::Claimed, FailedAfterTransfer),
        edge("refused hash taken over", FailedRefused, By::Claimed, FailedRefused),
        edge("cancellation taken over", Cancelled, By::Claimed, Cancelled),
        edge(
            "taken over before the video's event",
            Notified(End::Committed),
            By::Claimed,
            Notified(End::Committed),
        ),
        edge("taken over after the video's event", FollowUpSent, By::Claimed, FollowUpSent),
        edge("changed before its callback", Committed, By::Updated, Committed),
        edge("changed after its callback", Notified(End::Committed), By::Updated, Notified(End::Committed)),
        edge("changed after the video's event", FollowUpSent, By::Updated, FollowUpSent),
        edge("scheduled before its callback", Committed, By::Scheduled, Committed),
        edge(
            "scheduled after its callback",
            Notified(End::Committed),
            By::Scheduled,
            Notified(End::Committed),
        ),
        edge("scheduled after the video's event", FollowUpSent, By::Scheduled, FollowUpSent),
        edge("refused change reported", Notified(End::Committed), By::Notified, Notified(End::Committed)),
        edge("refused change reported after the video's event", FollowUpSent, By::Notified, FollowUpSent),
        edge("notified failure taken over", Notified(End::Failed), By::Claimed, Notified(End::Failed)),
        edge(
            "notified late failure taken over",
            Notified(End::FailedAfterTransfer),
            By::Claimed,
            Notified(End::FailedAfterTransfer),
        ),
        edge(
            "notified refused hash taken over",
            Notified(End::FailedRefused),
            By::Claimed,
            Notified(End::FailedRefused),
        ),
        edge("resumed before a session", Waiting(ActiveState::Claimed), By::Claimed, Claimed),
        edge("resumed in mid-transfer", Waiting(ActiveState::Created), By::Claimed, Created),
        edge("resumed before commit", Waiting(ActiveState::Transferred), By::Claimed, Transferred),
        edge("resumed before measuring", Waiting(ActiveState::HashRefused), By::Claimed, HashRefused),
        edge("session opened", Claimed, By::Created, Created),
        edge("session replaced", Created, By::Created, Created),
        edge("session opened with the measured hash", HashRefused, By::Created, Created),
        edge("bytes stored", Created, By::Transferred, Transferred),
        edge("published", Transferred, By::Committed, Committed),
        edge("success reported", Committed, By::Notified, Notified(End::Committed)),
        edge("the video's event reported", Notified(End::Committed), By::Notified, FollowUpSent),
        edge("failure reported", Failed, By::Notified, Notified(End::Failed)),
        edge("late failure reported", FailedAfterTransfer, By::Notified, Notified(End::FailedAfterTransfer)),
        edge("refused hash reported", FailedRefused, By::Notified, Notified(End::FailedRefused)),
        edge("failed before a session", Claimed, By::Failed, Failed),
        edge("failed in mid-transfer", Created, By::Failed, Failed),
        edge("failed at commit", Transferred, By::Failed, FailedAfterTransfer),
        edge("failed for the hash", HashRefused, By::Failed, FailedRefused),
        edge("cancelled before a session", Claimed, By::Cancelled, Cancelled),
        edge("cancelled in mid-transfer", Created, By::Cancelled, Cancelled),
        edge(
            "cancelled while waiting before a session",
            Waiting(ActiveState::Claimed),
            By::Cancelled,
            Cancelled,
        ),
        edge(
            "cancelled while waiting in mid-transfer",
            Waiting(ActiveState::Created),
            By::Cancelled,
            Cancelled,
        ),
        edge("failure reopened", Failed, By::Reopened, Claimed),
        edge("late failure reopened", FailedAfterTransfer, By::Reopened, Transferred),
        edge("restarted by a person's decision", FailedAfterTransfer, By::Reopened, Claimed),
        edge("refused hash reopened", FailedRefused, By::Reopened, HashRefused),
        edge("notified failure reopened", Notified(End::Failed), By::Reopened, Claimed),
        edge("notified late failure reopened", Notified(End::FailedAfterTransfer), By::Reopened, Transferred),
        edge(
            "restarted after notification by a person's decision",
            Notified(End::FailedAfterTransfer),
            By::Reopened,
            Claimed,
        ),
        edge("notified refused hash reopened", Notified(End::FailedRefused), By::Reopened, HashRefused),
        edge("cancellation reopened", Cancelled, By::Reopened, Claimed),
        edge("waiting before a session", Claimed, By::Waiting, Waiting(ActiveState::Claimed)),
        edge("waiting in mid-transfer", Created, By::Waiting, Waiting(ActiveState::Created)),
        edge("waiting before commit", Transferred, By::Waiting, Waiting(ActiveState::Transferred)),
        edge("hash refused", Transferred, By::Waiting, HashRefused),
        edge("waiting before measuring", HashRefused, By::Waiting, Waiting(ActiveState::HashRefused)),
    ]
};

impl State {
    /// Returns the state after `step`.
    ///
    /// # Errors
    /// If this step does not lead on from this state.
    pub fn after(self, step: &Step) -> Result<Self, InvalidTransition> {
        self.find_edge(step).map(|edge| edge.to).ok_or(InvalidTransition { state: self, step: step.kind() })
    }

    fn find_edge(self, step: &Step) -> Option<&'static Edge> {
        let mut edges = EDGES.iter().filter(|edge| edge.from == self && edge.step == step.kind());
        edges.find(|edge| match step {
            // The outcome is reported first, the video's event after it; a refused change changes nothing.
            Step::Notified { event: None, .. } => edge.from != edge.to && edge.to != Self::FollowUpSent,
            Step::Notified { event: Some(VideoEvent::UpdateRefused), .. } => edge.from == edge.to,
            Step::Notified { event: Some(_), .. } => edge.from != edge.to && edge.to == Self::FollowUpSent,
            // On record a refused hash is a state of its own, so that nobody commits that session again.
            Step::Waiting(waiting) => (waiting.reason == WaitReason::Hash) == (edge.to == Self::HashRefused),
            // It makes a difference only for an upload that ended after its bytes were stored.
            Step::Reopened(reopening) => {
                !self.is_possibly_published() || reopening.new_session == (edge.to == Self::Claimed)
            }
            _ => true,
        })
    }

    /// Whether it ended and nobody knows whether Youku made a video of it.
    fn is_possibly_published(self) -> bool {
        matches!(self, Self::FailedAfterTransfer | Self::Notified(End::FailedAfterTransfer))
    }

    /// The state's word in responses: that of the step that led to it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Claimed => "claimed",
            Self::Created => "created",
            Self::Transferred => "transferred",
            Self::HashRefused => "waiting",
            Self::Committed => "committed",
            Self::Failed | Self::FailedAfterTransfer | Self::FailedRefused => "failed",
            Self::Cancelled => "cancelled",
            Self::Notified(_) | Self::FollowUpSent => "notified",
            Self::Waiting(_) => "waiting",
        }
    }

    /// Whether the upload is a video or will not become one, unless a person reopens it.
    #[must_use]
    pub fn has_ended(self) -> bool {
        match self {
            Self::Committed
            | Self::Failed
            | Self::FailedAfterTransfer
            | Self::FailedRefused
            | Self::Cancelled
            | Self::Notified(_)
            | Self::FollowUpSent => true,
            Self::New
            | Self::Claimed
            | Self::Created
            | Self::Transferred
            | Self::HashRefused
            | Self::Waiting(_) => false,
        }
    }

    /// Whether it is a video.
    #[must_use]
    pub fn is_published(self) -> bool {
        matches!(self, Self::Committed | Self::Notified(End::Committed) | Self::FollowUpSent)
    }

    /// Whether a holder is working on it towards a video.
    #[must_use]
    pub(crate) fn is_working(self) -> bool {
        matches!(self, Self::Claimed | Self::Created | Self::Transferred | Self::HashRefused)
    }

    /// Whether it can be cancelled: its bytes are not all stored, so that it is not a video.
    #[must_use]
    pub fn can_be_cancelled(self) -> bool {
        EDGES.iter().any(|edge| edge.from == self && edge.step == StepKind::Cancelled)
    }

    /// Whether a person may reopen it.
    #[must_use]
    pub fn can_be_reopened(self) -> bool {
        EDGES.iter().any(|edge| edge.from == self && edge.step == StepKind::Reopened)
    }
}
