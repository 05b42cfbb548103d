//! A bucket's state in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::oss::error::{OssError, Result};
use crate::oss::store::prefix_hash::HashProgress;
use crate::oss::store::records::{BucketRecord, PartRecord, UploadRecord};
use crate::oss::store::segment::Segment;
use crate::oss::store::stored_object::StoredObject;

pub(crate) struct Bucket {
    pub(crate) record: BucketRecord,
    /// The versions of each object, the current one last.
    pub(crate) objects: BTreeMap<String, Vec<Arc<StoredObject>>>,
    pub(crate) uploads: BTreeMap<String, Upload>,
}

pub(crate) struct Upload {
    pub(crate) record: UploadRecord,
    pub(crate) parts: BTreeMap<u32, Part>,
    pub(crate) ahead: HashProgress,
}

#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) record: PartRecord,
    pub(crate) segment: Arc<Segment>,
}

impl Bucket {
    pub(crate) fn new(record: BucketRecord) -> Self {
        Self { record, objects: BTreeMap::new(), uploads: BTreeMap::new() }
    }

    /// The current version, unless it is gone or a delete marker.
    pub(crate) fn current(&self, key: &str) -> Option<&Arc<StoredObject>> {
        self.objects.get(key)?.last().filter(|stored| !stored.record.delete_marker)
    }
}

pub(crate) fn find_bucket<'a>(
    buckets: &'a mut BTreeMap<String, Bucket>,
    name: &str,
) -> Result<&'a mut Bucket> {
    buckets.get_mut(name).ok_or_else(|| {
        OssError::not_found("NoSuchBucket", "The specified bucket does not exist.")
            .with_detail("BucketName", name)
    })
}
