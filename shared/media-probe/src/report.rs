//! What a probe reports.

use crate::{
    container::Container,
    finding::{Finding, Severity},
};
use std::time::Duration;

/// What a file holds, as far as its headers say, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Report {
    /// The file's container; `None` if no known one claims the bytes.
    pub container: Option<Container>,
    /// How long the file plays, as its headers state it or as its first and last time stamps show; `None` if neither is known.
    pub duration: Option<Duration>,
    /// The tracks that were found, in the file's order.
    pub tracks: Vec<Track>,
    /// Whether the index stands before the pictures and sound, so that a player can start before it has all of the file.
    /// Known of the MP4 family, and of Matroska where the file says it.
    pub index_at_start: Option<bool>,
    /// What is wrong, the refusals first; empty for a file that is in order.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether a finding says that the file cannot become a video.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Refuse)
    }

    /// The first track with pictures, whose codec and size are the file's.
    #[must_use]
    pub fn video(&self) -> Option<&Track> {
        self.tracks.iter().find(|track| track.kind == TrackKind::Video)
    }
}

/// One track, also called stream.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Track {
    /// What the track holds.
    pub kind: TrackKind,
    /// The codec's name as FFmpeg has it (`h264`, `hevc`, `aac`); `None` if it is not known here.
    pub codec: Option<&'static str>,
    /// How the container names the codec (`avc1`, `V_VP9`, `0x1b`), in printable ASCII and at most 32 characters; empty if it does not.
    pub code: String,
    /// Size of the picture; `None` for other tracks, or if the headers do not state it.
    pub picture: Option<Picture>,
    /// Whether the track's samples are encrypted.
    pub is_encrypted: bool,
}

impl Track {
    pub(crate) fn new(kind: TrackKind) -> Self {
        Self { kind, codec: None, code: String::new(), picture: None, is_encrypted: false }
    }
}

/// Width and height of a picture in pixels, as it is coded: before rotation, and before pixels are stretched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// Pixels from left to right, at least 1.
    pub width: u32,
    /// Pixels from top to bottom, at least 1.
    pub height: u32,
}

impl Picture {
    /// `None` for an area without pixels.
    pub(crate) fn new(width: u32, height: u32) -> Option<Self> {
        (width > 0 && height > 0).then_some(Self { width, height })
    }
}

/// What a track holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrackKind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
    /// Subtitles or captions.
    Subtitle,
    /// Time codes, chapters, hints and other data that is no picture.
    Data,
    /// Something that this crate does not know; it may be pictures.
    Unknown,
}
