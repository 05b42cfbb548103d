//! The one status line of a command without bars of its own: whatever is printed while it stands goes above it.

use indicatif::ProgressBar;
use std::sync::{Mutex, PoisonError};

static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Makes `line` the status line; `None`: there is none any more.
pub(super) fn set(line: Option<ProgressBar>) {
    *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = line;
}

/// Prints while the status line, if there is one, is away.
pub(super) fn suspend(print: impl FnOnce()) {
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match shown {
        Some(line) => line.suspend(print),
        None => print(),
    }
}
