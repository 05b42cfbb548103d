//! Flags of `video`.

use super::{
    parse::parse_time,
    values::{CopyrightType, PublicType},
};
use app::core::Timestamp;
use clap::{Args, Subcommand, value_parser};

/// Flags of `video`.
#[derive(Debug, Args)]
pub(crate) struct VideoArgs {
    #[command(subcommand)]
    pub(crate) action: VideoAction,
}

/// What is done with a video.
#[derive(Debug, Subcommand)]
pub(crate) enum VideoAction {
    /// Ask Youku how a video fares.
    Show(VideoIdArgs),
    /// List an account's own videos at Youku, in every state.
    List(VideoListArgs),
    /// Change what is stated; the rest stays.
    Update(Box<VideoUpdateArgs>),
    /// Hide a video, behind a generated watch password or as manage.hiding says. An hour that was set is given up.
    Hide(VideoIdArgs),
    /// Make a video public at a time, or give that up.
    Schedule(VideoScheduleArgs),
}

/// One video, by its upload.
#[derive(Debug, Args)]
pub(crate) struct VideoIdArgs {
    /// Upload id, as shown by `list`, `explain`, responses and logs.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Print JSON lines instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `video list`.
#[derive(Debug, Args)]
pub(crate) struct VideoListArgs {
    /// Account from the settings; default: the only one.
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// Page, from 1.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = value_parser!(u32).range(1..=10_000))]
    pub(crate) page: u32,
    /// Print JSON lines instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `video update`.
#[derive(Debug, Args)]
pub(crate) struct VideoUpdateArgs {
    #[command(flatten)]
    pub(crate) video: VideoIdArgs,
    /// Title, 1 to 60 characters.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Up to ten tags of 2 to 20 characters, separated by commas or semicolons.
    #[arg(long, value_name = "TAGS")]
    pub(crate) tags: Vec<String>,
    /// Description, 1 to 1999 characters.
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// One of Youku's categories, such as Tech or News.
    #[arg(long)]
    pub(crate) category: Option<String>,
    /// Who made the video.
    #[arg(long, value_name = "TYPE")]
    pub(crate) copyright_type: Option<CopyrightType>,
    /// Who may watch the video; of one that waits for its hour, from that hour on.
    #[arg(long, value_name = "TYPE")]
    pub(crate) public_type: Option<PublicType>,
    /// Password for --public-type password. Other users of this machine can see it in the process list.
    #[arg(long, value_name = "TEXT")]
    pub(crate) watch_password: Option<String>,
}

/// Flags of `video schedule`.
#[derive(Debug, Args)]
pub(crate) struct VideoScheduleArgs {
    #[command(flatten)]
    pub(crate) video: VideoIdArgs,
    /// The time, with its zone: 2026-12-01T20:00:00+08:00. One that has passed is at once.
    #[arg(long, value_name = "TIME", value_parser = parse_time, required_unless_present = "cancel")]
    pub(crate) at: Option<Timestamp>,
    /// Give the time up: the video stays hidden.
    #[arg(long, conflicts_with = "at")]
    pub(crate) cancel: bool,
    /// Who may watch the video from then on; default: as was stated before.
    #[arg(long, value_name = "TYPE", conflicts_with = "cancel")]
    pub(crate) public_type: Option<PublicType>,
    /// Password for --public-type password. Other users of this machine can see it in the process list.
    #[arg(long, value_name = "TEXT", requires = "public_type")]
    pub(crate) watch_password: Option<String>,
}

impl VideoAction {
    /// Whether it prints JSON lines.
    pub(crate) fn prints_json(&self) -> bool {
        match self {
            Self::Show(args) | Self::Hide(args) => args.json,
            Self::List(args) => args.json,
            Self::Update(args) => args.video.json,
            Self::Schedule(args) => args.video.json,
        }
    }
}
