//! The ways in which Youku, its bucket and the source may differ from the convenient ones.

use crate::{Mode, Shortcuts};
use rand::{RngExt, rngs::StdRng};
use std::fmt;

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Quirks {
    /// Youku refuses a second commit of one session.
    pub(crate) refuses_second_commit: bool,
    /// Youku's bucket denies ListParts.
    pub(crate) hides_parts: bool,
    /// Youku's create answers no video id.
    pub(crate) hides_video_id: bool,
    /// Youku shows videos that were never committed.
    pub(crate) shows_uncommitted: bool,
    /// Where Youku does not show videos that were committed.
    pub(crate) hidden: Option<Hidden>,
    /// The source states no MD5.
    pub(crate) hides_md5: bool,
    /// The source states no CRC-64.
    pub(crate) hides_crc: bool,
    /// Youku's bucket answers no CRC-64.
    pub(crate) answers_no_crc: bool,
    /// The settings allow sessions of the web form, which state no MD5, and Youku does this with them.
    pub(crate) web_sessions: Option<WebSessions>,
    /// The settings allow one PutObject, an object fits in it, and Youku does this with it.
    pub(crate) single_put: Option<SinglePut>,
}

/// Where committed videos are hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// From the calls that ask for an id.
    FromShow,
    /// From every call.
    Everywhere,
}

/// What Youku does with an object that one PutObject sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SinglePut {
    Taken,
    RefusedAtBucket,
    RefusedAtCommit,
}

/// What Youku does with a session of the web form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WebSessions {
    Taken,
    RefusedAtCreate,
    RefusedAtCommit,
}

const BOTH: [bool; 2] = [false, true];

impl Quirks {
    pub(crate) const NONE: Self = Self {
        refuses_second_commit: false,
        hides_parts: false,
        hides_video_id: false,
        shows_uncommitted: false,
        hidden: None,
        hides_md5: false,
        hides_crc: false,
        answers_no_crc: false,
        web_sessions: None,
        single_put: None,
    };
    pub(crate) const HIDES_PARTS: Self = Self { hides_parts: true, ..Self::NONE };
    pub(crate) const HIDES_VIDEO_ID: Self = Self { hides_video_id: true, ..Self::NONE };
    pub(crate) const REFUSES_SECOND_COMMIT: Self = Self { refuses_second_commit: true, ..Self::NONE };
    pub(crate) const SHOWS_UNCOMMITTED: Self = Self { shows_uncommitted: true, ..Self::NONE };

    /// Youku refuses a second commit, and hides what was committed.
    pub(crate) const fn of_hidden(hidden: Hidden) -> Self {
        Self { hidden: Some(hidden), ..Self::REFUSES_SECOND_COMMIT }
    }

    /// The MD5 is unknown, the settings allow a session without one, and Youku does this with it.
    pub(crate) const fn of_web_session(web: WebSessions) -> Self {
        Self { hides_md5: true, web_sessions: Some(web), ..Self::NONE }
    }

    /// The settings allow one PutObject, and Youku does this with it.
    pub(crate) const fn of_single_put(single_put: SinglePut) -> Self {
        Self { single_put: Some(single_put), ..Self::NONE }
    }

    /// The shorter ways that the settings of its uploaders allow.
    pub(crate) fn shortcuts(&self) -> Shortcuts {
        Shortcuts { without_md5: self.web_sessions.is_some(), single_put: self.single_put.is_some() }
    }

    /// The bytes of a part: where one PutObject is allowed the tests' objects fit in it.
    pub(crate) fn part_size(&self) -> u64 {
        if self.single_put.is_some() { 8 << 20 } else { 1 << 20 }
    }

    /// In each mode none, and the two that bear on resuming and committing there.
    pub(crate) const BY_MODE: [(Mode, Self); 4] = [
        (Mode::Oss, Self::NONE),
        (Mode::Oss, Self { hides_parts: true, ..Self::REFUSES_SECOND_COMMIT }),
        (Mode::Slice, Self::NONE),
        (Mode::Slice, Self { shows_uncommitted: true, ..Self::REFUSES_SECOND_COMMIT }),
    ];

    /// Every combination, those [of Youku](Self::of_youku) first.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for answers_no_crc in BOTH {
            for hides_crc in BOTH {
                for hides_md5 in BOTH {
                    let with = |youku| Self { hides_md5, hides_crc, answers_no_crc, ..youku };
                    all.extend(Self::of_youku().into_iter().map(with));
                }
            }
        }
        all
    }

    /// Every combination of Youku's own quirks, where source and bucket state every checksum.
    pub(crate) fn of_youku() -> Vec<Self> {
        let mut all = Vec::new();
        for shows_uncommitted in BOTH {
            for hides_video_id in BOTH {
                for hides_parts in BOTH {
                    all.extend(BOTH.map(|refuses_second_commit| Self {
                        refuses_second_commit,
                        hides_parts,
                        hides_video_id,
                        shows_uncommitted,
                        ..Self::NONE
                    }));
                }
            }
        }
        all
    }

    /// One of them by chance.
    pub(crate) fn choose(all: &[Self], chance: &mut StdRng) -> Self {
        all[chance.random_range(0..all.len())]
    }
}

/// The names of the quirks that are there.
impl fmt::Debug for Quirks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [
            ("refuses_second_commit", self.refuses_second_commit),
            ("hides_parts", self.hides_parts),
            ("hides_video_id", self.hides_video_id),
            ("shows_uncommitted", self.shows_uncommitted),
            ("hidden_from_show", self.hidden == Some(Hidden::FromShow)),
            ("hidden_everywhere", self.hidden == Some(Hidden::Everywhere)),
            ("hides_md5", self.hides_md5),
            ("hides_crc", self.hides_crc),
            ("answers_no_crc", self.answers_no_crc),
            ("web_sessions", self.web_sessions.is_some()),
            ("single_put", self.single_put.is_some()),
        ];
        let there = named.iter().filter(|(_, is_there)| *is_there);
        let names: Vec<_> = there.map(|(name, _)| *name).collect();
        formatter.write_str(if names.is_empty() { "none" } else { "" })?;
        formatter.write_str(&names.join("+"))
    }
}
