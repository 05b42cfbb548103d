//! Upload from object storage to Youku: the command line.

mod args;
#[cfg(feature = "local-clouds")]
mod demo;
#[cfg(feature = "local-clouds")]
mod dev;
mod doctor;
#[cfg(feature = "local-clouds")]
mod local;
mod operate;
#[cfg(feature = "local-clouds")]
mod report;
#[cfg(feature = "local-clouds")]
mod token;

use args::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Sweep(arguments) => operate::run(arguments.json, operate::sweep(arguments)),
        Command::Retry(arguments) => operate::run(arguments.json, operate::retry(arguments)),
        Command::Explain(arguments) => operate::run(arguments.json, operate::explain(arguments)),
        Command::List(arguments) => operate::run(arguments.json, operate::list(arguments)),
        Command::Doctor(arguments) => doctor::run(arguments),
        // Its own runtime, as in the packaged program.
        #[cfg(feature = "local-clouds")]
        Command::Function => aliyun_fc::main(),
        #[cfg(feature = "local-clouds")]
        Command::Demo(arguments) => local::run(arguments.local.json, demo::demo(arguments)),
        #[cfg(feature = "local-clouds")]
        Command::Dev(arguments) => local::run(arguments.local.json, dev::dev(arguments)),
    }
}
