//! The settings of a command: those that the function reads as well.

use super::default_ledger;
use crate::{
    config_flag,
    ui::{i18n::tr, output::print_error},
};
use app::{App, LogLevel, LogSettings, NotExported, Settings, core::Error};
use std::{
    io::{IsTerminal, stderr},
    time::Duration,
};

/// How long a command that only reads tries again what fails.
const READING_PATIENCE: Duration = Duration::from_secs(15);

/// Loads the settings, with a ledger of this user where they name none.
pub(super) fn load() -> Result<Settings, Error> {
    let mut settings = match config_flag::find() {
        Some(file) => Settings::load_from(file)?,
        None => Settings::load()?,
    };
    if settings.ledger.location.is_none() {
        settings.ledger.location = default_ledger::locate();
    }
    Ok(settings)
}

/// Starts the logs of a command, on standard error. Where the settings ask for no other level than the ordinary one, a terminal gets none: they
/// would tear the lines of progress, and how a command ends is reported anyway; elsewhere they begin at `level`.
pub(super) fn start_logs(settings: &Settings, level: LogLevel) {
    let is_asked = settings.log.level != LogLevel::Info;
    if is_asked || !stderr().is_terminal() {
        app::start_logging(&LogSettings { level: if is_asked { settings.log.level } else { level } });
    } else if let Err(why) = app::start_without_log() {
        print_error(describe_not_exported(why));
    }
}

fn describe_not_exported(why: NotExported) -> String {
    match why {
        NotExported::Tls => {
            tr!("no traces are exported: TLS cannot be set up", "不导出链路追踪：无法设置 TLS")
        }
        NotExported::Variables => tr!(
            "no traces are exported: a variable OTEL_EXPORTER_OTLP_... has a value that does not fit",
            "不导出链路追踪：变量 OTEL_EXPORTER_OTLP_... 的取值不合适"
        ),
    }
}

/// Loads the settings, opens the application with them, and starts the logs.
pub(super) fn open_app() -> Result<App, Error> {
    let settings = load()?;
    start_logs(&settings, LogLevel::Info);
    App::from_settings(settings)
}

/// Opens the application for a command that only reads, with short retries: a person is waiting.
pub(super) fn open_app_to_read() -> Result<App, Error> {
    Ok(open_app()?.with_patience(READING_PATIENCE))
}
