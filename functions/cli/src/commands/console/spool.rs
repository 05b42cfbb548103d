//! Opens the folder of dropped files.

use crate::ui::{messages::console::describe_unusable_spool, output::print_error};
use std::path::PathBuf;
use web_console::Spool;

/// Opens the spool. Where that fails, the page shows the uploads all the same, and the user reads why it takes no files.
pub(in crate::commands) fn open_spool(folder: PathBuf, limit: u64) -> Option<Spool> {
    let opened = Spool::open(folder.clone(), limit);
    opened.inspect_err(|why| print_error(describe_unusable_spool(&folder, why))).ok()
}
