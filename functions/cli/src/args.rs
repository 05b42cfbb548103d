//! The command line's words.

mod upload;

pub(crate) use upload::{Mode, Upload};

use crate::lang::{Lang, word};
use app::core::{Since, ledger::Timestamp};
use clap::{Args, Parser, Subcommand, value_parser};
use std::{path::PathBuf, time::Duration};

/// From here on five ports are no ports any more.
const LAST_PORT_BASE: i64 = 65_531;

/// The end of every help.
pub(crate) const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 something failed; 2 the command line or the settings do not fit; 3 there is no such upload, object or file; \
4 not now: somebody works on the upload, or it waits; 5 the video does not fit: its file, or what is stated about it; \
6 credentials are refused; 7 something cannot be reached, or fails for now; 130 ended by a signal.
Settings: oss2youku.toml in the working directory, or the file that OSS2YOUKU_CONFIG names, and variables OSS2YOUKU_...
Where they name no ledger it is kept in $XDG_STATE_HOME/oss2youku/ledger, else in ~/.local/state/oss2youku/ledger.";

/// From object storage onto Youku.
#[derive(Debug, Parser)]
#[command(name = "oss2youku", version, about, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The language of what is said; default: that of LC_ALL, LC_MESSAGES or LANG, else English.
    #[arg(long, value_name = "LANG", global = true)]
    pub(crate) lang: Option<Lang>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Upload files and objects now; killed and started again it goes on where it was, also from elsewhere with the same ledger.
    #[command(after_help = EXIT_CODES)]
    Upload(Box<Upload>),
    /// Go on with every open upload that nobody holds, and find objects that no event told of.
    #[command(after_help = EXIT_CODES)]
    Sweep(Sweep),
    /// Try an upload again that failed for good or was cancelled.
    #[command(after_help = EXIT_CODES)]
    Retry(Retry),
    /// Give an open upload up for good.
    #[command(after_help = EXIT_CODES)]
    Cancel(One),
    /// Send the callback of an upload that has ended once more.
    #[command(after_help = EXIT_CODES)]
    ReplayCallback(One),
    /// Tell what became of an upload, what comes next, and what a person can do.
    #[command(after_help = EXIT_CODES)]
    Explain(Explain),
    /// List the open uploads, then the latest that ended.
    #[command(after_help = EXIT_CODES)]
    List(List),
    /// Try out what an upload needs, one thing after the other, and tell what to do about what fails; exit code 0 where all is well.
    #[command(after_help = EXIT_CODES)]
    Doctor(crate::doctor::Doctor),
    /// Call a deployed or local function, and show its progress.
    #[command(after_help = EXIT_CODES)]
    Invoke(crate::invoke::Invoke),
    /// Write a settings file: from flags, from the legacy worker's settings, or by asking on a terminal.
    #[command(after_help = EXIT_CODES)]
    Init(crate::init::Init),
    /// Print a script that completes these commands in a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// See it work: a file goes into a local OSS, its event starts the function, the video appears on a local Youku.
    #[cfg(feature = "local-clouds")]
    Demo(Demo),
    /// Run the local OSS, Youku and Function Compute host until Ctrl-C; what is put into the bucket is uploaded.
    #[cfg(feature = "local-clouds")]
    Dev(Dev),
    /// The function process that the local host starts.
    #[cfg(feature = "local-clouds")]
    #[command(name = crate::local::FUNCTION_COMMAND, hide = true)]
    Function,
}

