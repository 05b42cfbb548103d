//! Deletes objects and versions.

use std::sync::Arc;

use crate::oss::error::Result;
use crate::oss::store::bucket::find_bucket;
use crate::oss::store::buckets::Store;
use crate::oss::store::object_record::new_record;
use crate::oss::store::object_record::{ObjectAttributes, ObjectKind, ObjectRecord};
use crate::oss::store::records::Versioning;
use crate::oss::store::save::save_object;
use crate::oss::store::stored_object::{StoredObject, release};

/// The result of a deletion.
#[derive(Default)]
pub(crate) struct DeletedObject {
    pub(crate) old_size: Option<u64>,
    /// Id of the delete marker, or of the version that was named.
    pub(crate) version_id: Option<String>,
    pub(crate) delete_marker: bool,
}

impl Store {
    pub(crate) fn delete(&self, name: &str, key: &str, version: Option<&str>) -> Result<DeletedObject> {
        let mut buckets = self.lock();
        let bucket = find_bucket(&mut buckets, name)?;
        let old_size = bucket.current(key).map(|stored| stored.record.size);
        if version.is_none() && bucket.record.versioning != Versioning::Never {
            let record = ObjectRecord {
                delete_marker: true,
                ..new_record(key, ObjectAttributes::default(), ObjectKind::Normal, 0, 0)
            };
            let placed = self.place(
                name,
                bucket,
                StoredObject { record, segments: Vec::new(), ahead: Arc::default() },
                false,
            )?;
            let version_id = placed.stored.record.version_id.clone();
            return Ok(DeletedObject { old_size, version_id, delete_marker: true });
        }
        let Some(mut versions) = bucket.objects.remove(key) else {
            return Ok(DeletedObject::default());
        };
        let goes = |stored: &Arc<StoredObject>| {
            version.is_none_or(|id| stored.record.version_id.as_deref().unwrap_or("null") == id)
        };
        versions.extract_if(.., |stored| goes(stored)).for_each(|stored| release(&stored));
        save_object(&self.root, name, key, &versions)?;
        if !versions.is_empty() {
            bucket.objects.insert(key.to_owned(), versions);
        }
        Ok(DeletedObject { old_size, version_id: version.map(str::to_owned), delete_marker: false })
    }
}
