//! What happens to an object whose bytes are no whole video.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What the preflight does with an object that it would refuse. In JSON and settings a word: `refuse`, `warn` or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preflight {
    /// The upload fails as [`NotPublishable`](crate::ErrorKind::NotPublishable) before Youku is asked for anything.
    #[default]
    Refuse,
    /// The findings are recorded and logged, and the object is published all the same.
    Warn,
    /// The object is not looked at.
    Off,
}

impl Preflight {
    const WORDS: [(Self, &str); 3] = [(Self::Refuse, "refuse"), (Self::Warn, "warn"), (Self::Off, "off")];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(known, _)| *known == self).map_or("refuse", |(_, word)| word)
    }

    /// Reads its word; `None` for any other text.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(known, _)| *known)
    }
}

/// What is known of the videos that Youku takes: the preflight warns of one beyond it (`too_long`, `too_large`). Youku's pages state neither
/// limit for its API, so that none is assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VideoLimits {
    /// The longest video.
    pub max_duration: Option<Duration>,
    /// The largest file, in bytes.
    pub max_size: Option<u64>,
}
