//! The command line's words.

use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};
use std::path::PathBuf;

/// From here on five ports are no ports any more.
const LAST_PORT_BASE: i64 = 65_531;

/// From object storage onto Youku.
#[derive(Debug, Parser)]
#[command(name = "oss2youku", version, about, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// See it work: a file goes into a local OSS, its event starts the function, the video appears on a local Youku.
    #[cfg(feature = "local-clouds")]
    Demo(Demo),
    /// Run the local OSS, Youku and Function Compute host until Ctrl-C; what is put into the bucket is uploaded.
    #[cfg(feature = "local-clouds")]
    Dev(Dev),
    /// The function process that the local host starts.
    #[cfg(feature = "local-clouds")]
    #[command(name = crate::local::FUNCTION_COMMAND, hide = true)]
    Function,
}

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

/// What `demo` and `dev` share.
#[derive(Debug, Args)]
pub(crate) struct Local {
    /// Youku's protocol.
    #[arg(long, value_enum, default_value = "oss")]
    pub(crate) mode: Mode,
    /// Another function program than this one's own, for instance an unpacked `bootstrap`.
    #[arg(long, value_name = "PATH")]
    pub(crate) function: Option<PathBuf>,
    /// JSON instead of text on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Videos to upload; default: a small one that comes with the program.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) local: Local,
}

#[derive(Debug, Args)]
pub(crate) struct Dev {
    #[command(flatten)]
    pub(crate) local: Local,
    /// Keep the clouds' data in this folder; default: a temporary one.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// First of the ports that the clouds listen on, one after the other; 0: free ones.
    #[arg(long, value_name = "N", default_value_t = 9380, value_parser = value_parser!(u16).range(..=LAST_PORT_BASE))]
    pub(crate) port_base: u16,
}
