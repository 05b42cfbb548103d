//! Runs a command to its exit code.

use crate::{
    error::CliError,
    exit_code,
    shutdown::{SecondSignal, Shutdown},
    ui::{
        i18n::tr,
        key_echo,
        messages::errors::{describe, describe_way_out},
        output::{print_error, print_json},
        wait_line::show_waits,
    },
};
use app::core::{Error, ErrorKind, access_token::settle_refreshes};
use serde_json::json;
use std::{future::Future, io, process::ExitCode, time::Duration};

/// How long a command that ends waits for Youku's answer to a refresh: without it a person must authorize the account again.
pub(super) const SETTLE_TIME: Duration = Duration::from_secs(2);

/// Runs `command` on this thread, and reports what ended it early. A signal ends the program as it does by default.
pub(crate) fn run(json: bool, command: impl Future<Output = Result<ExitCode, CliError>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime.map_err(describe_unusable).and_then(|runtime| {
        let ended = runtime.block_on(async {
            let ended = command.await;
            settle_refreshes(SETTLE_TIME).await;
            app::flush_traces(None).await;
            ended
        });
        // Do not wait for a thread that reads a file which does not answer.
        runtime.shutdown_background();
        ended
    });
    key_echo::restore();
    ended.unwrap_or_else(|error| report(json, &error))
}

fn describe_unusable(error: io::Error) -> CliError {
    Error::new(ErrorKind::Config, "start", "cannot start").with_source(error).into()
}

/// Runs a command that must end soon after the shutdown that it is given was requested. A second signal ends the program at once.
pub(crate) fn run_with_shutdown<Running>(json: bool, command: impl FnOnce(Shutdown) -> Running) -> ExitCode
where
    Running: Future<Output = Result<ExitCode, CliError>>,
{
    run(json, async {
        let shutdown = Shutdown::listen(SecondSignal::Exits).map_err(describe_unusable)?;
        command(shutdown).await
    })
}

/// Runs a command that a signal may end anywhere, and shows what it waits for.
pub(crate) fn run_until_stopped(
    json: bool,
    command: impl Future<Output = Result<ExitCode, CliError>>,
) -> ExitCode {
    run_with_shutdown(json, |shutdown| async move { shutdown.guard(show_waits(json, None, command)).await })
}

fn report(json: bool, error: &CliError) -> ExitCode {
    let (text, way) = (describe(error), describe_way_out(error));
    print_error(tr!("oss2youku: {text}{way}", "oss2youku：{text}{way}"));
    if json {
        print_json(json!({"event": "failed", "error": error.code(), "message": text}));
    }
    ExitCode::from(exit_code::classify(error))
}
