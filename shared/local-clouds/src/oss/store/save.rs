//! Writes records to disk.

use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use serde::Serialize;

use crate::oss::store::bucket::Part;
use crate::oss::store::paths::{object_path, upload_dir};
use crate::oss::store::records::UploadRecord;
use crate::oss::store::saved::{SavedPart, SavedSegment, SavedVersion};
use crate::oss::store::stored_object::StoredObject;

/// Writes the versions of one object; removes the record if there are none left.
pub(crate) fn save_object(
    root: &Path,
    bucket: &str,
    key: &str,
    versions: &[Arc<StoredObject>],
) -> io::Result<()> {
    let path = object_path(root, bucket, key);
    if versions.is_empty() {
        return fs::remove_file(path);
    }
    let saved = versions.iter().map(|stored| SavedVersion {
        record: stored.record.clone(),
        segments: stored.segments.iter().map(SavedSegment::from).collect(),
    });
    save_json(&path, &saved.collect::<Vec<_>>())
}

pub(crate) fn save_upload(root: &Path, bucket: &str, record: &UploadRecord) -> io::Result<()> {
    save_json(&upload_dir(root, bucket, &record.id).join("upload.json"), record)
}

pub(crate) fn save_part(root: &Path, bucket: &str, id: &str, part: &Part) -> io::Result<()> {
    let saved = SavedPart { record: part.record.clone(), segment: SavedSegment::from(&part.segment) };
    save_json(&upload_dir(root, bucket, id).join(format!("{}.json", part.record.number)), &saved)
}

/// Writes a record so that a reader finds the old or the new one, never a partial one. Writers hold the
/// store's lock.
pub(crate) fn save_json(path: &Path, record: &impl Serialize) -> io::Result<()> {
    let new = path.with_extension("new");
    let json = serde_json::to_vec(record)?;
    if let Err(error) = fs::write(&new, &json) {
        if error.kind() != io::ErrorKind::NotFound {
            return Err(error);
        }
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        fs::write(&new, &json)?;
    }
    fs::rename(new, path)
}
