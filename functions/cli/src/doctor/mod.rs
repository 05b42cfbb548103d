//! `doctor`: tries out, one after the other, what an upload needs, and tells what to do about what fails.
//!
//! A check is a function of a file of its own, from the [`Patient`] to its findings; [`CHECKS`] names them all.

mod accounts;
mod finding;
mod ledger;
mod settings;

use app::App;
use clap::Args;
use finding::{Finding, tell};
use std::{future::Future, pin::Pin, process::ExitCode};

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Look at this account only; default: at all of the settings.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// JSON lines instead of text on standard output.
    #[arg(long)]
    json: bool,
}

/// What is looked at.
struct Patient {
    app: App,
    /// The one account that is wanted.
    account: Option<String>,
}

type Findings<'a> = Pin<Box<dyn Future<Output = Vec<Finding>> + 'a>>;

/// Every check that needs more than readable settings, in the order in which they are told.
const CHECKS: [fn(&Patient) -> Findings<'_>; 2] =
    [|patient| Box::pin(ledger::check(patient)), |patient| Box::pin(accounts::check(patient))];

/// Answers 0 where all is well, else 1.
pub(crate) fn run(arguments: Doctor) -> ExitCode {
    let Doctor { account, json } = arguments;
    let (app, finding) = settings::check();
    let mut well = tell(&finding, json);
    if let Some(app) = app {
        well &= examine(&Patient { app, account }, json);
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
