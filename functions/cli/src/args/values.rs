//! Flag values that are one of a few words.

use clap::ValueEnum;

/// Youku's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// Multipart upload into the bucket that Youku names.
    Oss,
    /// Slices handed out by Youku's upload server.
    Slice,
}

impl Mode {
    /// The word of the flag and of the settings.
    #[cfg(feature = "local-clouds")]
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Oss => "oss",
            Self::Slice => "slice",
        }
    }
}

impl From<Mode> for app::core::Mode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Oss => Self::Oss,
            Mode::Slice => Self::Slice,
        }
    }
}

/// Who made a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CopyrightType {
    /// The uploader.
    Original,
    /// Somebody else.
    Reproduced,
}

impl From<CopyrightType> for app::core::metadata::CopyrightType {
    fn from(kind: CopyrightType) -> Self {
        match kind {
            CopyrightType::Original => Self::Original,
            CopyrightType::Reproduced => Self::Reproduced,
        }
    }
}

/// Who may watch a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PublicType {
    /// Everybody.
    All,
    /// The account's friends.
    Friend,
    /// Whoever knows the watch password.
    Password,
}

impl From<PublicType> for app::core::metadata::PublicType {
    fn from(kind: PublicType) -> Self {
        match kind {
            PublicType::All => Self::All,
            PublicType::Friend => Self::Friend,
            PublicType::Password => Self::Password,
        }
    }
}
