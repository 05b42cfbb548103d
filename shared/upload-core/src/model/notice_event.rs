//! The events that group robots report.

use serde::{Deserialize, Serialize};

/// An event that a person may want to hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeEvent {
    /// An upload waits for a person.
    NeedsYou,
    /// An upload failed for good.
    Failed,
    /// A published video was rejected or taken down.
    VideoRejected,
    /// An account's access token expires soon.
    TokenExpiring,
    /// A video was published.
    Published,
    /// A published video can be watched.
    VideoReady,
}

impl NoticeEvent {
    /// Every event, the most urgent first.
    pub const ALL: [Self; 6] = [
        Self::NeedsYou,
        Self::Failed,
        Self::VideoRejected,
        Self::TokenExpiring,
        Self::Published,
        Self::VideoReady,
    ];

    /// The event's word in settings and in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeedsYou => "needs_you",
            Self::Failed => "failed",
            Self::VideoRejected => "video_rejected",
            Self::TokenExpiring => "token_expiring",
            Self::Published => "published",
            Self::VideoReady => "video_ready",
        }
    }

    /// The event of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == word)
    }
}
