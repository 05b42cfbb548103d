//! Writes whole objects.

use std::sync::Arc;
use std::time::SystemTime;

use crate::oss::encode::{encode_base64, new_random_id};
use crate::oss::error::{OssError, Result};
use crate::oss::store::bucket::{Bucket, find_bucket};
use crate::oss::store::buckets::Store;
use crate::oss::store::crc;
use crate::oss::store::ingest::IngestedContent;
use crate::oss::store::object_record::{ObjectAttributes, ObjectKind, ObjectRecord, new_record};
use crate::oss::store::records::Versioning;
use crate::oss::store::save::save_object;
use crate::oss::store::stored_object::{StoredObject, release};

/// A version that was written.
pub(crate) struct PlacedObject {
    pub(crate) stored: Arc<StoredObject>,
    /// Size of the object that was current before.
    pub(crate) old_size: Option<u64>,
}

impl Store {
    /// Refuses if the caller forbids overwriting, the object exists, and the bucket was never versioned.
    pub(crate) fn check_overwrite(&self, name: &str, key: &str, forbidden: bool) -> Result<()> {
        check_overwrite(find_bucket(&mut self.lock(), name)?, key, forbidden)
    }

    /// Writes an object from received content.
    pub(crate) fn put(
        &self,
        name: &str,
        key: &str,
        attributes: ObjectAttributes,
        content: &IngestedContent,
        forbid_overwrite: bool,
    ) -> Result<PlacedObject> {
        let record = ObjectRecord {
            etag: base16ct::upper::encode_string(&content.md5),
            content_md5: Some(encode_base64(&content.md5)),
            ..new_record(key, attributes, ObjectKind::Normal, content.size, content.crc64)
        };
        let mut buckets = self.lock();
        let stored =
            StoredObject { record, segments: vec![Arc::clone(&content.segment)], ahead: Arc::default() };
        self.place(name, find_bucket(&mut buckets, name)?, stored, forbid_overwrite)
    }

    /// Copies an object; the copy shares the content of its source.
    pub(crate) fn copy(
        &self,
        source: &StoredObject,
        name: &str,
        key: &str,
        attributes: Option<ObjectAttributes>,
        forbid_overwrite: bool,
    ) -> Result<PlacedObject> {
        let mut stored = source.clone();
        stored.record.key = key.to_owned();
        stored.record.modified = SystemTime::now();
        stored.record.version_id = None;
        if let Some(ObjectAttributes { content_type, headers, metadata }) = attributes {
            stored.record = ObjectRecord { content_type, headers, metadata, ..stored.record };
        }
        let mut buckets = self.lock();
        self.place(name, find_bucket(&mut buckets, name)?, stored, forbid_overwrite)
    }

    /// Appends received content; `position` must be the object's length.
    pub(crate) fn append(
        &self,
        name: &str,
        key: &str,
        attributes: ObjectAttributes,
        content: &IngestedContent,
        position: u64,
    ) -> Result<PlacedObject> {
        let mut buckets = self.lock();
        let bucket = find_bucket(&mut buckets, name)?;
        let mut stored = match bucket.current(key) {
            None => StoredObject {
                record: new_record(key, attributes, ObjectKind::Appendable, 0, 0),
                segments: Vec::new(),
                ahead: Arc::default(),
            },
            Some(stored) if stored.record.kind == ObjectKind::Appendable => StoredObject::clone(stored),
            Some(_) => {
                return Err(OssError::conflict("ObjectNotAppendable", "The object is not appendable."));
            }
        };
        let record = &mut stored.record;
        if position != record.size {
            let message = "Position is not equal to file length.";
            let error = OssError::conflict("PositionNotEqualToLength", message);
            return Err(error.with_detail("x-oss-next-append-position", record.size.to_string()));
        }
        record.crc64 = crc::combine(record.crc64, content.crc64, content.size);
        record.size += content.size;
        record.etag = new_random_id().to_ascii_uppercase();
        record.modified = SystemTime::now();
        stored.segments.push(Arc::clone(&content.segment));
        self.place(name, bucket, stored, false)
    }

    /// Makes a version the current one. The caller holds the lock.
    pub(crate) fn place(
        &self,
        name: &str,
        bucket: &mut Bucket,
        mut stored: StoredObject,
        forbid_overwrite: bool,
    ) -> Result<PlacedObject> {
        let key = stored.record.key.clone();
        check_overwrite(bucket, &key, forbid_overwrite)?;
        let old_size = bucket.current(&key).map(|old| old.record.size);
        stored.record.version_id = match bucket.record.versioning {
            Versioning::Never => None,
            Versioning::Enabled => Some(new_random_id()),
            Versioning::Suspended => Some("null".to_owned()),
        };
        let stored = Arc::new(stored);
        let mut versions = bucket.objects.get(&key).cloned().unwrap_or_default();
        let id = |stored: &Arc<StoredObject>| {
            stored.record.version_id.clone().unwrap_or_else(|| "null".to_owned())
        };
        let replaced = versions.extract_if(.., |old| id(old) == id(&stored)).collect::<Vec<_>>();
        versions.push(Arc::clone(&stored));
        save_object(&self.root, name, &key, &versions)?;
        stored.segments.iter().for_each(|segment| segment.adopt());
        replaced.iter().for_each(|old| release(old));
        bucket.objects.insert(key, versions);
        Ok(PlacedObject { stored, old_size })
    }
}

fn check_overwrite(bucket: &Bucket, key: &str, forbidden: bool) -> Result<()> {
    if forbidden && bucket.record.versioning == Versioning::Never && bucket.current(key).is_some() {
        let message = "The object you specified already exists and can not be overwritten.";
        return Err(OssError::conflict("FileAlreadyExists", message).with_detail("Key", key));
    }
    Ok(())
}
