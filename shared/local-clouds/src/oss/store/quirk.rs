//! Peculiarities of single objects.

use std::sync::Arc;
use std::time::SystemTime;

use crate::oss::error::{OssError, Result};
use crate::oss::store::bucket::find_bucket;
use crate::oss::store::buckets::Store;
use crate::oss::store::save::save_object;

/// A peculiarity of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quirk {
    /// Answers leave the CRC out, as for objects older than the feature.
    WithoutCrc64,
    /// Reads are refused with `InvalidObjectState`.
    Archived,
    /// The object reports this time as its last modification.
    ModifiedAt(SystemTime),
}

impl Store {
    pub(crate) fn set_quirk(&self, name: &str, key: &str, quirk: Quirk) -> Result<()> {
        let mut buckets = self.lock();
        let bucket = find_bucket(&mut buckets, name)?;
        let current = bucket.objects.get_mut(key).and_then(|versions| versions.last_mut());
        let current =
            current.ok_or_else(|| OssError::not_found("NoSuchKey", "The specified key does not exist."))?;
        let record = &mut Arc::make_mut(current).record;
        match quirk {
            Quirk::WithoutCrc64 => record.without_crc64 = true,
            Quirk::Archived => record.archived = true,
            Quirk::ModifiedAt(time) => record.modified = time,
        }
        if let Some(versions) = bucket.objects.get(key) {
            save_object(&self.root, name, key, versions)?;
        }
        Ok(())
    }
}
