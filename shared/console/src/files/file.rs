//! A spooled file.

use super::record::FileRecord;
use crate::local_uploads::{FileProgress, UploadFailure, UploadForm};
use app::core::UploadId;
use serde::{Serialize, Serializer};
use std::fmt;

/// Names a spooled file: 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileId(String);

impl FileId {
    /// Draws a new one.
    pub(super) fn random() -> Self {
        Self(format!("{:032x}", rand::random::<u128>()))
    }

    /// Parses one; nothing else may become part of a path.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_digit = |one: u8| matches!(one, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 32 && text.bytes().all(is_digit)).then(|| Self(text.into()))
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for FileId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Where a spooled file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FileState {
    /// Bytes are missing.
    Receiving,
    /// All bytes are there, and nobody has said what to make of them.
    Ready,
    /// It is uploaded when its turn or the time for another attempt comes.
    Queued,
    /// It is being uploaded.
    Running,
    /// It is a video, and its bytes are deleted here.
    Published,
    /// Its upload ended without a video, and its bytes are deleted here.
    Failed,
    /// A person cancelled its upload, and its bytes are deleted here.
    Cancelled,
}

impl FileState {
    /// Whether its bytes are deleted.
    pub(crate) fn has_ended(self) -> bool {
        matches!(self, Self::Published | Self::Failed | Self::Cancelled)
    }
}

/// A spooled file. Its JSON form is what the page reads.
#[derive(Clone, Serialize)]
pub(crate) struct SpooledFile {
    pub(crate) id: FileId,
    pub(crate) name: String,
    /// Bytes, as announced.
    pub(crate) size: u64,
    /// When the browser says that it was last changed, in milliseconds: tells whether the same file is dropped again.
    pub(crate) modified: u64,
    /// Bytes that are there.
    pub(crate) received: u64,
    pub(crate) state: FileState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upload_id: Option<UploadId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) progress: Option<FileProgress>,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<UploadFailure>,
    /// Holds the watch password: not for the page.
    #[serde(skip)]
    pub(crate) form: Option<UploadForm>,
    /// A request is writing it.
    #[serde(skip)]
    pub(super) is_written: bool,
}

impl SpooledFile {
    /// A file of which this record and these bytes are there.
    pub(super) fn from_record(id: FileId, record: FileRecord, received: u64) -> Self {
        let FileRecord { name, size, modified, form, .. } = record;
        let state = match &form {
            _ if received < size => FileState::Receiving,
            None => FileState::Ready,
            Some(_) => FileState::Queued,
        };
        Self {
            id,
            name,
            size,
            modified,
            received,
            state,
            upload_id: None,
            progress: None,
            failure: None,
            form,
            is_written: false,
        }
    }

    /// What is kept of it.
    pub(super) fn to_record(&self) -> FileRecord {
        FileRecord::new(self.name.clone(), self.size, self.modified, self.form.clone())
    }
}
