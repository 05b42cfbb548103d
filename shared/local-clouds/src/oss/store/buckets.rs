//! All buckets of one data folder.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::oss::encode::new_random_id;
use crate::oss::error::{OssError, Result};
use crate::oss::store::bucket::{Bucket, find_bucket};
use crate::oss::store::load::load;
use crate::oss::store::paths::bucket_path;
use crate::oss::store::records::{BucketRecord, Versioning};
use crate::oss::store::save::save_json;

/// All state of one data folder.
pub(crate) struct Store {
    pub(crate) root: PathBuf,
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

impl Store {
    /// Opens the folder, creates it if missing, and removes content that no record names.
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        let buckets = load(root)?;
        Ok(Self { root: root.to_owned(), buckets: Mutex::new(buckets) })
    }

    pub(crate) fn create_bucket(&self, name: &str) -> io::Result<()> {
        let mut buckets = self.lock();
        if !buckets.contains_key(name) {
            let record = BucketRecord { created: SystemTime::now(), versioning: Versioning::Never };
            save_json(&bucket_path(&self.root, name), &record)?;
            buckets.insert(name.to_owned(), Bucket::new(record));
        }
        Ok(())
    }

    pub(crate) fn delete_bucket(&self, name: &str) -> Result<()> {
        let mut buckets = self.lock();
        let found = find_bucket(&mut buckets, name)?;
        if !found.objects.is_empty() || !found.uploads.is_empty() {
            return Err(OssError::conflict("BucketNotEmpty", "The bucket you tried to delete is not empty."));
        }
        std::fs::remove_file(bucket_path(&self.root, name))?;
        buckets.remove(name);
        Ok(())
    }

    pub(crate) fn bucket(&self, name: &str) -> Result<BucketRecord> {
        find_bucket(&mut self.lock(), name).map(|bucket| bucket.record.clone())
    }

    /// Every bucket, by name.
    pub(crate) fn buckets(&self) -> Vec<(String, BucketRecord)> {
        self.lock().iter().map(|(name, bucket)| (name.clone(), bucket.record.clone())).collect()
    }

    pub(crate) fn set_versioning(&self, name: &str, versioning: Versioning) -> Result<()> {
        let mut buckets = self.lock();
        let bucket = find_bucket(&mut buckets, name)?;
        bucket.record.versioning = versioning;
        save_json(&bucket_path(&self.root, name), &bucket.record)?;
        Ok(())
    }

    /// The path of a new content file.
    pub(crate) fn new_segment_path(&self) -> PathBuf {
        self.root.join("data").join(new_random_id())
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Bucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
