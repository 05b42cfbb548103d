//! The mode of the terminal while this program changes it. Bars keep it from writing `^C` into them: they fill their rows, so that it would
//! move the cursor to another row, and the bars would be drawn and cleared there. Questions for secrets turn the echo off.

use nix::{
    sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr},
    unistd::{getpgrp, tcgetpgrp},
};
use std::{
    io::{IsTerminal, stderr, stdin},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

/// The terminal's modes before they were changed, for as long as they are.
struct Modes {
    /// Its own.
    own: Termios,
    /// The one to set again when the process is continued; `None` while the process is not stopped.
    suspended: Option<Termios>,
}

static MODES: Mutex<Option<Modes>> = Mutex::new(None);
/// The program is about to end: nothing changes the mode any more. Read and set while [`MODES`] is locked.
static IS_FINAL: AtomicBool = AtomicBool::new(false);

/// Turns the echo of control keys off, until [`restore`]; returns whether it did. Best effort: where it fails, a row of a bar may stay
/// behind.
pub(crate) fn hide_control_keys() -> bool {
    stderr().is_terminal() && change(|flags| flags.remove(LocalFlags::ECHOCTL))
}

/// Turns the echo of what is typed off, but for the end of the line, until [`restore`]. Control keys keep their effect. Best effort: where it
/// fails, the answer is shown.
pub(crate) fn hide_typing() {
    change(|flags| {
        flags.remove(LocalFlags::ECHO);
        flags.insert(LocalFlags::ECHONL);
    });
}

fn change(edit: impl FnOnce(&mut LocalFlags)) -> bool {
    let mut modes = MODES.lock().unwrap_or_else(PoisonError::into_inner);
    if modes.is_some() || IS_FINAL.load(Relaxed) || !is_in_foreground() {
        return false;
    }
    let Some(own) = read() else { return false };
    let mut changed = own.clone();
    edit(&mut changed.local_flags);
    if write(&changed) {
        *modes = Some(Modes { own, suspended: None });
    }
    modes.is_some()
}

/// Gives the terminal its own mode back.
pub(crate) fn restore() {
    restore_from(&mut MODES.lock().unwrap_or_else(PoisonError::into_inner));
}

/// Gives the terminal its own mode back for good, because the program is about to end: another thread may be about to ask its next question.
pub(super) fn restore_finally() {
    let mut modes = MODES.lock().unwrap_or_else(PoisonError::into_inner);
    IS_FINAL.store(true, Relaxed);
    restore_from(&mut modes);
}

fn restore_from(modes: &mut Option<Modes>) {
    // A suspended terminal has its own mode, and may be another process's by now.
    if let Some(Modes { own, suspended: None }) = modes.take() {
        write(&own);
    }
}

/// Gives the terminal its own mode back until [`resume`], because the process is about to be stopped.
pub(super) fn suspend() {
    let mut modes = MODES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(modes) = modes.as_mut().filter(|modes| modes.suspended.is_none()) {
        modes.suspended = read();
        write(&modes.own);
    }
}

/// Sets the mode that was in use before [`suspend`]; in the background the terminal is another process's, and stays as it is.
pub(super) fn resume() {
    let mut modes = MODES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(modes) = modes.as_mut().filter(|_| is_in_foreground())
        && let Some(mode) = modes.suspended.take()
    {
        // Its own may be another by now.
        modes.own = read().unwrap_or_else(|| modes.own.clone());
        write(&mode);
    }
}

/// Whether the terminal is this process's: it would be stopped for changing another's.
fn is_in_foreground() -> bool {
    let group = tcgetpgrp(stdin()).or_else(|_| tcgetpgrp(stderr()));
    group == Ok(getpgrp())
}

/// The mode of the terminal that is read, or where there is none, written to.
fn read() -> Option<Termios> {
    tcgetattr(stdin()).or_else(|_| tcgetattr(stderr())).ok()
}

fn write(mode: &Termios) -> bool {
    // The terminal may be gone.
    let written = tcsetattr(stdin(), SetArg::TCSANOW, mode);
    written.or_else(|_| tcsetattr(stderr(), SetArg::TCSANOW, mode)).is_ok()
}
