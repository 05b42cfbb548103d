//! The commands of a person who operates the product. Results go to standard output, logs and errors to standard error.

mod explain;
mod list;
mod retry;
mod sweep;
mod words;

pub(crate) use self::{explain::explain, list::list, retry::retry, sweep::sweep};

use app::{
    App, Settings,
    core::{Error, ErrorKind},
};
use serde_json::{Value, json};
use std::{
    fmt::Display,
    future::Future,
    io::{Write, stderr, stdout},
    process::ExitCode,
};

/// Something failed.
const FAILED: u8 = 1;
/// The command line or the settings do not fit.
const USAGE: u8 = 2;
/// There is no such upload or object.
const UNKNOWN: u8 = 3;
/// Somebody works on the upload, or it waits.
const NOT_NOW: u8 = 4;

/// Runs a command and tells what ended it early.
pub(crate) fn run(json: bool, command: impl Future<Output = Result<ExitCode, Error>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let unusable = |error| Error::new(ErrorKind::Config, "start", "cannot start").caused_by(error);
    let ended = runtime.map_err(unusable).and_then(|runtime| runtime.block_on(command));
    ended.unwrap_or_else(|error| stopped(json, &error))
}

/// The application, from the settings that the function reads as well.
fn app() -> Result<App, Error> {
    let settings = Settings::load()?;
    app::start_logging(&settings.log);
    App::from_settings(settings)
}

fn stopped(json: bool, error: &Error) -> ExitCode {
    // Whom nobody hears has nobody to tell.
    let _ = writeln!(stderr(), "oss2youku: {error}");
    if error.kind() == ErrorKind::Config {
        let _ = writeln!(stderr(), "{}", words::SETTINGS);
    }
    if json {
        line(json!({"event": "failed", "error": error.kind().code(), "message": error.to_string()}));
    }
    ExitCode::from(exit_code(error))
}

fn exit_code(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Config => USAGE,
        ErrorKind::InvalidJob if error.operation() == "operator" => USAGE,
        ErrorKind::SourceMissing => UNKNOWN,
        _ if is_put_aside(error) => NOT_NOW,
        _ => FAILED,
    }
}

/// An argument that does not fit.
fn usage(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidJob, "operator", message)
}

/// The upload is not at its end: somebody works on it, or it waits for its time.
fn is_put_aside(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::InProgress | ErrorKind::RateLimited | ErrorKind::Deadline)
}

/// Tells that there is no such upload.
fn unknown(json: bool, upload: &str) -> ExitCode {
    if json {
        line(json!({"event": "failed", "error": "no_such_upload", "message": words::unknown(upload)}));
    }
    let _ = writeln!(stderr(), "oss2youku: {}", words::unknown(upload));
    ExitCode::from(UNKNOWN)
}

/// A line of results.
fn line(text: impl Display) {
    let _ = writeln!(stdout(), "{text}");
}

/// The fields that are not null.
fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, value| !value.is_null());
    }
    value
}
