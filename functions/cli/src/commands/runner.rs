//! Runs a command to its exit code.

use crate::{
    error::CliError,
    exit_code,
    ui::{
        messages::errors::{describe, describe_way_out},
        output::{print_error, print_line},
    },
};
use app::core::{Error, ErrorKind};
use serde_json::json;
use std::{future::Future, process::ExitCode};

/// Runs `command` on this thread, and reports what ended it early.
pub(crate) fn run(json: bool, command: impl Future<Output = Result<ExitCode, CliError>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let unusable = |error| Error::new(ErrorKind::Config, "start", "cannot start").with_source(error).into();
    let ended = runtime.map_err(unusable).and_then(|runtime| runtime.block_on(command));
    ended.unwrap_or_else(|error| report(json, &error))
}

fn report(json: bool, error: &CliError) -> ExitCode {
    let text = describe(error);
    print_error(format_args!("oss2youku: {text}{}", describe_way_out(error)));
    if json {
        print_line(json!({"event": "failed", "error": error.code(), "message": text}));
    }
    ExitCode::from(exit_code::classify(error))
}
