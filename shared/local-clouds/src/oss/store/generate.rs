//! Makes an object whose content is computed at each read.

use std::sync::Arc;

use crate::oss::encode::encode_base64;
use crate::oss::error::Result;
use crate::oss::generated::{Generated, GeneratedMd5};
use crate::oss::store::bucket::find_bucket;
use crate::oss::store::buckets::Store;
use crate::oss::store::generated_crc::compute_crc64;
use crate::oss::store::metadata_value::MetadataValue;
use crate::oss::store::object_record::{ObjectAttributes, ObjectKind, ObjectRecord, new_record};
use crate::oss::store::objects::PlacedObject;
use crate::oss::store::segment::{Segment, SegmentContent};
use crate::oss::store::stored_object::StoredObject;

impl Store {
    /// Creates such an object. Blocks while it computes an MD5.
    pub(crate) fn generate(&self, name: &str, key: &str, wanted: Generated) -> Result<PlacedObject> {
        let Generated { size, seed, md5, metadata } = wanted;
        self.bucket(name)?;
        let attributes = ObjectAttributes {
            content_type: "application/octet-stream".to_owned(),
            metadata: metadata.into_iter().map(|(name, text)| (name, MetadataValue::Text(text))).collect(),
            ..ObjectAttributes::default()
        };
        let record = new_record(key, attributes, ObjectKind::Multipart, size, compute_crc64(seed, size)?);
        let segments = vec![Arc::new(Segment::new(SegmentContent::Generated(seed), size))];
        let mut stored = StoredObject { record, segments, ahead: Arc::default() };
        if md5 == GeneratedMd5::Computed {
            let md5 = stored.md5()?;
            stored.record = ObjectRecord {
                etag: base16ct::upper::encode_string(&md5),
                content_md5: Some(encode_base64(&md5)),
                kind: ObjectKind::Normal,
                ..stored.record
            };
        }
        let mut buckets = self.lock();
        self.place(name, find_bucket(&mut buckets, name)?, stored, false)
    }
}
