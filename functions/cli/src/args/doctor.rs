//! Flags of `doctor`.

use clap::Args;
use std::path::PathBuf;

/// Flags of `doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Check this account only; default: every account of the settings.
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// Also check the function at this HTTP trigger.
    #[arg(long, value_name = "URL")]
    pub(crate) function_url: Option<String>,
    /// File with the bearer token that the function accepts.
    #[arg(long, value_name = "FILE", requires = "function_url")]
    pub(crate) token_file: Option<PathBuf>,
    /// Also check whether this callback URL is allowed.
    #[arg(long, value_name = "URL")]
    pub(crate) callback: Option<String>,
    /// Also send a test message to each group robot of the settings.
    #[arg(long)]
    pub(crate) robots: bool,
    /// Print JSON lines instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}
