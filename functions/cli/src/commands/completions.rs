//! `completions`: prints a completion script for a shell.

use crate::ui::help::build_command;
use std::{
    io::{Write, stdout},
    process::ExitCode,
};

/// Prints the script.
pub(super) fn print(shell: clap_complete::Shell) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut build_command(), "oss2youku", &mut script);
    // Standard output may be closed.
    let _ = stdout().write_all(&script);
    ExitCode::SUCCESS
}
