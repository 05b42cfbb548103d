//! The file that `--config` names: a command reads its settings there, and the commands that it advises name it too.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

static CHOSEN: OnceLock<PathBuf> = OnceLock::new();

/// Chooses the settings file of this process, before a command reads it.
pub(crate) fn choose(file: Option<PathBuf>) {
    if let Some(file) = file {
        let _chosen_once = CHOSEN.set(file);
    }
}

/// The file that `--config` names.
pub(crate) fn find() -> Option<&'static Path> {
    CHOSEN.get().map(PathBuf::as_path)
}
