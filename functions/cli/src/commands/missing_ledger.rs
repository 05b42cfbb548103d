//! A command that only reads the ledger, where there is none yet: a place that is mistyped looks like one that is new.

use super::default_ledger;
use crate::{error::CliError, ui::messages::ledger::describe_missing};
use app::{App, core::ErrorKind};

/// Fails where the settings name a ledger that is not there yet.
///
/// # Errors
/// Names the place and the setting.
pub(super) fn refuse(app: &App) -> Result<(), CliError> {
    match describe(app) {
        Some(why) => Err(CliError::local(ErrorKind::NoSuchUpload, why)),
        None => Ok(()),
    }
}

/// Says that the ledger is not there yet; `None` where it is there, or only asking its store tells.
pub(super) fn describe(app: &App) -> Option<String> {
    let place = app.missing_ledger()?;
    let is_default = app.settings().ledger.location.is_some()
        && app.settings().ledger.location == default_ledger::locate();
    Some(describe_missing(&place, is_default))
}
