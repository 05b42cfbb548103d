//! What can be wrong with a file.

use crate::container::Container;

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What is wrong.
    pub problem: Problem,
    /// Whether the file is lost or only suspect.
    pub severity: Severity,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// No player can make a whole video of this file. It rests on bytes that were read.
    Refuse,
    /// The file may be in order: something is unusual, unknown, or was not read.
    Warn,
}

impl Severity {
    /// A stable word: `refuse` or `warn`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Warn => "warn",
        }
    }
}

/// The languages of the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// An MP4 or QuickTime file without its index (`moov`): the program that wrote it did not end.
    NoIndex,
    /// The headers promise more bytes than there are.
    Truncated,
    /// There is sound or data, but there are no pictures.
    NoVideoTrack,
    /// The pictures or the sound are encrypted.
    Encrypted,
    /// Something else was saved under a video's name.
    NotAVideo(OtherKind),
    /// No known container claims the bytes.
    Unrecognized,
    /// The file's name promises another container.
    WrongExtension {
        /// The container of the bytes.
        container: Container,
    },
    /// The headers state a duration of zero.
    ZeroDuration,
    /// A video codec that hosts rarely accept, or that is not known here.
    UnusualCodec {
        /// Its name, or the container's code for it; `None` if neither is known.
        codec: Option<String>,
    },
    /// The index follows the pictures and sound: a player needs the end of the file before it can start.
    IndexAtEnd,
    /// The file plays longer than the caller's limit.
    TooLong,
    /// The file has more bytes than the caller's limit.
    TooLarge,
    /// A bound on what is read was reached, or a read came back empty: the file was checked in part.
    Unchecked,
}

impl Problem {
    /// A stable word for programs: `no_index`, `truncated`, `no_video_track`, `encrypted`, `not_a_video`, `unrecognised`, `wrong_extension`,
    /// `zero_duration`, `unusual_codec`, `index_at_end`, `too_long`, `too_large` or `unchecked`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NoIndex => "no_index",
            Self::Truncated => "truncated",
            Self::NoVideoTrack => "no_video_track",
            Self::Encrypted => "encrypted",
            Self::NotAVideo(_) => "not_a_video",
            Self::Unrecognized => "unrecognised",
            Self::WrongExtension { .. } => "wrong_extension",
            Self::ZeroDuration => "zero_duration",
            Self::UnusualCodec { .. } => "unusual_codec",
            Self::IndexAtEnd => "index_at_end",
            Self::TooLong => "too_long",
            Self::TooLarge => "too_large",
            Self::Unchecked => "unchecked",
        }
    }
}

/// What was saved under a video's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OtherKind {
    /// Nothing: a file of no bytes.
    Empty,
    /// A web page, often an error page.
    Html,
    /// An XML document, often a store's error.
    Xml,
    /// A zip archive.
    Zip,
    /// Zeros at the beginning, in the middle and at the end: space that was reserved and never written.
    Zeros,
    /// A still picture in an MP4-like file (HEIF, AVIF).
    StillPicture,
    /// A QuickTime movie whose pictures and sound are in other files, which it names.
    ReferenceMovie,
}
