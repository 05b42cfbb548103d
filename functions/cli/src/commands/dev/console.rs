//! The console of the local clouds.

use crate::{
    commands::console::{CommandLine, language, listen},
    local_clouds::{CONSOLE_PORT, RunningClouds, describe_taken_port, failure::Failure},
};
use app::App;
use std::sync::Arc;
use web_console::{Backend, Console, ConsoleSettings};

/// Starts listening, on the port after those of the clouds.
///
/// # Errors
/// Where the port is taken.
pub(super) async fn start(running: &RunningClouds, port_base: u16) -> Result<Console, Failure> {
    let port = if port_base == 0 { 0 } else { port_base + CONSOLE_PORT };
    let listener = listen(port).await.map_err(|error| describe_taken_port(&error))?;
    let settings = &running.settings;
    let backend = Backend::Ledger(Arc::new(App::from_settings(settings.clone())?));
    let advisor = Arc::new(CommandLine::of(settings.clone()));
    let console = ConsoleSettings { language: language(), is_dev: true };
    Ok(Console::new(listener, backend, advisor, console)?)
}
