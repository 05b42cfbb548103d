//! Where the ledger is kept when no setting names it, and what lies next to it.

use std::{env, path::PathBuf};

/// Locates a folder of this user, by the XDG base directory specification; `None` where the environment names no home.
pub(super) fn locate() -> Option<String> {
    locate_state()?.join("ledger").into_os_string().into_string().ok()
}

/// Locates the folder of what this user's commands keep.
pub(super) fn locate_state() -> Option<PathBuf> {
    let folder = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    Some(state.join("oss2youku"))
}
