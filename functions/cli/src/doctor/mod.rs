//! `doctor`: tries out, one after the other, what an upload needs, and tells what to do about what fails.
//!
//! A check is a function of a file of its own, from the [`Patient`] to its findings; [`CHECKS`] names them all.

mod accounts;
mod bucket;
mod callback;
mod finding;
mod function;
mod ledger;
mod marks;
mod settings;
mod source;

use app::App;
use clap::Args;
use finding::{Finding, tell};
use std::{future::Future, path::PathBuf, pin::Pin, process::ExitCode};

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Look at this account only; default: at all of the settings.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Look at the function behind this HTTP trigger as well.
    #[arg(long, value_name = "URL")]
    function_url: Option<String>,
    /// A file with the bearer token that the function accepts.
    #[arg(long, value_name = "FILE", requires = "function_url")]
    token_file: Option<PathBuf>,
    /// Ask whether this callback may be called as well.
    #[arg(long, value_name = "URL")]
    callback: Option<String>,
    /// JSON lines instead of text on standard output.
    #[arg(long)]
    json: bool,
}

/// What is looked at.
struct Patient {
    app: App,
    /// The one account that is wanted.
    account: Option<String>,
    /// The deployed function.
    function_url: Option<String>,
    /// Its token's file.
    token_file: Option<PathBuf>,
    /// The callback that is asked about.
    callback: Option<String>,
}

type Findings<'a> = Pin<Box<dyn Future<Output = Vec<Finding>> + 'a>>;

/// Every check that needs more than readable settings, in the order in which they are told.
const CHECKS: [fn(&Patient) -> Findings<'_>; 5] = [
    |patient| Box::pin(ledger::check(patient)),
    |patient| Box::pin(source::check(patient)),
    |patient| Box::pin(accounts::check(patient)),
    |patient| Box::pin(callback::check(patient)),
    |patient| Box::pin(function::check(patient)),
];

/// Answers 0 where all is well, else 1.
pub(crate) fn run(arguments: Doctor) -> ExitCode {
    let Doctor { account, function_url, token_file, callback, json } = arguments;
    let (app, finding) = settings::check();
    let mut well = tell(&finding, json);
    if let Some(app) = app {
        well &= examine(&Patient { app, account, function_url, token_file, callback }, json);
    }
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn examine(patient: &Patient, json: bool) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) =
        runtime.map_err(|error| tell(&Finding::of("runtime", "begin to work").failed(error), json))
    else {
        return false;
    };
    runtime.block_on(async {
        let mut well = true;
        for check in CHECKS {
            for finding in check(patient).await {
                well &= tell(&finding, json);
            }
        }
        well
    })
}
