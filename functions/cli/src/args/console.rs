//! Flags of `console`.

use super::parse::parse_size;
use clap::Args;
use std::path::PathBuf;

/// Flags of `console`.
#[derive(Debug, Args)]
pub(crate) struct ConsoleArgs {
    /// Port on 127.0.0.1 that the page is served on; 0 takes a free one.
    #[arg(long, value_name = "N", default_value_t = 9390)]
    pub(crate) port: u16,
    /// Port on 127.0.0.1 that serves numbers for Prometheus at /metrics, without the page's token; 0 takes a free one.
    #[arg(long, value_name = "N")]
    pub(crate) metrics_port: Option<u16>,
    /// Open the page in the browser.
    #[arg(long)]
    pub(crate) open: bool,
    /// Show the uploads of the function with this HTTP trigger, instead of those of the settings' ledger.
    #[arg(long, value_name = "URL")]
    pub(crate) function_url: Option<String>,
    /// File with a token that the function accepts; to change uploads it needs the right manage.
    #[arg(long, value_name = "FILE", requires = "function_url")]
    pub(crate) token_file: Option<PathBuf>,
    /// Folder in which files that are dropped onto the page wait for their upload; default: $XDG_STATE_HOME/oss2youku/spool, or
    /// ~/.local/state/oss2youku/spool.
    #[arg(long, value_name = "DIR", conflicts_with = "function_url")]
    pub(crate) spool: Option<PathBuf>,
    /// Most bytes of all these files together: 500M, 20G, 1T (powers of 1024).
    #[arg(long, value_name = "SIZE", default_value = "20G", value_parser = parse_size, conflicts_with = "function_url")]
    pub(crate) spool_limit: u64,
    /// Print JSON instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}
