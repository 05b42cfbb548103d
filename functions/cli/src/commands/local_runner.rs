//! Runs `demo` or `dev` to its exit code.

use crate::{
    local_clouds::failure::Failure,
    ui::{
        demo_reporter::{DemoEvent, DemoReporter},
        i18n::tr,
        key_echo,
        output::print_error,
    },
};
use std::{future::Future, process::ExitCode};

/// Runs `command` until it ends or a signal ends it; whatever it started ends with it.
pub(super) fn run(json: bool, command: impl Future<Output = Result<ExitCode, Failure>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = runtime.map_err(Failure::from).and_then(|runtime| {
        let ended = runtime.block_on(command);
        // Do not wait for a file that is still being hashed.
        runtime.shutdown_background();
        ended
    });
    key_echo::restore();
    ended.unwrap_or_else(|error| {
        report(json, &error);
        ExitCode::from(error.code)
    })
}

/// Reports what ended the command: on standard error, and as the last event for a program.
fn report(json: bool, error: &Failure) {
    print_error(tr!("oss2youku: {}", "oss2youku：{}", error));
    if json {
        let message = error.to_string();
        DemoReporter::new(true).report(&DemoEvent::Failed {
            error: "stopped",
            message: &message,
            advice: None,
        });
    }
}
