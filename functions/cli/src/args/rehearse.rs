//! Flags of `rehearse`.

use clap::Args;
use std::path::PathBuf;

/// Flags of `rehearse`.
#[derive(Debug, Args)]
pub(crate) struct RehearseArgs {
    /// Print what would be tried, what it costs in calls and what others could see of it; touch nothing.
    #[arg(long)]
    pub(crate) plan: bool,
    /// Try these facts only; a name as --plan prints it, or its beginning up to a dot, such as oss.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Also try what takes an hour: uploads that wait 1, 10 and 60 minutes, and keys that end.
    #[arg(long)]
    pub(crate) long: bool,
    /// Also refresh the account's access token, and try the old one. The new pair is kept in the ledger alone.
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Leave the videos that were published; a later run without this flag removes them.
    #[arg(long)]
    pub(crate) keep: bool,
    /// Also write the report to this file, as JSON; `oss2youku dev --like FILE` takes it.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// The internal endpoint of OSS to try, where Alibaba's rule does not give it.
    #[arg(long, value_name = "HOST")]
    pub(crate) internal_endpoint: Option<String>,
    /// URL of the deployed function's HTTP trigger or function URL: also try what its platform does, where its settings have http.probe.
    #[arg(long, value_name = "URL")]
    pub(crate) function_url: Option<String>,
    /// File with the bearer token for the function; it needs the right manage.
    #[arg(long, value_name = "FILE", requires = "function_url")]
    pub(crate) token_file: Option<PathBuf>,
    /// Rehearse as this account; default: the only one of the settings.
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// How long a minute is that is waited for, in milliseconds: tests have no hour.
    #[arg(long, hide = true, value_name = "MS", default_value_t = 60_000)]
    pub(crate) minute_ms: u64,
}
