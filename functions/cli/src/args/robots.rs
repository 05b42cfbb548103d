//! Flags of `robots`.

use clap::{Args, Subcommand, ValueEnum};

/// Flags of `robots`.
#[derive(Debug, Args)]
pub(crate) struct RobotsArgs {
    #[command(subcommand)]
    pub(crate) command: RobotsCommand,
}

/// What is done with the robots.
#[derive(Debug, Subcommand)]
pub(crate) enum RobotsCommand {
    /// Send a message to the robots of the settings and show what the vendor answers.
    Test(RobotsTestArgs),
    /// Print the messages that robots are sent, without sending any.
    Preview(RobotsPreviewArgs),
}

/// Flags of `robots test`.
#[derive(Debug, Args)]
pub(crate) struct RobotsTestArgs {
    /// Name of one robot; default: all.
    pub(crate) name: Option<String>,
    /// Print JSON lines instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `robots preview`.
#[derive(Debug, Args)]
pub(crate) struct RobotsPreviewArgs {
    /// Only messages of this vendor's robots; default: all.
    #[arg(long)]
    pub(crate) kind: Option<RobotKind>,
    /// Only this event; default: all in one message.
    #[arg(long)]
    pub(crate) event: Option<RobotEvent>,
}

/// Whose robot it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RobotKind {
    #[value(name = "dingtalk")]
    DingTalk,
    #[value(name = "feishu")]
    Feishu,
    #[value(name = "wecom")]
    WeCom,
}

/// The events that a robot reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum RobotEvent {
    Published,
    Failed,
    NeedsYou,
    VideoReady,
    VideoRejected,
    TokenExpiring,
}
