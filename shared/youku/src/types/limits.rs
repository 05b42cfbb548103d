//! Youku's limits for texts, as numbers: [`validate`](crate::NewVideo::new) applies them, and a form counts by them.

use super::visible_text::TITLE_CHARACTERS;
use serde::Serialize;

/// Youku's limits for texts, by its newest page. Lengths are counted in characters (Unicode scalar values).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Characters of the title.
    pub title: Range,
    /// Number of tags.
    pub tags: Range,
    /// Characters of each tag.
    pub tag: Range,
    /// Characters of the description.
    pub description: Range,
}

/// The least and the most of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Range {
    /// The least that is accepted.
    pub min: usize,
    /// The most that is accepted.
    pub max: usize,
}

/// The limits in force.
pub const LIMITS: Limits = Limits {
    title: Range { min: 1, max: TITLE_CHARACTERS },
    tags: Range { min: 1, max: 10 },
    tag: Range { min: 2, max: 20 },
    description: Range { min: 0, max: 1999 },
};

impl Range {
    /// Whether a count is within it.
    #[must_use]
    pub fn contains(self, count: usize) -> bool {
        (self.min..=self.max).contains(&count)
    }
}
