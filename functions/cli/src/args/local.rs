//! Flags of the commands that run the local clouds.

use super::values::Mode;
use clap::{Args, value_parser};
use std::path::PathBuf;

/// Hidden command under which the local host starts this program as the function.
pub(crate) const FUNCTION_COMMAND: &str = "function-process";
/// Highest `--port-base`: six consecutive ports must fit below 65536.
const MAX_PORT_BASE: i64 = 65_530;

/// Flags that `demo` and `dev` share.
#[derive(Debug, Args)]
pub(crate) struct LocalArgs {
    /// Upload protocol; default: oss.
    #[arg(long, value_enum)]
    pub(crate) mode: Option<Mode>,
    /// Run this function program instead of the built-in one, for example an unpacked `bootstrap`.
    #[arg(long, value_name = "PATH")]
    pub(crate) function: Option<PathBuf>,
    /// Print JSON instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Videos to upload; default: a small sample that comes with the program.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) local: LocalArgs,
}

/// Flags of `dev`.
#[derive(Debug, Args)]
pub(crate) struct DevArgs {
    #[command(flatten)]
    pub(crate) local: LocalArgs,
    /// Keep the data of the local clouds in this folder; default: a temporary one.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// First of the consecutive ports that the local clouds listen on; 0 takes free ports.
    #[arg(long, value_name = "N", default_value_t = 9380, value_parser = value_parser!(u16).range(..=MAX_PORT_BASE))]
    pub(crate) port_base: u16,
    /// Take rules, callbacks, limits and the protocol from this settings file; accounts, endpoints, credentials and ledger are the local ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Let the local clouds behave as the real ones did in this report of `oss2youku rehearse`.
    #[arg(long, value_name = "FILE")]
    pub(crate) like: Option<PathBuf>,
    /// Print the function's whole log and the result of each event on standard error.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}
