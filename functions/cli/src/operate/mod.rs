//! The commands of a person who operates the product. Results go to standard output, logs and errors to standard error.

mod cancel;
mod explain;
mod list;
mod place;
mod replay;
mod retry;
mod sweep;
pub(crate) mod words;

pub(crate) use self::{
    cancel::cancel, explain::explain, list::list, replay::replay, retry::retry, sweep::sweep,
};

use crate::exit::{self, OPERATOR, UNKNOWN};

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

/// Runs a command and tells what ended it early.
pub(crate) fn run(json: bool, command: impl Future<Output = Result<ExitCode, Error>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let unusable = |error| Error::new(ErrorKind::Config, "start", "cannot start").with_source(error);
    let ended = runtime.map_err(unusable).and_then(|runtime| runtime.block_on(command));
    ended.unwrap_or_else(|error| stopped(json, &error))
}

/// The application, from the settings that the function reads as well.
fn app() -> Result<App, Error> {
    let settings = settings()?;
    app::start_logging(&settings.log);
    App::from_settings(settings)
}

/// Those settings, with a ledger of this user where they name none.
pub(crate) fn settings() -> Result<Settings, Error> {
    let mut settings = Settings::load()?;
    if settings.ledger.location.is_none() {
        settings.ledger.location = place::of_user();
    }
    Ok(settings)
}

fn stopped(json: bool, error: &Error) -> ExitCode {
    // Whom nobody hears has nobody to tell.
    let _ = writeln!(stderr(), "{}", words::stopped(error));
    if json {
        line(json!({"event": "failed", "error": error.kind().code(), "message": error.to_string()}));
    }
    ExitCode::from(exit::code(error))
}

/// An argument that does not fit.
fn usage(message: String) -> Error {
    Error::new(ErrorKind::InvalidJob, OPERATOR, message)
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
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(stdout(), "{text}");
}

/// The fields that are not null.
pub(crate) fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, value| !value.is_null());
    }
    value
}