/// One upload of the ledger.
#[derive(Debug, Args)]
pub(crate) struct One {
    /// The upload's id, as `list`, `explain`, answers and logs tell it.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// JSON lines instead of text on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

/// An upload to be tried again.
#[derive(Debug, Args)]
pub(crate) struct Retry {
    /// The upload's id, as `list`, `explain`, answers and logs tell it.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// I have looked: Youku holds no video of it. Begin anew what failed as `commit_unknown`, with another session.
    #[arg(long)]
    pub(crate) new_session: bool,
    /// JSON lines instead of text on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Sweep {
    /// Upload objects written since then, even those older than the ledger: `24h`, `90m`, `7d`, `30s` or 2026-11-22T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub(crate) since: Option<Since>,
    /// Uploads to go on with or begin at most; default: sweep.limit of the settings, else 100.
    #[arg(long, value_name = "N", value_parser = positive)]
    pub(crate) limit: Option<usize>,
    /// JSON lines instead of text on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The upload's id, or its object: oss://bucket/key, s3://bucket/key, or a file.
    #[arg(value_name = "ID|SOURCE")]
    pub(crate) upload: String,
    /// The account of an object's upload; default: that of the object's rule, or the only one.
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// JSON lines instead of text on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only the open ones.
    #[arg(long, conflicts_with = "finished")]
    pub(crate) open: bool,
    /// Only those that ended in the last 30 days.
    #[arg(long)]
    pub(crate) finished: bool,
    /// Uploads to list at most, 1 to 1000.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
    /// Begin behind this place: what an earlier list ended with.
    #[arg(long, value_name = "PLACE")]
    pub(crate) after: Option<String>,
    /// JSON lines instead of text on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A span before now, or a point in time.
fn since(text: &str) -> Result<Since, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(Since::At(time.get()));
    }
    let unit = |unit: char| match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3600),
        'd' => Some(86_400),
        _ => None,
    };
    let seconds = || {
        let (last, unit_seconds) =
            text.char_indices().last().and_then(|(at, last)| Some((at, unit(last)?)))?;
        text[..last].parse::<u64>().ok()?.checked_mul(unit_seconds)
    };
    let wrong = || {
        word!(
            "expected a number with s, m, h or d behind it, or a time such as 2026-11-22T08:00:00Z",
            "应为带 s、m、h 或 d 的数字，或形如 2026-11-22T08:00:00Z 的时间"
        )
    };
    seconds().map(|seconds| Since::Ago(Duration::from_secs(seconds))).ok_or_else(|| wrong().into())
}

/// Below it a part would take longer than a silent call is waited for.
const LEAST_RATE: u64 = 16 << 10;

/// Bytes a second.
fn rate(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.to_ascii_uppercase().chars().last() {
        Some('K') => (&text[..text.len() - 1], 1 << 10),
        Some('M') => (&text[..text.len() - 1], 1 << 20),
        Some('G') => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    let rate = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    let wrong = || {
        word!(
            "expected bytes a second, at least 16K, such as 500K, 20M or 1G",
            "应为每秒字节数，至少 16K，如 500K、20M 或 1G"
        )
    };
    rate.filter(|rate| *rate >= LEAST_RATE).ok_or_else(|| wrong().into())
}

/// The text that asks for another video.
fn nonce(text: &str) -> Result<String, String> {
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    let wrong = || word!("expected 1 to 64 visible ASCII characters", "应为 1 到 64 个可见 ASCII 字符");
    if fits { Ok(text.into()) } else { Err(wrong().into()) }
}

fn positive(text: &str) -> Result<usize, String> {
    let wrong = || word!("expected a number from 1 on", "应为不小于 1 的整数");
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| wrong().into())
}

/// What `demo` and `dev` share.
#[derive(Debug, Args)]
pub(crate) struct Local {
    /// Youku's protocol.
    #[arg(long, value_enum, default_value = "oss")]
    pub(crate) mode: Mode,
    /// Another function program than this one's own, for instance an unpacked `bootstrap`.
    #[arg(long, value_name = "PATH")]
    pub(crate) function: Option<PathBuf>,
    /// JSON instead of text on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Videos to upload; default: a small one that comes with the program.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) local: Local,
}

#[derive(Debug, Args)]
pub(crate) struct Dev {
    #[command(flatten)]
    pub(crate) local: Local,
    /// Keep the clouds' data in this folder; default: a temporary one.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// First of the ports that the clouds listen on, one after the other; 0: free ones.
    #[arg(long, value_name = "N", default_value_t = 9380, value_parser = value_parser!(u16).range(..=LAST_PORT_BASE))]
    pub(crate) port_base: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_units_of_1024_and_a_least_one() {
        for (text, bytes) in [("16K", 16_384), ("20M", 20 << 20), ("1g", 1 << 30), ("99999", 99_999)] {
            assert_eq!(rate(text), Ok(bytes));
        }
        for text in ["", "K", "0", "15K", "1.5M", "-1M", "20MB", "99999999999G", "快"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn since_is_a_span_or_a_point_in_time() {
        for (text, seconds) in [("30s", 30), ("90m", 5400), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(since(text), Ok(Since::Ago(Duration::from_secs(seconds))));
        }
        let then = std::time::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        assert_eq!(since("2001-09-09T01:46:40Z"), Ok(Since::At(then)));
        for text in [
            "",
            "h",
            "24",
            "-1h",
            "1w",
            "1 h",
            "2001-09-09",
            "99999999999999999999d",
            "9999999999999999d",
            "时",
        ] {
            assert!(since(text).is_err(), "{text}");
        }
    }
}
