//! The command line's words.

use app::core::{Since, ledger::Time};
use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};
use std::{path::PathBuf, time::Duration};

/// From here on five ports are no ports any more.
const LAST_PORT_BASE: i64 = 65_531;

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 something failed; 2 the command line or the settings do not fit; 3 there is no such upload or object; \
4 not now: somebody works on the upload, or it waits.
Settings: oss2youku.toml in the working directory, or the file that OSS2YOUKU_CONFIG names, and variables OSS2YOUKU_...";

/// From object storage onto Youku.
#[derive(Debug, Parser)]
#[command(name = "oss2youku", version, about, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Go on with every open upload that nobody holds, and find objects that no event told of.
    #[command(after_help = EXIT_CODES)]
    Sweep(Sweep),
    /// Try an upload again that failed for good or was cancelled.
    #[command(after_help = EXIT_CODES)]
    Retry(Retry),
    /// Tell what became of an upload, what comes next, and what a person can do.
    #[command(after_help = EXIT_CODES)]
    Explain(Explain),
    /// List the open uploads, then the latest that ended.
    #[command(after_help = EXIT_CODES)]
    List(List),
    /// Try out what an upload needs: settings, ledger, accounts. Tells what to do about what fails; exit code 0 where all is well.
    Doctor(crate::doctor::Doctor),
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

/// Youku's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// A multipart upload into the bucket that Youku names.
    Oss,
    /// Slices handed out by Youku's upload server.
    Slice,
}

impl Mode {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Oss => "oss",
            Self::Slice => "slice",
        }
    }
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
pub(crate) struct Retry {
    /// The upload's id, as `list`, `explain`, answers and logs tell it.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// JSON lines instead of text on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The upload's id, or its object: oss://bucket/key, s3://bucket/key, or a file's path where source.provider is folder.
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
    if let Ok(time) = text.parse::<Time>() {
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
    let wrong = || "expected a number with s, m, h or d behind it, or a time such as 2026-11-22T08:00:00Z";
    seconds().map(|seconds| Since::Ago(Duration::from_secs(seconds))).ok_or_else(|| wrong().into())
}

fn positive(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "expected a number from 1 on".into())
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
