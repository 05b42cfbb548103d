//! The ways in which Youku, its bucket and the source may differ from the convenient ones.

use crate::Mode;
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
    /// The source states no MD5.
    pub(crate) hides_md5: bool,
    /// The source states no CRC-64.
    pub(crate) hides_crc: bool,
    /// Youku's bucket answers no CRC-64.
    pub(crate) answers_no_crc: bool,
}

const BOTH: [bool; 2] = [false, true];

impl Quirks {
    pub(crate) const NONE: Self = Self {
        refuses_second_commit: false,
        hides_parts: false,
        hides_video_id: false,
        shows_uncommitted: false,
        hides_md5: false,
        hides_crc: false,
        answers_no_crc: false,
    };
    pub(crate) const HIDES_PARTS: Self = Self { hides_parts: true, ..Self::NONE };
    pub(crate) const HIDES_VIDEO_ID: Self = Self { hides_video_id: true, ..Self::NONE };
    pub(crate) const REFUSES_SECOND_COMMIT: Self = Self { refuses_second_commit: true, ..Self::NONE };
    pub(crate) const SHOWS_UNCOMMITTED: Self = Self { shows_uncommitted: true, ..Self::NONE };

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
            ("hides_md5", self.hides_md5),
            ("hides_crc", self.hides_crc),
            ("answers_no_crc", self.answers_no_crc),
        ];
        let there = named.iter().filter(|(_, is_there)| *is_there);
        let names: Vec<_> = there.map(|(name, _)| *name).collect();
        formatter.write_str(if names.is_empty() { "none" } else { "" })?;
        formatter.write_str(&names.join("+"))
    }
}
