//! Commands and flags of the command line; their doc comments are the English help.

mod console;
mod doctor;
mod init;
mod inspect;
mod invoke;
mod ledger;
#[cfg(feature = "local-clouds")]
mod local;
mod parse;
mod rehearse;
mod robots;
mod upload;
mod values;
mod video;

#[cfg(feature = "local-clouds")]
pub(crate) use local::{DemoArgs, DevArgs, FUNCTION_COMMAND, LocalArgs};
#[cfg(feature = "local-clouds")]
pub(crate) use values::Mode;
pub(crate) use {
    console::ConsoleArgs,
    doctor::DoctorArgs,
    init::{DEFAULT_OUT, InitArgs},
    inspect::InspectArgs,
    invoke::InvokeArgs,
    ledger::{ExplainArgs, ListArgs, RetryArgs, SweepArgs, UploadIdArgs},
    rehearse::RehearseArgs,
    robots::{RobotEvent, RobotKind, RobotsArgs, RobotsCommand, RobotsPreviewArgs, RobotsTestArgs},
    upload::UploadArgs,
    video::{VideoAction, VideoArgs, VideoIdArgs, VideoListArgs, VideoScheduleArgs, VideoUpdateArgs},
};

use crate::ui::i18n::Lang;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Last lines of every help.
pub(crate) const EXIT_CODES: &str = "\
Exit codes: 0 success; 1 something failed; 2 invalid command line or settings; 3 no such upload, object or file; \
4 try later: the upload is in progress elsewhere or waits; 5 invalid video: its file or metadata; \
6 credentials refused; 7 a service is unreachable or fails temporarily; 130 interrupted by a signal.
Settings come from oss2youku.toml in the working directory, or the file that --config or OSS2YOUKU_CONFIG names, and from variables OSS2YOUKU_...
Without a ledger setting, the ledger is $XDG_STATE_HOME/oss2youku/ledger, or ~/.local/state/oss2youku/ledger.";

/// Upload from object storage to Youku.
#[derive(Debug, Parser)]
#[command(name = "oss2youku", version, about, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// Language of the output; default: from LC_ALL, LC_MESSAGES or LANG, else English.
    #[arg(long, value_name = "LANG", global = true)]
    pub(crate) lang: Option<Lang>,
    /// Settings file; takes precedence over OSS2YOUKU_CONFIG; default: oss2youku.toml in the working directory.
    #[arg(long, value_name = "FILE", global = true, display_order = 0)]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Upload files and objects now; run it again after an interruption and it resumes, also on another machine that shares the ledger.
    #[command(after_help = EXIT_CODES)]
    Upload(Box<UploadArgs>),
    /// Resume interrupted uploads and pick up objects whose event was missed.
    #[command(after_help = EXIT_CODES)]
    Sweep(SweepArgs),
    /// Retry an upload that failed for good or was cancelled.
    #[command(after_help = EXIT_CODES)]
    Retry(RetryArgs),
    /// Cancel an open upload for good.
    #[command(after_help = EXIT_CODES)]
    Cancel(UploadIdArgs),
    /// Send the callback of a finished upload again.
    #[command(after_help = EXIT_CODES)]
    ReplayCallback(UploadIdArgs),
    /// Show what happened to an upload, what happens next, and what you can do.
    #[command(after_help = EXIT_CODES)]
    Explain(ExplainArgs),
    /// Show what a file or an object holds and whether it can become a video, without uploading it.
    #[command(after_help = EXIT_CODES)]
    Inspect(InspectArgs),
    /// Show, change, hide and schedule videos that are there; changing needs manage.enabled.
    #[command(after_help = EXIT_CODES)]
    Video(VideoArgs),
    /// List open uploads, then recently finished ones.
    #[command(after_help = EXIT_CODES)]
    List(ListArgs),
    /// Show every upload on a local page in the browser: why it stands where it stands, and the button that helps.
    #[command(after_help = EXIT_CODES)]
    Console(ConsoleArgs),
    /// Check everything an upload depends on and say how to fix what fails.
    #[command(after_help = EXIT_CODES)]
    Doctor(DoctorArgs),
    /// Try the real clouds with tiny private clips, tell what they do where their documentation is silent, and remove what was made.
    #[command(after_help = EXIT_CODES)]
    Rehearse(RehearseArgs),
    /// Test the robots of group chats, and show what they are sent.
    #[command(after_help = EXIT_CODES)]
    Robots(RobotsArgs),
    /// Call a deployed or local function and show its progress.
    #[command(after_help = EXIT_CODES)]
    Invoke(InvokeArgs),
    /// Write a settings file: from flags, from the legacy worker's settings, or by asking on a terminal.
    #[command(after_help = EXIT_CODES)]
    Init(InitArgs),
    /// Print a completion script for a shell.
    Completions {
        /// Shell to complete in.
        shell: clap_complete::Shell,
    },
    /// Write a manual page for each command into a folder.
    #[command(hide = true)]
    Manual {
        /// The folder, which is made if it is not there.
        folder: PathBuf,
    },
    /// Show one upload from end to end: a file lands in a local OSS, its event starts the function, and the video appears on a local Youku.
    #[cfg(feature = "local-clouds")]
    #[command(after_help = EXIT_CODES)]
    Demo(DemoArgs),
    /// Run a local OSS, Youku and Function Compute until Ctrl-C, and upload whatever lands in the bucket.
    #[cfg(feature = "local-clouds")]
    #[command(after_help = EXIT_CODES)]
    Dev(DevArgs),
    /// The function process that the local host starts.
    #[cfg(feature = "local-clouds")]
    #[command(name = FUNCTION_COMMAND, hide = true)]
    Function,
}
