//! Logs: English JSON lines on standard error, with the request id and upload id of the spans around them.

#[cfg(feature = "otel")]
use crate::traces::export;
use crate::{
    settings::{LogLevel, LogSettings},
    traces::NotExported,
};
use tracing::{Subscriber, level_filters::LevelFilter, subscriber::set_global_default};
use tracing_subscriber::fmt;

/// Starts logging and, with the feature `otel` and a collector, the export of traces. Later calls change nothing.
pub fn start_logging(settings: &LogSettings) {
    let level = match settings.level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    #[cfg(feature = "otel")]
    match export::layer() {
        Ok(Some(layer)) => return set(subscriber_with(level, layer)),
        Ok(None) => {}
        Err(why) => {
            set(subscriber(level));
            return why.log();
        }
    }
    set(subscriber(level));
}

/// Starts the export of traces, with the feature `otel` and a collector, for a process that writes no log.
///
/// # Errors
/// Where a variable names a collector and no traces are exported all the same. No log says so.
pub fn start_without_log() -> Result<(), NotExported> {
    #[cfg(feature = "otel")]
    if let Some(layer) = export::layer()? {
        use tracing_subscriber::layer::SubscriberExt;
        set(tracing_subscriber::registry().with(layer));
    }
    Ok(())
}

fn set(subscriber: impl Subscriber + Send + Sync) {
    // Only a second call fails, and then the subscriber of the first one is already at work.
    let _ = set_global_default(subscriber);
}

fn subscriber(level: LevelFilter) -> impl Subscriber + Send + Sync {
    fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_target(false)
        .with_max_level(level)
        .with_writer(std::io::stderr)
        // It would be told by a macro that panics where nobody reads the log.
        .log_internal_errors(false)
        .finish()
}

/// The same log next to a layer that sees more than the log does.
#[cfg(feature = "otel")]
fn subscriber_with<L>(level: LevelFilter, layer: L) -> impl Subscriber + Send + Sync
where
    L: tracing_subscriber::Layer<tracing_subscriber::Registry> + Send + Sync,
{
    use tracing_subscriber::{Layer, layer::SubscriberExt};
    let log = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_target(false)
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .with_filter(level);
    tracing_subscriber::registry().with(layer).with(log)
}
