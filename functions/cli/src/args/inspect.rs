//! Flags of `inspect`.

use clap::Args;
use std::ffi::OsString;

/// Flags of `inspect`.
#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// A file, oss://bucket/key or s3://bucket/key.
    #[arg(value_name = "SOURCE")]
    pub(crate) source: OsString,
    /// Print JSON lines instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}
