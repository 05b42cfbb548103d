//! The state machine: where an upload stands, and which step leads on from there.

use super::step::{Step, StepKind, WaitReason};
use std::fmt;

/// Where an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Nothing is known of it.
    New,
    /// Somebody took it.
    Claimed,
    /// A session is open at Youku.
    Created,
    /// All bytes have landed. From here on no other session is opened by guess: a commit may have gone through.
    Transferred,
    /// It is a video.
    Committed,
    /// It ended before the bytes had landed.
    Failed,
    /// Youku refused the commit for the hash. The session is never committed; the upload measures the object.
    HashRefused,
    /// It ended after the bytes had landed: Youku may hold a video nevertheless.
    FailedAfterTransfer,
    /// It ended because Youku refused the hash of bytes that have it.
    FailedRefused,
    /// A person gave it up before the bytes had landed.
    Cancelled,
    /// It ended this way, and its callback was told so, or given up.
    Notified(End),
    /// It is a video, and its callback was told what became of it, or given up.
    FollowUpSent,
    /// It rests, and goes on from here.
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

/// Where an upload goes on from.
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
        write!(f, "the step `{}` does not follow the state {:?}", self.step.as_str(), self.state)
    }
}

impl std::error::Error for InvalidTransition {}

/// One way from a state to another.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// What it means.
    pub name: &'static str,
    /// From where.
    pub from: State,
    /// By which step.
    pub step: StepKind,
    /// To where.
    pub to: State,
}

const fn edge(name: &'static str, from: State, step: StepKind, to: State) -> Edge {
    Edge { name, from, step, to }
}

/// Every way there is.
pub const EDGES: [Edge; 50] = {
    use State::*;
    use StepKind as By;
    [
        edge("begun", New, By::Claimed, Claimed),
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
            "taken over before the video's fate is told",
            Notified(End::Committed),
            By::Claimed,
            Notified(End::Committed),
        ),
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
        edge("bytes landed", Created, By::Transferred, Transferred),
        edge("published", Transferred, By::Committed, Committed),
        edge("success reported", Committed, By::Notified, Notified(End::Committed)),
        edge("the video's fate reported", Notified(End::Committed), By::Notified, FollowUpSent),
        edge("failure reported", Failed, By::Notified, Notified(End::Failed)),
        edge("late failure reported", FailedAfterTransfer, By::Notified, Notified(End::FailedAfterTransfer)),
        edge("refused hash reported", FailedRefused, By::Notified, Notified(End::FailedRefused)),
        edge("failed before a session", Claimed, By::Failed, Failed),
        edge("failed in mid-transfer", Created, By::Failed, Failed),
        edge("failed at commit", Transferred, By::Failed, FailedAfterTransfer),
        edge("failed for the hash", HashRefused, By::Failed, FailedRefused),
        edge("cancelled before a session", Claimed, By::Cancelled, Cancelled),
        edge("cancelled in mid-transfer", Created, By::Cancelled, Cancelled),
        edge("cancelled at rest before a session", Waiting(ActiveState::Claimed), By::Cancelled, Cancelled),
        edge("cancelled at rest in mid-transfer", Waiting(ActiveState::Created), By::Cancelled, Cancelled),
        edge("failure reopened", Failed, By::Reopened, Claimed),
        edge("late failure reopened", FailedAfterTransfer, By::Reopened, Transferred),
        edge("begun anew by a person's word", FailedAfterTransfer, By::Reopened, Claimed),
        edge("refused hash reopened", FailedRefused, By::Reopened, HashRefused),
        edge("notified failure reopened", Notified(End::Failed), By::Reopened, Claimed),
        edge("notified late failure reopened", Notified(End::FailedAfterTransfer), By::Reopened, Transferred),
        edge(
            "notified and begun anew by a person's word",
            Notified(End::FailedAfterTransfer),
            By::Reopened,
            Claimed,
        ),
        edge("notified refused hash reopened", Notified(End::FailedRefused), By::Reopened, HashRefused),
        edge("cancellation reopened", Cancelled, By::Reopened, Claimed),
        edge("put aside before a session", Claimed, By::Waiting, Waiting(ActiveState::Claimed)),
        edge("put aside in mid-transfer", Created, By::Waiting, Waiting(ActiveState::Created)),
        edge("put aside before commit", Transferred, By::Waiting, Waiting(ActiveState::Transferred)),
        edge("hash refused", Transferred, By::Waiting, HashRefused),
        edge("put aside before measuring", HashRefused, By::Waiting, Waiting(ActiveState::HashRefused)),
    ]
};

impl State {
    /// Where `step` leads.
    ///
    /// # Errors
    /// Where no edge leads from here by this step.
    pub fn after(self, step: &Step) -> Result<Self, InvalidTransition> {
        self.edge(step).map(|edge| edge.to).ok_or(InvalidTransition { state: self, step: step.kind() })
    }

    fn edge(self, step: &Step) -> Option<&'static Edge> {
        let mut edges = EDGES.iter().filter(|edge| edge.from == self && edge.step == step.kind());
        edges.find(|edge| match step {
            // The outcome is told first, the video's fate after it.
            Step::Notified { event, .. } => event.is_some() == (edge.to == Self::FollowUpSent),
            // On record a refused hash is a state of its own, so that nobody asks for that session's commit again.
            Step::Waiting(waiting) => (waiting.reason == WaitReason::Hash) == (edge.to == Self::HashRefused),
            // Only of what ended after its bytes had landed it makes a difference.
            Step::Reopened(reopening) => {
                !self.may_be_a_video() || reopening.new_session == (edge.to == Self::Claimed)
            }
            _ => true,
        })
    }

    /// Whether it ended with nobody knowing whether Youku holds a video.
    fn may_be_a_video(self) -> bool {
        matches!(self, Self::FailedAfterTransfer | Self::Notified(End::FailedAfterTransfer))
    }

    /// The word for it in answers: that of the step that led to it.
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

    /// Whether the upload is a video or will not become one, but for a person who wants it tried again.
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

    /// Whether a holder works on it towards a video.
    #[must_use]
    pub(crate) fn is_working(self) -> bool {
        matches!(self, Self::Claimed | Self::Created | Self::Transferred | Self::HashRefused)
    }

    /// Whether it can be cancelled: its bytes have not landed, so that it is no video (design: cancel).
    #[must_use]
    pub fn can_be_cancelled(self) -> bool {
        EDGES.iter().any(|edge| edge.from == self && edge.step == StepKind::Cancelled)
    }

    /// Whether a person may have it tried again.
    #[must_use]
    pub fn can_be_reopened(self) -> bool {
        EDGES.iter().any(|edge| edge.from == self && edge.step == StepKind::Reopened)
    }
}

/// Counts the edges that a test's records have walked; each test has its own thread.
#[cfg(test)]
pub(crate) mod walked {
    use super::{EDGES, State, StepKind};
    use std::cell::RefCell;

    thread_local! {
        static WALKED: RefCell<[u32; EDGES.len()]> = const { RefCell::new([0; EDGES.len()]) };
    }

    pub(in crate::ledger) fn count(from: State, to: State, step: StepKind) {
        let number = EDGES.iter().position(|edge| edge.from == from && edge.to == to && edge.step == step);
        WALKED.with_borrow_mut(|walked| number.into_iter().for_each(|number| walked[number] += 1));
    }

    /// The edges that nobody has walked on this thread.
    pub(crate) fn missing() -> Vec<&'static str> {
        WALKED.with_borrow(|walked| {
            EDGES.iter().zip(walked).filter(|(_, times)| **times == 0).map(|(edge, _)| edge.name).collect()
        })
    }
}
