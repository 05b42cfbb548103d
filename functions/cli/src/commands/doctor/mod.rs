//! `doctor`: checks everything that an upload needs, one thing after the other, and says how to fix what fails.
//!
//! A check is a function in a file of its own, from the [`CheckContext`] to its findings; [`CHECKS`] lists them all.

mod accounts;
mod bucket;
mod callback;
mod context;
mod finding;
mod function;
mod ledger;
mod marks;
mod rehearsed;
mod robots;
mod settings;
mod source;
mod video_calls;

use crate::{args::DoctorArgs, exit_code::USAGE};
use app::Settings;
use context::CheckContext;
pub(super) use finding::Finding;
pub(super) use robots::robot_finding;
use std::{future::Future, pin::Pin, process::ExitCode};

type Findings<'a> = Pin<Box<dyn Future<Output = Vec<Finding>> + 'a>>;

/// Every check that needs more than readable settings, in the order in which they run.
const CHECKS: [fn(&CheckContext) -> Findings<'_>; 7] = [
    |context| Box::pin(ledger::check(context)),
    |context| Box::pin(source::check(context)),
    |context| Box::pin(accounts::check(context)),
    |context| Box::pin(rehearsed::check(context)),
    |context| Box::pin(callback::check(context)),
    |context| Box::pin(robots::check(context)),
    |context| Box::pin(function::check(context)),
];

/// Runs all checks; the exit code is 0 if all is well, 2 where the settings cannot be used or have no account, else 1.
pub(super) fn run(args: DoctorArgs) -> ExitCode {
    let DoctorArgs { account, function_url, token_file, callback, robots, json } = args;
    let (app, finding) = settings::check();
    finding.print(json);
    let Some(app) = app else { return ExitCode::from(USAGE) };
    let context = CheckContext { app, account, function_url, token_file, callback, robots };
    let all_well = run_checks(&context, json);
    if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Collects what all checks find, of these settings or, where there are none, of those that a command loads now.
pub(super) fn collect(settings: Option<Settings>) -> Vec<Finding> {
    let (app, first) = settings.map_or_else(settings::check, settings::check_given);
    let mut findings = vec![first];
    let Some(app) = app else { return findings };
    let context = CheckContext {
        app,
        account: None,
        function_url: None,
        token_file: None,
        callback: None,
        robots: false,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(async {
            for check in CHECKS {
                findings.extend(check(&context).await);
            }
        }),
        Err(error) => findings.push(Finding::new("runtime", "start").fail(error)),
    }
    findings
}

fn run_checks(context: &CheckContext, json: bool) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return Finding::new("runtime", "start").fail(error).print(json),
    };
    runtime.block_on(async {
        let mut all_well = true;
        for check in CHECKS {
            for finding in check(context).await {
                all_well &= finding.print(json);
            }
        }
        all_well
    })
}
