//! Flags of `invoke`.

use clap::Args;
use std::path::PathBuf;

/// Flags of `invoke`.
#[derive(Debug, Args)]
pub(crate) struct InvokeArgs {
    /// oss://bucket/key or s3://bucket/key, as the function sees it.
    #[arg(value_name = "SOURCE", required_unless_present = "event", conflicts_with = "event")]
    pub(crate) source: Option<String>,
    /// Send this event file to a function process on this machine (its /invoke), as the platform would.
    #[arg(long, value_name = "FILE")]
    pub(crate) event: Option<PathBuf>,
    /// URL of the function's HTTP trigger; with --event that of the process, such as http://127.0.0.1:9000.
    #[arg(long, value_name = "URL")]
    pub(crate) function_url: String,
    /// File with the bearer token that the function accepts (http.tokens).
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Account from the function's settings; default: that of the object's rule, or the only one.
    #[arg(long, value_name = "NAME", conflicts_with = "event")]
    pub(crate) account: Option<String>,
    /// Print JSON lines instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}
