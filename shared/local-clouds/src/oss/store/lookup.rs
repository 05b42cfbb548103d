//! Finds objects.

use std::sync::Arc;

use crate::oss::error::{OssError, Result};
use crate::oss::store::bucket::find_bucket;
use crate::oss::store::buckets::Store;
use crate::oss::store::records::Versioning;
use crate::oss::store::stored_object::StoredObject;

impl Store {
    pub(crate) fn keys(&self, name: &str) -> Vec<String> {
        let mut buckets = self.lock();
        find_bucket(&mut buckets, name)
            .map(|bucket| {
                bucket.objects.keys().filter(|key| bucket.current(key).is_some()).cloned().collect()
            })
            .unwrap_or_default()
    }

    /// Finds a version of an object, the current one unless an id is given. Versions from before the bucket
    /// was versioned get the id `null` once it is.
    pub(crate) fn object(&self, name: &str, key: &str, version: Option<&str>) -> Result<Arc<StoredObject>> {
        let mut buckets = self.lock();
        let bucket = find_bucket(&mut buckets, name)?;
        let found = match version {
            None => bucket.current(key),
            Some(id) => {
                let mut versions = bucket.objects.get(key).into_iter().flatten();
                versions.find(|stored| stored.record.version_id.as_deref().unwrap_or("null") == id)
            }
        };
        let found = found.filter(|stored| !stored.record.delete_marker).ok_or_else(|| match version {
            None => {
                OssError::not_found("NoSuchKey", "The specified key does not exist.").with_detail("Key", key)
            }
            Some(id) => OssError::not_found("NoSuchVersion", "The specified version does not exist.")
                .with_detail("VersionId", id),
        })?;
        if found.record.version_id.is_none() && bucket.record.versioning != Versioning::Never {
            let mut stored = StoredObject::clone(found);
            stored.record.version_id = Some("null".to_owned());
            return Ok(Arc::new(stored));
        }
        Ok(Arc::clone(found))
    }
}
