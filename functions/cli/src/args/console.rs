//! Flags of `console`.

use clap::Args;
use std::path::PathBuf;

/// Flags of `console`.
#[derive(Debug, Args)]
pub(crate) struct ConsoleArgs {
    /// Port on 127.0.0.1 that the page is served on; 0 takes a free one.
    #[arg(long, value_name = "N", default_value_t = 9390)]
    pub(crate) port: u16,
    /// Open the page in the browser.
    #[arg(long)]
    pub(crate) open: bool,
    /// Show the uploads of the function with this HTTP trigger, instead of those of the settings' ledger.
    #[arg(long, value_name = "URL")]
    pub(crate) function_url: Option<String>,
    /// File with a token that the function accepts; to change uploads it needs the right manage.
    #[arg(long, value_name = "FILE", requires = "function_url")]
    pub(crate) token_file: Option<PathBuf>,
    /// Print JSON instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}
