//! Lists folders of the data folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) fn list_json_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = list_directory(folder)?.into_iter();
    Ok(paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect())
}

pub(crate) fn list_directory(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
