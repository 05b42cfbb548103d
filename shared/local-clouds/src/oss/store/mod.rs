//! Buckets, objects and multipart uploads on disk, with their index in memory.
//!
//! ```text
//! buckets/{bucket}.json                   settings
//! objects/{bucket}/{hash of the key}.json all versions of one object
//! uploads/{bucket}/{id}/upload.json, {n}.json   one multipart upload and its parts
//! data/{random name}                      content; an object is a list of such segments
//! ```

mod ahead;
mod crc;
mod disk;
mod generated;
mod ingest;
mod list;
mod multipart;
mod objects;
mod reader;
mod records;
mod segment;
mod symlinks;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

pub(super) use ingest::{Ingested, ingest};
pub(super) use list::Page;
pub(super) use multipart::{Completed, Selected};
pub(super) use objects::{Deleted, Placed};
pub(super) use reader::ObjectReader;
pub(super) use records::{BucketRecord, Described, PartRecord, Stored, UploadRecord, Versioning};
pub use records::{ObjectKind, ObjectRecord, Quirk};
use segment::Segment;

use super::error::{OssError, Result};

/// All state of one data folder.
pub(super) struct Store {
    root: PathBuf,
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

pub(super) struct Bucket {
    record: BucketRecord,
    /// The versions of each object, the current one last.
    objects: BTreeMap<String, Vec<Arc<Stored>>>,
    uploads: BTreeMap<String, Upload>,
}

struct Upload {
    record: UploadRecord,
    parts: BTreeMap<u32, Part>,
    ahead: ahead::Progress,
}

#[derive(Clone)]
struct Part {
    record: PartRecord,
    segment: Arc<Segment>,
}

impl Bucket {
    fn new(record: BucketRecord) -> Self {
        Self { record, objects: BTreeMap::new(), uploads: BTreeMap::new() }
    }

    /// The current version, unless it is gone or a delete marker.
    fn current(&self, key: &str) -> Option<&Arc<Stored>> {
        self.objects.get(key)?.last().filter(|stored| !stored.record.delete_marker)
    }
}

impl Store {
    /// Opens the folder, makes it if missing, and removes content that no record knows.
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        let buckets = disk::load(root)?;
        Ok(Self { root: root.to_owned(), buckets: Mutex::new(buckets) })
    }

    pub(super) fn create_bucket(&self, name: &str) -> io::Result<()> {
        let mut buckets = self.lock();
        if !buckets.contains_key(name) {
            let record = BucketRecord { created: SystemTime::now(), versioning: Versioning::Never };
            disk::save(&disk::bucket_path(&self.root, name), &record)?;
            buckets.insert(name.to_owned(), Bucket::new(record));
        }
        Ok(())
    }

    pub(super) fn delete_bucket(&self, name: &str) -> Result<()> {
        let mut buckets = self.lock();
        let found = bucket(&mut buckets, name)?;
        if !found.objects.is_empty() || !found.uploads.is_empty() {
            return Err(OssError::conflict("BucketNotEmpty", "The bucket you tried to delete is not empty."));
        }
        std::fs::remove_file(disk::bucket_path(&self.root, name))?;
        buckets.remove(name);
        Ok(())
    }

    pub(super) fn bucket(&self, name: &str) -> Result<BucketRecord> {
        bucket(&mut self.lock(), name).map(|bucket| bucket.record.clone())
    }

    pub(super) fn set_versioning(&self, name: &str, versioning: Versioning) -> Result<()> {
        let mut buckets = self.lock();
        let bucket = bucket(&mut buckets, name)?;
        bucket.record.versioning = versioning;
        disk::save(&disk::bucket_path(&self.root, name), &bucket.record)?;
        Ok(())
    }

    /// A name for new content.
    fn new_segment_path(&self) -> PathBuf {
        self.root.join("data").join(super::encode::random_name())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Bucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bucket<'a>(buckets: &'a mut BTreeMap<String, Bucket>, name: &str) -> Result<&'a mut Bucket> {
    buckets.get_mut(name).ok_or_else(|| {
        OssError::not_found("NoSuchBucket", "The specified bucket does not exist.").with("BucketName", name)
    })
}
