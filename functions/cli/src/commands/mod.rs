//! One file or folder for each command, and what they share.
//!
//! | shared | what it does |
//! |---|---|
//! | `runner`, `local_runner` | run a command to its exit code, and report what ended it early |
//! | `settings`, `default_ledger` | the settings that the function reads as well, with a ledger of this user |
//! | `find_upload`, `missing_ledger` | looks up an upload by the id on the command line; says that there is no ledger yet |
//! | `contradiction` | what a rehearsal found that settings must fit |
//! | `undelivered` | the callback that an upload leaves undelivered |
//! | `function_client` | what `invoke` and `doctor` need to call a function |

mod cancel;
mod completions;
mod console;
mod contradiction;
mod default_ledger;
#[cfg(feature = "local-clouds")]
mod demo;
#[cfg(feature = "local-clouds")]
mod dev;
mod doctor;
mod explain;
mod find_upload;
mod function_client;
mod init;
mod inspect;
mod invoke;
mod list;
#[cfg(feature = "local-clouds")]
mod local_runner;
mod manual;
mod missing_ledger;
mod rehearse;
mod replay_callback;
mod retry;
mod robots;
mod runner;
mod settings;
mod sweep;
mod undelivered;
mod upload;
mod video;

use crate::args::{Command, RobotsArgs, RobotsCommand};
use std::process::ExitCode;

/// Runs `command` and returns its exit code.
pub(crate) fn run(command: Command) -> ExitCode {
    match command {
        Command::Upload(args) => {
            runner::run_with_shutdown(args.json, |shutdown| upload::upload(*args, shutdown))
        }
        Command::Sweep(args) => runner::run_with_shutdown(args.json, |shutdown| sweep::sweep(args, shutdown)),
        Command::Retry(args) => runner::run_with_shutdown(args.json, |shutdown| retry::retry(args, shutdown)),
        Command::Cancel(args) => runner::run_until_stopped(args.json, cancel::cancel(args)),
        Command::ReplayCallback(args) => runner::run_until_stopped(args.json, replay_callback::replay(args)),
        Command::Explain(args) => runner::run_until_stopped(args.json, explain::explain(args)),
        Command::Video(args) => runner::run_until_stopped(args.action.prints_json(), video::video(args)),
        Command::List(args) => runner::run_until_stopped(args.json, list::list(args)),
        Command::Console(args) => {
            runner::run_with_shutdown(args.json, |shutdown| console::console(args, shutdown))
        }
        Command::Inspect(args) => runner::run_until_stopped(args.json, inspect::inspect(args)),
        Command::Doctor(args) => doctor::run(args),
        Command::Rehearse(args) => {
            runner::run_with_shutdown(false, |shutdown| rehearse::rehearse(args, shutdown))
        }
        Command::Robots(RobotsArgs { command: RobotsCommand::Test(args) }) => {
            runner::run_until_stopped(args.json, robots::test(args))
        }
        Command::Robots(RobotsArgs { command: RobotsCommand::Preview(args) }) => robots::preview(&args),
        Command::Invoke(args) => {
            runner::run_with_shutdown(args.json, |shutdown| invoke::invoke(args, shutdown))
        }
        Command::Init(args) => runner::run(args.json, init::init(args)),
        Command::Completions { shell } => completions::print(shell),
        Command::Manual { folder } => manual::write(&folder),
        // The function starts its own runtime, as in the packaged program.
        #[cfg(feature = "local-clouds")]
        Command::Function => aliyun_fc::main(),
        #[cfg(feature = "local-clouds")]
        Command::Demo(args) => local_runner::run(args.local.json, demo::demo(args)),
        #[cfg(feature = "local-clouds")]
        Command::Dev(args) => local_runner::run(args.local.json, dev::dev(args)),
    }
}
