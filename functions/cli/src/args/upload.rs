//! What `upload` is told: the words of its flags, and the flags.

use super::{nonce, rate};
use clap::{Args, ValueEnum, value_parser};
use std::path::PathBuf;

/// Youku's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// A multipart upload into the bucket that Youku names.
    Oss,
    /// Slices handed out by Youku's upload server.
    Slice,
}

impl Mode {
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
    /// Whoever has the watch password.
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

#[derive(Debug, Args)]
pub(crate) struct Upload {
    /// A file, oss://bucket/key or s3://bucket/key; with --recursive a directory or what keys begin with.
    #[arg(value_name = "SOURCE", required = true)]
    pub(crate) sources: Vec<String>,
    /// Upload every video under each SOURCE.
    #[arg(long, short)]
    pub(crate) recursive: bool,
    /// Title, 1 to 60 characters, or a template of {stem} (the file's name without extension), {date} (today in UTC) and n in braces (1, 2, ...); default: the file's name.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Up to ten tags of 2 to 20 characters, separated by commas.
    #[arg(long, value_name = "TAGS", value_delimiter = ',')]
    pub(crate) tags: Vec<String>,
    /// Description, up to 1999 characters.
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// One of Youku's categories, such as Tech or News.
    #[arg(long)]
    pub(crate) category: Option<String>,
    /// Who made the video; Youku assumes original.
    #[arg(long, value_name = "TYPE")]
    pub(crate) copyright_type: Option<CopyrightType>,
    /// Who may watch it; default: what the object, its sidecar or its rule states, else all.
    #[arg(long, value_name = "TYPE")]
    pub(crate) public_type: Option<PublicType>,
    /// What viewers must enter with --public-type password; other users of this machine can see it: --meta hides it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) watch_password: Option<String>,
    /// Passed on to Youku as it is.
    #[arg(long, value_name = "TEXT")]
    pub(crate) thumbnail: Option<String>,
    /// A TOML file that states title, tags, description and so on; flags count before it.
    #[arg(long, value_name = "FILE")]
    pub(crate) meta: Option<PathBuf>,
    /// The account of the settings; default: that of the object's rule, or the only one.
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// Youku's protocol; default: that of the object's rule, else transfer.mode of the settings, else oss.
    #[arg(long, value_enum)]
    pub(crate) mode: Option<Mode>,
    /// Tell this URL of each outcome.
    #[arg(long, value_name = "URL")]
    pub(crate) callback: Option<String>,
    /// Ask for another video of what was uploaded before, another one for every text.
    #[arg(long, value_name = "TEXT", value_parser = nonce)]
    pub(crate) again: Option<String>,
    /// Try again what failed for good or was cancelled.
    #[arg(long)]
    pub(crate) retry: bool,
    /// Bytes a second of all uploads together, at least 16K: 500K, 20M, 1G (of 1024).
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub(crate) limit_rate: Option<u64>,
    /// Uploads at once, 1 to 16.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = value_parser!(u8).range(1..=16))]
    pub(crate) parallel: u8,
    /// Wait until each video can be watched, for an hour at most.
    #[arg(long)]
    pub(crate) wait: bool,
    /// Check everything, tell what would be sent, and send nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// JSON lines instead of text on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}
