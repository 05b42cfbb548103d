//! The console of the local clouds.

use super::faults::FaultSwitches;
use crate::{
    commands::{
        console::{CommandLine, language, listen, open_spool},
        upload::ConsoleUploads,
    },
    local_clouds::{CONSOLE_PORT, RunningClouds, describe_taken_port, failure::Failure},
    shutdown::Shutdown,
};
use app::App;
use std::sync::Arc;
use web_console::{Backend, Console, ConsoleSettings};

/// Most bytes of dropped files that wait for their upload.
const SPOOL_LIMIT: u64 = 20 << 30;

/// Starts listening, on the port after those of the clouds.
///
/// # Errors
/// Where the port is taken.
pub(super) async fn start(
    running: &RunningClouds,
    port_base: u16,
    shutdown: Shutdown,
    switches: FaultSwitches,
) -> Result<Console, Failure> {
    let port = if port_base == 0 { 0 } else { port_base + CONSOLE_PORT };
    let listener = listen(port).await.map_err(|error| describe_taken_port(&error))?;
    let settings = &running.settings;
    let backend = Backend::Ledger(Arc::new(App::from_settings(settings.clone())?));
    let advisor = Arc::new(CommandLine::of(settings.clone()));
    let console = ConsoleSettings { language: language(), is_dev: true };
    let uploads = Arc::new(ConsoleUploads { settings: settings.clone(), shutdown });
    let spool = open_spool(running.config.data_dir.join("spool"), SPOOL_LIMIT);
    Ok(Console::new(listener, backend, advisor, console)?
        .with_uploads(uploads, spool)
        .with_clouds(Arc::new(switches)))
}
