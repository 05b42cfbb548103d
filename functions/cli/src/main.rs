//! Upload from object storage to Youku: the command line.
//!
//! | module | what it does |
//! |---|---|
//! | `args` | commands and flags; their comments are the English help |
//! | `commands` | one file or folder for each command, and what they share: runner, settings, default ledger |
//! | `config_flag` | the file that `--config` names |
//! | `error` | what ends a command early, by who found it |
//! | `exit_code` | the stable exit code of each class of failure |
//! | `private_file` | files that hold secrets |
//! | `shutdown` | Ctrl-C and SIGTERM |
//! | `local_clouds` | the local OSS, Youku and Function Compute of `demo` and `dev` (feature `local-clouds`) |
//! | `ui` | texts in two languages (`i18n`, `messages`, `help`, `parse_error`), progress (`reporter`, ...), the terminal's mode (`key_echo`, ...) |
//!
//! Results go to standard output; logs, progress and errors go to standard error.

mod args;
mod commands;
mod config_flag;
mod error;
mod exit_code;
#[cfg(feature = "local-clouds")]
mod local_clouds;
mod private_file;
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
        Ok(arguments) => {
            config_flag::choose(arguments.config);
            commands::run(arguments.command)
        }
        Err(error) => parse_error::report(&error),
    }
}
