//! The state of a row: where an upload stands, in words that need no ledger to be understood.

use app::{
    CallbackStatus,
    core::ledger::{End, PendingMessage, State, WaitReason},
};
use serde::{Deserialize, Serialize};

/// Where an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RowState {
    /// It goes on, or is reported, only after a person did something.
    NeedsYou,
    /// Nobody works on it; the next event or sweep will.
    Queued,
    /// A holder works on it, and no session is open at Youku: its object is looked at or measured.
    Hashing,
    /// Its bytes are on their way, or all there and about to be committed.
    Uploading,
    /// It waits for a time or a token, and goes on by itself.
    Waiting,
    /// It is a video that Youku has not decided about, where that is known.
    InReview,
    /// It is a video.
    Published,
    /// It ended without a video.
    Failed,
    /// A person cancelled it.
    Cancelled,
}

/// What decides the state besides the ledger's own.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Standing<'a> {
    /// A holder works on it.
    pub(crate) is_held: bool,
    /// Its record says that it waits.
    pub(crate) waits_for: Option<WaitReason>,
    /// Its mark says that nobody resumes it before a time.
    pub(crate) is_postponed: bool,
    /// Its mark names an error that a person must help with.
    pub(crate) is_paused: bool,
    /// Its file is local to a user's machine: no sweep resumes it.
    pub(crate) is_carried: bool,
    /// The callback that it still waits for after its end.
    pub(crate) callback: Option<&'a CallbackStatus>,
    /// Its video could not be made public at its hour.
    pub(crate) is_hour_failed: bool,
    /// Its video is hidden until its hour.
    pub(crate) is_hidden: bool,
}

impl RowState {
    /// Every state, in the order of the page's list.
    pub(crate) const ALL: [Self; 9] = [
        Self::NeedsYou,
        Self::Queued,
        Self::Hashing,
        Self::Uploading,
        Self::Waiting,
        Self::InReview,
        Self::Published,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The state of an upload whose record was read.
    pub(crate) fn from_state(state: State, standing: &Standing<'_>) -> Self {
        match state {
            State::New | State::Claimed | State::HashRefused if standing.is_held => Self::Hashing,
            State::Created | State::Transferred if standing.is_held => Self::Uploading,
            State::New
            | State::Claimed
            | State::Created
            | State::Transferred
            | State::HashRefused
            | State::Waiting(_) => Self::from_open(standing),
            State::Committed | State::Notified(End::Committed) | State::FollowUpSent => {
                Self::from_published(standing)
            }
            State::Failed | State::FailedAfterTransfer | State::FailedRefused | State::Notified(_) => {
                Self::Failed
            }
            State::Cancelled => Self::Cancelled,
        }
    }

    /// The state of an upload of which only a list's word is known: `open`, `committed`, `failed` or `cancelled`.
    pub(crate) fn from_listed(word: &str, standing: &Standing<'_>) -> Self {
        match word {
            "committed" => Self::from_published(standing),
            "failed" => Self::Failed,
            "cancelled" => Self::Cancelled,
            _ if standing.is_held => Self::Hashing,
            _ => Self::from_open(standing),
        }
    }

    /// The state of an open upload by the HTTP API's word for it.
    pub(crate) fn from_word(word: &str, standing: &Standing<'_>) -> Self {
        match word {
            "created" | "transferred" if standing.is_held => Self::Uploading,
            "new" | "claimed" if standing.is_held => Self::Hashing,
            _ => Self::from_open(standing),
        }
    }

    /// An open upload that nobody works on.
    fn from_open(standing: &Standing<'_>) -> Self {
        match standing.waits_for {
            _ if standing.is_carried || standing.is_paused => Self::NeedsYou,
            Some(reason) if reason.needs_person() => Self::NeedsYou,
            Some(_) => Self::Waiting,
            None if standing.is_postponed => Self::Waiting,
            None => Self::Queued,
        }
    }

    fn from_published(standing: &Standing<'_>) -> Self {
        match standing.callback {
            _ if standing.is_hour_failed => Self::NeedsYou,
            _ if standing.is_hidden => Self::Waiting,
            // The settings do not let it be sent, so that no attempt helps.
            Some(CallbackStatus { code: Some(code), .. }) if code == "forbidden" || code == "config" => {
                Self::NeedsYou
            }
            Some(CallbackStatus { message: PendingMessage::Event, .. }) => Self::InReview,
            _ => Self::Published,
        }
    }

    /// The word of its JSON form.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::NeedsYou => "needs_you",
            Self::Queued => "queued",
            Self::Hashing => "hashing",
            Self::Uploading => "uploading",
            Self::Waiting => "waiting",
            Self::InReview => "in_review",
            Self::Published => "published",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Its place among the rows: what waits for a person, what moves, what will, and what has ended.
    pub(crate) fn rank(self) -> u8 {
        match self {
            Self::NeedsYou => 0,
            Self::Hashing | Self::Uploading => 1,
            Self::Queued | Self::Waiting => 2,
            Self::InReview | Self::Published | Self::Failed | Self::Cancelled => 3,
        }
    }
}

#[cfg(test)]
mod tests;
