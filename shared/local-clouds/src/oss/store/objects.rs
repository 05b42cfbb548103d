//! Whole objects: place, find, delete.

use std::sync::Arc;
use std::time::SystemTime;

use super::super::encode::{base64, random_name, upper_hex};
use super::super::error::{OssError, Result};
use super::records::{Described, ObjectKind, ObjectRecord, Quirk, Stored, Versioning};
use super::{Bucket, Ingested, Segment, Store, bucket, crc, disk};

/// What placing an object came to.
pub(in super::super) struct Placed {
    pub(in super::super) stored: Arc<Stored>,
    /// Of the object that was current before.
    pub(in super::super) old_size: Option<u64>,
}

/// What deleting came to.
#[derive(Default)]
pub(in super::super) struct Deleted {
    pub(in super::super) old_size: Option<u64>,
    /// Of the delete marker, or the version that was named.
    pub(in super::super) version_id: Option<String>,
    pub(in super::super) delete_marker: bool,
}

impl Store {
    pub(in super::super) fn keys(&self, name: &str) -> Vec<String> {
        let mut buckets = self.lock();
        bucket(&mut buckets, name)
            .map(|bucket| {
                bucket.objects.keys().filter(|key| bucket.current(key).is_some()).cloned().collect()
            })
            .unwrap_or_default()
    }

    /// A version of an object, the current one unless an id is given. Versions from before the bucket was versioned have
    /// the id `null` as soon as it is.
    pub(in super::super) fn object(
        &self,
        name: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<Arc<Stored>> {
        let mut buckets = self.lock();
        let bucket = bucket(&mut buckets, name)?;
        let found = match version {
            None => bucket.current(key),
            Some(id) => {
                let mut versions = bucket.objects.get(key).into_iter().flatten();
                versions.find(|stored| stored.record.version_id.as_deref().unwrap_or("null") == id)
            }
        };
        let found = found.filter(|stored| !stored.record.delete_marker).ok_or_else(|| match version {
            None => OssError::not_found("NoSuchKey", "The specified key does not exist.").with("Key", key),
            Some(id) => OssError::not_found("NoSuchVersion", "The specified version does not exist.")
                .with("VersionId", id),
        })?;
        if found.record.version_id.is_none() && bucket.record.versioning != Versioning::Never {
            let mut stored = Stored::clone(found);
            stored.record.version_id = Some("null".to_owned());
            return Ok(Arc::new(stored));
        }
        Ok(Arc::clone(found))
    }

    /// Refuses where the caller wants to create only, the object exists, and the bucket was never versioned.
    pub(in super::super) fn check_overwrite(&self, name: &str, key: &str, forbidden: bool) -> Result<()> {
        check_overwrite(bucket(&mut self.lock(), name)?, key, forbidden)
    }

    /// Puts an object from content just taken in.
    pub(in super::super) fn put(
        &self,
        name: &str,
        key: &str,
        described: Described,
        content: &Ingested,
        forbid_overwrite: bool,
    ) -> Result<Placed> {
        let record = ObjectRecord {
            etag: upper_hex(&content.md5),
            content_md5: Some(base64(&content.md5)),
            ..new_record(key, described, ObjectKind::Normal, content.size, content.crc64)
        };
        let mut buckets = self.lock();
        let stored = Stored { record, segments: vec![Arc::clone(&content.segment)], ahead: Arc::default() };
        self.place(name, bucket(&mut buckets, name)?, stored, forbid_overwrite)
    }

    /// A copy shares the content of its source.
    pub(in super::super) fn copy(
        &self,
        source: &Stored,
        name: &str,
        key: &str,
        described: Option<Described>,
        forbid_overwrite: bool,
    ) -> Result<Placed> {
        let mut stored = source.clone();
        stored.record.key = key.to_owned();
        stored.record.modified = SystemTime::now();
        stored.record.version_id = None;
        if let Some(Described { content_type, headers, metadata }) = described {
            stored.record = ObjectRecord { content_type, headers, metadata, ..stored.record };
        }
        let mut buckets = self.lock();
        self.place(name, bucket(&mut buckets, name)?, stored, forbid_overwrite)
    }

    /// Appends content just taken in; `position` must be the object's length.
    pub(in super::super) fn append(
        &self,
        name: &str,
        key: &str,
        described: Described,
        content: &Ingested,
        position: u64,
    ) -> Result<Placed> {
        let mut buckets = self.lock();
        let bucket = bucket(&mut buckets, name)?;
        let mut stored = match bucket.current(key) {
            None => Stored {
                record: new_record(key, described, ObjectKind::Appendable, 0, 0),
                segments: Vec::new(),
                ahead: Arc::default(),
            },
            Some(stored) if stored.record.kind == ObjectKind::Appendable => Stored::clone(stored),
            Some(_) => {
                return Err(OssError::conflict("ObjectNotAppendable", "The object is not appendable."));
            }
        };
        let record = &mut stored.record;
        if position != record.size {
            let message = "Position is not equal to file length.";
            let error = OssError::conflict("PositionNotEqualToLength", message);
            return Err(error.with("x-oss-next-append-position", record.size.to_string()));
        }
        record.crc64 = crc::combine(record.crc64, content.crc64, content.size);
        record.size += content.size;
        record.etag = random_name().to_ascii_uppercase();
        record.modified = SystemTime::now();
        stored.segments.push(Arc::clone(&content.segment));
        self.place(name, bucket, stored, false)
    }

    pub(in super::super) fn delete(&self, name: &str, key: &str, version: Option<&str>) -> Result<Deleted> {
        let mut buckets = self.lock();
        let bucket = bucket(&mut buckets, name)?;
        let old_size = bucket.current(key).map(|stored| stored.record.size);
        if version.is_none() && bucket.record.versioning != Versioning::Never {
            let record = ObjectRecord {
                delete_marker: true,
                ..new_record(key, Described::default(), ObjectKind::Normal, 0, 0)
            };
            let placed = self.place(
                name,
                bucket,
                Stored { record, segments: Vec::new(), ahead: Arc::default() },
                false,
            )?;
            let version_id = placed.stored.record.version_id.clone();
            return Ok(Deleted { old_size, version_id, delete_marker: true });
        }
        let Some(mut versions) = bucket.objects.remove(key) else {
            return Ok(Deleted::default());
        };
        let goes = |stored: &Arc<Stored>| {
            version.is_none_or(|id| stored.record.version_id.as_deref().unwrap_or("null") == id)
        };
        versions.extract_if(.., |stored| goes(stored)).for_each(|stored| release(&stored));
        disk::save_object(&self.root, name, key, &versions)?;
        if !versions.is_empty() {
            bucket.objects.insert(key.to_owned(), versions);
        }
        Ok(Deleted { old_size, version_id: version.map(str::to_owned), delete_marker: false })
    }

    pub(in super::super) fn set_quirk(&self, name: &str, key: &str, quirk: Quirk) -> Result<()> {
        let mut buckets = self.lock();
        let bucket = bucket(&mut buckets, name)?;
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
            disk::save_object(&self.root, name, key, versions)?;
        }
        Ok(())
    }

