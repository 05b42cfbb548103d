//! `oss2youku console` as its user's browser and other programs of the machine find it.

mod access;
mod assets;
pub(crate) mod browser;
mod dev;
mod files;
mod following;
mod function;
mod goldens;
mod health;
mod many;
mod robots;

use crate::support::{TestEnv, binary, command_line::operator_variables, console::ConsoleProcess};
use std::{path::Path, process::Command};

/// The program with these variables alone, in this folder.
pub(crate) fn program(variables: impl IntoIterator<Item = (String, String)>, folder: &Path) -> Command {
    let mut command = Command::new(binary("oss2youku"));
    command.env_clear().envs(variables).current_dir(folder);
    command
}

/// A console of the function's ledger, with the operator's settings.
fn start_console(env: &TestEnv, folder: &Path) -> ConsoleProcess {
    let spool = folder.join("spool");
    ConsoleProcess::start(program(operator_variables(env), folder), &["--spool", spool.to_str().unwrap()])
}

/// The settings of a ledger in this folder, and of an account.
fn ledger_variables(ledger: &Path) -> Vec<(String, String)> {
    let location = ledger.to_str().unwrap();
    let variables = [
        ("OSS2YOUKU_LEDGER__LOCATION", location),
        ("OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID", "app"),
        ("OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN", "token"),
    ];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}
