//! Why an upload is claimed, and what that takes.

use super::record::Record;

/// Why an upload is claimed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ClaimMode {
    Due,
    /// What it waits for has come, though it may be waiting.
    Forced,
    /// A person requests an upload that waits, or that ended without a video.
    Requested,
    /// The video of a published upload is to be changed.
    Change,
}

impl ClaimMode {
    /// Whether a person or a sidecar wants something of an upload, whatever it waits for.
    pub(super) fn is_asked(self) -> bool {
        matches!(self, Self::Requested | Self::Change)
    }

    /// Whether an upload that has ended, with nothing left to do, is taken all the same.
    pub(super) fn takes_settled(self, record: &Record) -> bool {
        match self {
            Self::Due | Self::Forced => false,
            Self::Requested => record.state.can_be_reopened(),
            Self::Change => record.state.is_published(),
        }
    }
}
