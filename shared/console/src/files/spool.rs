//! The folder of the spooled files: `{id}.json` is a file's record, `{id}/{name}` its bytes.

use super::{
    file::{FileId, FileState, SpooledFile},
    free_space::free_space,
    record::FileRecord,
};
use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, TryLockError},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Locked by the console that uses the folder.
const LOCK_FILE: &str = "lock";
/// Bytes of the longest name that file systems take.
const MAX_NAME: usize = 255;

/// A folder in which dropped files wait for their upload, for one console at a time.
pub struct Spool {
    folder: PathBuf,
    limit: u64,
    files: Mutex<BTreeMap<FileId, SpooledFile>>,
    _lock: File,
}

/// Why a spool cannot be used.
#[derive(Debug)]
pub enum SpoolError {
    /// Another console uses it.
    InUse,
    /// The folder cannot be read or written.
    Unusable(io::Error),
}

/// Why a file is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Its name cannot be that of a file.
    Name,
    /// It is empty.
    Empty,
    /// It does not fit into what the spool may hold.
    SpoolFull,
    /// The disk has no room for it.
    DiskFull,
}

impl From<io::Error> for SpoolError {
    fn from(error: io::Error) -> Self {
        Self::Unusable(error)
    }
}

impl Spool {
    /// Opens a folder, which is made where it is missing, and finds what an earlier console left in it. `limit`: the most bytes of all files
    /// together.
    ///
    /// # Errors
    /// Where another console uses it, or it cannot be written.
    pub fn open(folder: PathBuf, limit: u64) -> Result<Self, SpoolError> {
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let lock = File::options().write(true).create(true).truncate(false).open(folder.join(LOCK_FILE))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(SpoolError::InUse),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let spool = Self { folder, limit, files: Mutex::default(), _lock: lock };
        spool.recover()?;
        Ok(spool)
    }

    /// Takes up the files whose records are there. Bytes without a record are those of a file that was being removed.
    fn recover(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let id = FileId::parse(name.strip_suffix(".json").unwrap_or(name));
            let Some(id) = id else { continue };
            if !name.ends_with(".json") {
                if !self.record_path(&id).exists() {
                    fs::remove_dir_all(entry.path())?;
                }
                continue;
            }
            let Some(record) = FileRecord::read(&entry.path()) else { continue };
            let length = fs::metadata(self.path(&id, &record.name)).map_or(0, |found| found.len());
            let file = SpooledFile::from_record(id.clone(), record, length);
            self.lock().insert(id, file);
        }
        Ok(())
    }

    /// The most bytes of all files together.
    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// Bytes that the files have or are going to have.
    pub(crate) fn used(&self) -> u64 {
        let is_there = |file: &&SpooledFile| !file.state.has_ended();
        self.lock().values().filter(is_there).map(|file| file.size).sum()
    }

    /// Every file.
    pub(crate) fn files(&self) -> Vec<SpooledFile> {
        self.lock().values().cloned().collect()
    }

    /// One file.
    pub(crate) fn file(&self, id: &FileId) -> Option<SpooledFile> {
        self.lock().get(id).cloned()
    }

    /// Where a file's bytes are.
    pub(crate) fn path(&self, id: &FileId, name: &str) -> PathBuf {
        self.folder.join(id.to_string()).join(name)
    }

    fn record_path(&self, id: &FileId) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    /// Makes room for a file, or finds the one of which a part was received before.
    ///
    /// # Errors
    /// Why it is not taken; where the folder cannot be written.
    pub(super) fn announce(
        &self,
        name: &str,
        size: u64,
        modified: u64,
    ) -> io::Result<Result<SpooledFile, Refusal>> {
        if !is_file_name(name) {
            return Ok(Err(Refusal::Name));
        }
        if size == 0 {
            return Ok(Err(Refusal::Empty));
        }
        let is_same = |file: &&SpooledFile| {
            file.state == FileState::Receiving
                && (file.name == name && file.size == size && file.modified == modified)
        };
        if let Some(known) = self.lock().values().find(is_same) {
            return Ok(Ok(known.clone()));
        }
        if size > self.limit.saturating_sub(self.used()) {
            return Ok(Err(Refusal::SpoolFull));
        }
        if free_space(&self.folder).is_some_and(|free| size > free) {
            return Ok(Err(Refusal::DiskFull));
        }
        let id = FileId::random();
        let record = FileRecord::new(name.into(), size, modified, None);
        record.write(&self.record_path(&id))?;
        DirBuilder::new().mode(0o700).create(self.folder.join(id.to_string()))?;
        let file = SpooledFile::from_record(id.clone(), record, 0);
        self.lock().insert(id, file.clone());
        Ok(Ok(file))
    }

    /// Changes a file, if it is still there.
    pub(super) fn update(&self, id: &FileId, change: impl FnOnce(&mut SpooledFile)) {
        if let Some(file) = self.lock().get_mut(id) {
            change(file);
        }
    }

    /// Changes a file where `change` agrees, and returns what it said; `None` where there is no such file.
    pub(super) fn try_update<T>(&self, id: &FileId, change: impl FnOnce(&mut SpooledFile) -> T) -> Option<T> {
        self.lock().get_mut(id).map(change)
    }

    /// Writes the record of a file as it is now.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub(super) fn save(&self, id: &FileId) -> io::Result<()> {
        let Some(file) = self.file(id) else { return Ok(()) };
        file.to_record().write(&self.record_path(id))
    }

    /// Deletes a file's bytes and record; what is known of it stays until it is [forgotten](Self::forget).
    pub(super) fn delete(&self, id: &FileId) {
        // What is left is found again at the next start: the record goes last.
        let deleted = fs::remove_dir_all(self.folder.join(id.to_string()))
            .and_then(|()| fs::remove_file(self.record_path(id)));
        if let Err(error) = deleted {
            tracing::warn!(%error, file = %id, "a spooled file could not be deleted");
        }
    }

    /// Forgets a file.
    pub(super) fn forget(&self, id: &FileId) {
        self.lock().remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<FileId, SpooledFile>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether it is the name of a file in a folder, and nothing else.
fn is_file_name(name: &str) -> bool {
    let is_plain = Path::new(name).file_name().is_some_and(|last| last == name);
    is_plain && name.len() <= MAX_NAME && !name.contains('\0')
}
