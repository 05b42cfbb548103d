//! Logs: English JSON lines on standard error, with the request id and upload id of the spans around them.

use crate::settings::{LogLevel, LogSettings};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;

/// Starts logging. Later calls change nothing.
pub fn start_logging(settings: &LogSettings) {
    let level = match settings.level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let subscriber = fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_target(false)
        .with_max_level(level)
        .with_writer(std::io::stderr)
        // It would be told by a macro that panics where nobody reads the log.
        .log_internal_errors(false)
        .finish();
    // Only a second call fails, and then the subscriber of the first one is already at work.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
