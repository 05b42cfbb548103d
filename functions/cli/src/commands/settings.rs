//! The settings of a command: those that the function reads as well.

use super::default_ledger;
use app::{App, Settings, core::Error};

/// Loads the settings, with a ledger of this user where they name none.
pub(super) fn load() -> Result<Settings, Error> {
    let mut settings = Settings::load()?;
    if settings.ledger.location.is_none() {
        settings.ledger.location = default_ledger::locate();
    }
    Ok(settings)
}

/// Loads the settings and opens the application with them; logs go to standard error from then on.
pub(super) fn open_app() -> Result<App, Error> {
    let settings = load()?;
    app::start_logging(&settings.log);
    App::from_settings(settings)
}