    /// Makes a version current. The caller holds the lock.
    pub(super) fn place(
        &self,
        name: &str,
        bucket: &mut Bucket,
        mut stored: Stored,
        forbid_overwrite: bool,
    ) -> Result<Placed> {
        let key = stored.record.key.clone();
        check_overwrite(bucket, &key, forbid_overwrite)?;
        let old_size = bucket.current(&key).map(|old| old.record.size);
        stored.record.version_id = match bucket.record.versioning {
            Versioning::Never => None,
            Versioning::Enabled => Some(random_name()),
            Versioning::Suspended => Some("null".to_owned()),
        };
        let stored = Arc::new(stored);
        let mut versions = bucket.objects.get(&key).cloned().unwrap_or_default();
        let id = |stored: &Arc<Stored>| stored.record.version_id.clone().unwrap_or_else(|| "null".to_owned());
        let replaced = versions.extract_if(.., |old| id(old) == id(&stored)).collect::<Vec<_>>();
        versions.push(Arc::clone(&stored));
        disk::save_object(&self.root, name, &key, &versions)?;
        stored.segments.iter().for_each(|segment| segment.adopt());
        replaced.iter().for_each(|old| release(old));
        bucket.objects.insert(key, versions);
        Ok(Placed { stored, old_size })
    }
}

fn release(stored: &Stored) {
    stored.segments.iter().for_each(|segment: &Arc<Segment>| segment.release());
}

fn check_overwrite(bucket: &Bucket, key: &str, forbidden: bool) -> Result<()> {
    if forbidden && bucket.record.versioning == Versioning::Never && bucket.current(key).is_some() {
        let message = "The object you specified already exists and can not be overwritten.";
        return Err(OssError::conflict("FileAlreadyExists", message).with("Key", key));
    }
    Ok(())
}

pub(super) fn new_record(
    key: &str,
    described: Described,
    kind: ObjectKind,
    size: u64,
    crc64: u64,
) -> ObjectRecord {
    let Described { content_type, headers, metadata } = described;
    ObjectRecord {
        key: key.to_owned(),
        size,
        etag: random_name().to_ascii_uppercase(),
        crc64,
        content_md5: None,
        kind,
        modified: SystemTime::now(),
        content_type,
        headers,
        metadata,
        version_id: None,
        delete_marker: false,
        without_crc64: false,
        archived: false,
        symlink_target: None,
    }
}
