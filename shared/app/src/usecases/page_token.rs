//! Where a page of a list begins.

use std::fmt;
use upload_core::{UploadId, ledger::FinishedKey};

/// A part of all uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListState {
    /// Something is left to do, if only a callback.
    Open,
    /// They ended in the last 30 days, the latest first.
    Finished,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageToken {
    /// After this open upload.
    Open(UploadId),
    /// After this ended upload, or with the latest.
    Finished(Option<FinishedKey>),
}

/// Text of [`PageToken::Finished`] without a key.
const FINISHED: &str = "finished";

impl PageToken {
    /// Reads a token as [`Display`](fmt::Display) writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == FINISHED {
            return Some(Self::Finished(None));
        }
        let open = UploadId::parse(text).map(Self::Open);
        open.or_else(|| FinishedKey::parse(text).map(|key| Self::Finished(Some(key))))
    }

    /// The part of the list in which the page begins.
    #[must_use]
    pub fn state(&self) -> ListState {
        match self {
            Self::Open(_) => ListState::Open,
            Self::Finished(_) => ListState::Finished,
        }
    }

    /// The open upload after which the page begins.
    pub(super) fn open_id(&self) -> Option<&UploadId> {
        match self {
            Self::Open(id) => Some(id),
            Self::Finished(_) => None,
        }
    }
}

impl fmt::Display for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(id) => write!(f, "{id}"),
            Self::Finished(Some(key)) => write!(f, "{key}"),
            Self::Finished(None) => f.write_str(FINISHED),
        }
    }
}
