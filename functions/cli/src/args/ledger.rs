//! Flags of the commands that act on uploads in the ledger.

use super::parse::{parse_positive, parse_since};
use app::core::Since;
use clap::{Args, value_parser};

/// Flags of `cancel` and `replay-callback`: one upload of the ledger.
#[derive(Debug, Args)]
pub(crate) struct UploadIdArgs {
    /// Upload id, as shown by `list`, `explain`, responses and logs.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Print JSON lines instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `retry`.
#[derive(Debug, Args)]
pub(crate) struct RetryArgs {
    /// Upload id, as shown by `list`, `explain`, responses and logs.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Restart an upload that failed as `commit_unknown` in a new session, after you have checked that Youku has no such video.
    #[arg(long)]
    pub(crate) new_session: bool,
    /// Print JSON lines instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `sweep`.
#[derive(Debug, Args)]
pub(crate) struct SweepArgs {
    /// Upload objects written since then, even those older than the ledger: `24h`, `90m`, `7d`, `30s` or 2026-11-22T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = parse_since)]
    pub(crate) since: Option<Since>,
    /// Maximum number of uploads to resume or start; default: sweep.limit from the settings, else 100.
    #[arg(long, value_name = "N", value_parser = parse_positive)]
    pub(crate) limit: Option<usize>,
    /// Show what would be resumed, notified and uploaded, without doing it.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON lines instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Upload id, or its object: oss://bucket/key, s3://bucket/key, or a file.
    #[arg(value_name = "ID|SOURCE")]
    pub(crate) upload: String,
    /// Account of the object's upload; default: that of the object's rule, or the only one.
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// Print JSON lines instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// List open uploads only.
    #[arg(long, conflicts_with = "finished")]
    pub(crate) open: bool,
    /// List only uploads that ended in the last 30 days.
    #[arg(long)]
    pub(crate) finished: bool,
    /// Maximum number of uploads to list, 1 to 1000.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
    /// Start after this position: the one that an earlier list ended with.
    #[arg(long, value_name = "PLACE")]
    pub(crate) after: Option<String>,
    /// Print JSON lines instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}
