//! Upload from object storage to Youku: the command line.

mod args;
#[cfg(feature = "local-clouds")]
mod demo;
#[cfg(feature = "local-clouds")]
mod dev;
mod doctor;
mod exit;
mod help;
mod init;
mod invoke;
mod lang;
#[cfg(feature = "local-clouds")]
mod local;
mod operate;
#[cfg(feature = "local-clouds")]
mod report;
#[cfg(feature = "local-clouds")]
mod token;
mod upload;

use args::{Arguments, Command};
use clap::FromArgMatches;
use std::process::ExitCode;

fn main() -> ExitCode {
    lang::choose();
    let read = help::command().try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
    match read {
        Ok(arguments) => run(arguments.command),
        Err(error) => help::refuse(&error),
    }
}

fn run(command: Command) -> ExitCode {
    match command {
        Command::Upload(arguments) => operate::run(arguments.json, upload::upload(*arguments)),
        Command::Sweep(arguments) => operate::run(arguments.json, operate::sweep(arguments)),
        Command::Retry(arguments) => operate::run(arguments.json, operate::retry(arguments)),
        Command::Cancel(arguments) => operate::run(arguments.json, operate::cancel(arguments)),
        Command::ReplayCallback(arguments) => operate::run(arguments.json, operate::replay(arguments)),
        Command::Explain(arguments) => operate::run(arguments.json, operate::explain(arguments)),
        Command::List(arguments) => operate::run(arguments.json, operate::list(arguments)),
        Command::Doctor(arguments) => doctor::run(arguments),
        Command::Invoke(arguments) => operate::run(arguments.json, invoke::invoke(arguments)),
        Command::Init(arguments) => operate::run(arguments.json, init::init(arguments)),
        Command::Completions { shell } => help::complete(shell),
        // Its own runtime, as in the packaged program.
        #[cfg(feature = "local-clouds")]
        Command::Function => aliyun_fc::main(),
        #[cfg(feature = "local-clouds")]
        Command::Demo(arguments) => local::run(arguments.local.json, demo::demo(arguments)),
        #[cfg(feature = "local-clouds")]
        Command::Dev(arguments) => local::run(arguments.local.json, dev::dev(arguments)),
    }
}
