//! The folder of the local clouds' data: one process at a time, and files that only its user can read.

use super::failure::{Failure, name_file};
use crate::{
    private_file,
    ui::{details::localize_io, i18n::tr},
};
use std::{
    fs::{self, File, TryLockError},
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Holds the id of the process that uses the folder, and is locked by it.
const LOCK_FILE: &str = "dev.lock";

/// The folder, locked until this is dropped.
#[derive(Debug)]
pub(crate) struct DataFolder {
    /// Its absolute path.
    pub(crate) path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Creates the folder where it is missing and locks it. The system releases the lock when the process ends, however it ends.
    ///
    /// # Errors
    /// Names the folder that cannot be used, and the process that uses it.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let unusable = |error: std::io::Error| {
            let (path, why) = (path.display(), localize_io(&error));
            Failure::usage(tr!(
                "the data folder {path} cannot be used: {why}",
                "无法使用数据目录 {path}：{why}"
            ))
        };
        if path.exists() && !path.is_dir() {
            let path = path.display();
            return Err(Failure::usage(tr!(
                "--data {path}: there is a file of this name: name a folder, or one that does not exist yet",
                "--data {path}：已有同名文件：请指定目录，或尚不存在的目录"
            )));
        }
        fs::create_dir_all(path).map_err(unusable)?;
        let path = path.canonicalize().map_err(unusable)?;
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join(LOCK_FILE))
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(describe_in_use(&path, &mut file)),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).map_err(unusable)?;
        Ok(Self { path, _lock: file })
    }

    /// Writes a file that only this user can read, in place of an older one; returns its path.
    ///
    /// # Errors
    /// Names the file.
    pub(crate) fn write_private(&self, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let path = self.path.join(name);
        private_file::write(&path, text, true).map_err(|error| name_file(&path, &error))?;
        Ok(path)
    }
}

/// Names the process that has the folder, as far as it has written its id.
fn describe_in_use(path: &Path, file: &mut File) -> Failure {
    let (mut pid, path) = (String::new(), path.display());
    let pid = match file.read_to_string(&mut pid) {
        Ok(_) if !pid.is_empty() => pid,
        _ => "?".into(),
    };
    Failure::usage(tr!(
        "another `dev` (process {pid}) uses the data folder {path}: stop it, or give this one another folder with --data",
        "数据目录 {path} 正被另一个 `dev`（进程 {pid}）使用：请先停止它，或用 --data 指定其他目录"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second process is refused by name, and the folder is free once the first has let go.
    #[test]
    fn a_folder_in_use_is_refused_with_its_process() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let held = DataFolder::open(folder.path())?;
        let refused = DataFolder::open(folder.path()).err().map(|failure| failure.to_string());
        let pid = std::process::id().to_string();
        assert!(refused.as_ref().is_some_and(|text| text.contains(&pid)), "{refused:?}");
        drop(held);
        DataFolder::open(folder.path()).map(drop)
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_named() -> Result<(), Failure> {
        let file = tempfile::NamedTempFile::new()?;
        let refused = DataFolder::open(file.path()).err().map(|failure| failure.to_string());
        assert!(
            refused.as_ref().is_some_and(|text| text.contains("there is a file of this name")),
            "{refused:?}"
        );
        Ok(())
    }
}
