//! What is kept of a spooled file next to its bytes, so that a restarted console goes on with it.

use crate::local_uploads::UploadForm;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

const VERSION: u32 = 1;

/// The record of a spooled file. It may hold a watch password: only its user can read it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileRecord {
    v: u32,
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) modified: u64,
    /// Present once the upload was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) form: Option<UploadForm>,
}

impl FileRecord {
    pub(super) fn new(name: String, size: u64, modified: u64, form: Option<UploadForm>) -> Self {
        Self { v: VERSION, name, size, modified, form }
    }

    /// Reads a record; `None` where it is damaged, or of a newer program.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let record: Self = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        (record.v == VERSION).then_some(record)
    }

    /// Writes it in place of an older one, as a whole or not at all.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let fresh = path.with_extension("new");
        let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        serde_json::to_writer(&mut file, self)?;
        file.flush()?;
        fs::rename(&fresh, path)
    }
}
