//! The start of a function's process: settings, logging, the runtime and the exit code.
//!
//! TLS has nothing to start: [`App::from_settings`] gives the process's clients their provider (rustls with ring).

use crate::{application::App, logging::start_logging, settings::Settings};
use std::{fmt::Display, process::ExitCode, sync::Arc, time::Duration};
use tokio::runtime::Builder;
use upload_core::access_token::settle_refreshes;

/// Runs a function until `serve` ends: reads the settings, starts logging, builds the application and hands it over. Failures are
/// logged.
///
/// `serve` runs on one thread: moving bytes waits for the network, and a thread less is memory and start time less.
pub fn run_function<Serve, Serving, E>(serve: Serve) -> ExitCode
where
    Serve: FnOnce(Arc<App>) -> Serving,
    Serving: Future<Output = Result<(), E>>,
    E: Display,
{
    let settings = match Settings::load() {
        Ok(settings) => settings,
        Err(error) => {
            start_logging(&Default::default());
            tracing::error!(%error, "the settings do not fit");
            return ExitCode::FAILURE;
        }
    };
    start_logging(&settings.log);
    let served = Builder::new_current_thread().enable_all().build().map(|runtime| {
        runtime.block_on(async {
            let app = App::from_settings(settings).map_err(|error| error.to_string())?;
            app.warn_of_open_sources();
            app.open_connections_early();
            let served = serve(Arc::new(app)).await.map_err(|error| error.to_string());
            settle_refreshes(SETTLE_TIME).await;
            served
        })
    });
    match served.unwrap_or_else(|error| Err(error.to_string())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error, "the function cannot run");
            ExitCode::FAILURE
        }
    }
}

/// How long a process that ends waits for Youku's answer to a token's refresh: without it a person must authorize the account again.
const SETTLE_TIME: Duration = Duration::from_secs(2);

/// How much earlier than the platform a run ends, so that it can record and release what it holds: a tenth of the `remaining` time, 1 to
/// 10 s.
#[must_use]
pub fn deadline_margin(remaining: Duration) -> Duration {
    (remaining / 10).clamp(Duration::from_secs(1), Duration::from_secs(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run of minutes keeps 10 s, a short one at least 1 s.
    #[test]
    fn the_margin_is_a_tenth_between_one_and_ten_seconds() {
        for (remaining, margin) in [(900, 10), (60, 6), (3, 1)] {
            assert_eq!(deadline_margin(Duration::from_secs(remaining)), Duration::from_secs(margin));
        }
    }
}
