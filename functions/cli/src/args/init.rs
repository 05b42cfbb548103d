//! Flags of `init`.

use clap::Args;
use std::path::PathBuf;

/// The file that is written where no flag names one.
pub(crate) const DEFAULT_OUT: &str = "oss2youku.toml";

/// Flags of `init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// File to write; that of --config where this is not stated.
    #[arg(long, value_name = "FILE", default_value = DEFAULT_OUT)]
    pub(crate) out: PathBuf,
    /// Overwrite the file if it exists.
    #[arg(long)]
    pub(crate) force: bool,
    /// Folder with the legacy worker's conf_oss.py, conf_youku.py and conf_gearman.py, to take over its settings.
    #[arg(long, value_name = "DIR")]
    pub(crate) from_legacy: Option<PathBuf>,
    /// Client id of the Youku application.
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// Access token of the account (cloud.youku.com/tools).
    #[arg(long, value_name = "TOKEN")]
    pub(crate) access_token: Option<String>,
    /// Refresh token that came with the access token; with it the access token is renewed automatically.
    #[arg(long, value_name = "TOKEN")]
    pub(crate) refresh_token: Option<String>,
    /// Bucket whose videos are published automatically; without it none are.
    #[arg(long, value_name = "BUCKET")]
    pub(crate) bucket: Option<String>,
    /// Key prefix of those videos.
    #[arg(long, value_name = "PREFIX")]
    pub(crate) prefix: Option<String>,
    /// Who may watch those videos: all or friend; required with --bucket.
    #[arg(long, value_name = "TYPE", value_parser = ["all", "friend"])]
    pub(crate) public_type: Option<String>,
    /// Region of the bucket, such as cn-hangzhou.
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Where to keep the record of every upload: oss://bucket/prefix/, s3://bucket/prefix/ or a folder.
    #[arg(long, value_name = "PLACE")]
    pub(crate) ledger: Option<String>,
    /// Key that seals the secrets of an existing ledger; a new ledger in a bucket gets a new key.
    #[arg(long, value_name = "KEY")]
    pub(crate) seal_key: Option<String>,
    /// Make a new seal key although it cannot be found out whether the ledger is in use already.
    #[arg(long, conflicts_with_all = ["seal_key", "with_function"])]
    pub(crate) new_seal_key: bool,
    /// Key id with which objects, and a ledger in OSS, are reached; default: from ALIBABA_CLOUD_ACCESS_KEY_ID when a command runs.
    #[arg(long, value_name = "ID", requires = "access_key_secret")]
    pub(crate) access_key_id: Option<String>,
    /// Secret of that key.
    #[arg(long, value_name = "SECRET", requires = "access_key_id")]
    pub(crate) access_key_secret: Option<String>,
    /// Share the ledger of a function or another machine that already publishes with this account (--ledger and --seal-key, or the
    /// variables of template.yml from the shell): a refresh token works only once.
    #[arg(long)]
    pub(crate) with_function: bool,
    /// Print JSON lines instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}
