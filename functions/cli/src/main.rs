//! Upload from object storage to Youku: the command line.
//!
//! | module | what it does |
//! |---|---|
//! | `args` | commands and flags; their comments are the English help |
//! | `commands` | one file or folder for each command, and what they share: runner, settings, default ledger |
//! | `error` | what ends a command early, by who found it |
//! | `exit_code` | the stable exit code of each class of failure |
//! | `shutdown` | Ctrl-C and SIGTERM |
//! | `local_clouds` | the local OSS, Youku and Function Compute of `demo` and `dev` (feature `local-clouds`) |
//! | `ui` | texts in English and Chinese (`i18n`, `messages`, `help`, `parse_error`), progress (`reporter`), output |
//!
//! Results go to standard output; logs, progress and errors go to standard error.

mod args;
mod commands;
mod error;
mod exit_code;
#[cfg(feature = "local-clouds")]
mod local_clouds;
mod shutdown;
mod ui;

use args::Arguments;
use clap::FromArgMatches;
use std::process::ExitCode;
use ui::{help, i18n, parse_error};

fn main() -> ExitCode {
    i18n::choose();
    let matches = help::build_command().try_get_matches();
    match matches.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => commands::run(arguments.command),
        Err(error) => parse_error::report(&error),
    }
}
