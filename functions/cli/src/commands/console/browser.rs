//! Opens a page in the user's browser.

use std::{
    io,
    os::unix::process::CommandExt,
    process::{Command, Stdio},
    thread,
};

/// Desktops have a program that opens an address in the browser of the user's choice.
const OPENER: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };

/// Opens the page. Other users may read the address in the list of processes: its token must let in once.
///
/// # Errors
/// Where there is no such program.
pub(super) fn open(url: &str) -> io::Result<()> {
    let mut command = Command::new(OPENER);
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl-C ends the console, not a browser that this opens.
    let mut opener = command.process_group(0).spawn()?;
    // It may last as long as the browser.
    thread::spawn(move || opener.wait());
    Ok(())
}
