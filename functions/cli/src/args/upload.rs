//! Flags of `upload`.

use super::{
    parse::{parse_nonce, parse_rate, parse_time},
    values::{CopyrightType, Mode, PublicType},
};
use app::core::Timestamp;
use clap::{Args, value_parser};
use std::{ffi::OsString, path::PathBuf};

/// Flags of `upload`.
#[derive(Debug, Default, Args)]
pub(crate) struct UploadArgs {
    /// A file, oss://bucket/key or s3://bucket/key; with --recursive a directory or a key prefix. By its extension a video is one of those
    /// on Youku's list: wmv, avi, dat, asf, rm, rmvb, ram, mpg, mpeg, 3gp, mov, mp4, m4v, dvix, dv, mkv, flv, vob, qt, divx, cpk, fli, flc, mod.
    #[arg(value_name = "SOURCE", required = true)]
    pub(crate) sources: Vec<OsString>,
    /// Upload every video under each SOURCE; what cannot be taken is named, with exit code 1 if it may be a video.
    #[arg(long, short)]
    pub(crate) recursive: bool,
    /// With --recursive, upload also what systems leave behind: resource forks, trash, files and folders that begin with a dot, ~$ files.
    #[arg(long)]
    pub(crate) include_junk: bool,
    /// Title, 1 to 60 characters; may contain {stem} (file name without extension), {date} (today in UTC) and n in braces (1, 2, ...); default: the file name.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Up to ten tags of 2 to 20 characters, separated by commas or semicolons.
    #[arg(long, value_name = "TAGS")]
    pub(crate) tags: Vec<String>,
    /// Description, up to 1999 characters.
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// One of Youku's categories, such as Tech or News.
    #[arg(long)]
    pub(crate) category: Option<String>,
    /// Who made the video; Youku assumes original.
    #[arg(long, value_name = "TYPE")]
    pub(crate) copyright_type: Option<CopyrightType>,
    /// Who may watch the video; default: as stated by the object, its sidecar or its rule, else all.
    #[arg(long, value_name = "TYPE")]
    pub(crate) public_type: Option<PublicType>,
    /// Password for --public-type password. Other users of this machine can see it in the process list; use --meta to hide it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) watch_password: Option<String>,
    /// Make the video public at this time, with its zone: 2026-12-01T20:00:00+08:00; hidden until then. Needs manage.enabled and a sweep.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) publish_at: Option<Timestamp>,
    /// Thumbnail, passed to Youku unchanged.
    #[arg(long, value_name = "TEXT")]
    pub(crate) thumbnail: Option<String>,
    /// TOML or JSON file with title, tags, description and so on; flags take precedence.
    #[arg(long, value_name = "FILE")]
    pub(crate) meta: Option<PathBuf>,
    /// Account from the settings; default: that of the object's rule, or the only one.
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// Upload protocol; default: that of the object's rule, else transfer.mode from the settings, else oss.
    #[arg(long, value_enum)]
    pub(crate) mode: Option<Mode>,
    /// Send each outcome to this URL.
    #[arg(long, value_name = "URL")]
    pub(crate) callback: Option<String>,
    /// Upload again what was uploaded before, as a new video for each distinct text.
    #[arg(long, value_name = "TEXT", value_parser = parse_nonce)]
    pub(crate) again: Option<String>,
    /// Publish also what the preflight refuses: files that are cut short, have no index, hold no pictures or are no video.
    #[arg(long)]
    pub(crate) force: bool,
    /// Wait for a file without its index until nothing has written to it for so many seconds, 0 to 3600; 0 decides at once.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = value_parser!(u64).range(0..=3600))]
    pub(crate) wait_stable: u64,
    /// Retry uploads that failed for good or were cancelled.
    #[arg(long)]
    pub(crate) retry: bool,
    /// Bytes per second of all uploads together, at least 16K: 500K, 20M, 1G (powers of 1024).
    #[arg(long, value_name = "RATE", value_parser = parse_rate)]
    pub(crate) limit_rate: Option<u64>,
    /// Number of uploads at a time, 1 to 16.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = value_parser!(u8).range(1..=16))]
    pub(crate) parallel: u8,
    /// Wait until each video can be played, at most one hour.
    #[arg(long)]
    pub(crate) wait: bool,
    /// Check everything and show what would be sent, without sending it.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON lines instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}
