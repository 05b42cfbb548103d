//! Symlinks: objects that name another object of their bucket.

use std::sync::Arc;

use http::StatusCode;
use md5::{Digest, Md5};

use crate::oss::error::{OssError, Result};
use crate::oss::store::bucket::find_bucket;
use crate::oss::store::buckets::Store;
use crate::oss::store::object_record::new_record;
use crate::oss::store::object_record::{ObjectAttributes, ObjectKind, ObjectRecord};
use crate::oss::store::objects::PlacedObject;
use crate::oss::store::stored_object::StoredObject;

impl Store {
    /// Writes a symlink. Its target is checked only when it is read.
    pub(crate) fn put_symlink(
        &self,
        name: &str,
        key: &str,
        attributes: ObjectAttributes,
        target: &str,
        forbid_overwrite: bool,
    ) -> Result<PlacedObject> {
        let record = ObjectRecord {
            etag: base16ct::upper::encode_string(&Md5::digest(target)),
            symlink_target: Some(target.to_owned()),
            ..new_record(key, attributes, ObjectKind::Symlink, target.len() as u64, 0)
        };
        let mut buckets = self.lock();
        let stored = StoredObject { record, segments: Vec::new(), ahead: Arc::default() };
        self.place(name, find_bucket(&mut buckets, name)?, stored, forbid_overwrite)
    }

    /// Finds the version that a read answers with. A symlink answers with the content, size, ETag, MD5 and
    /// CRC-64 of its target's current version, the later `modified` of the two, and all other attributes of
    /// its own.
    pub(crate) fn resolve_symlink(
        &self,
        name: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<Arc<StoredObject>> {
        let link = self.object(name, key, version)?;
        let Some(target) = &link.record.symlink_target else {
            return Ok(link);
        };
        let target = self.object(name, target, None).map_err(|_| {
            OssError::not_found("SymlinkTargetNotExist", "The symlink target object does not exist.")
                .with_detail("Key", target)
        })?;
        if target.record.kind == ObjectKind::Symlink {
            let message = "The symlink target object is a symlink.";
            return Err(OssError::new(StatusCode::BAD_REQUEST, "InvalidTargetType", message));
        }
        let of = target.record.clone();
        let record = ObjectRecord {
            size: of.size,
            etag: of.etag,
            crc64: of.crc64,
            content_md5: of.content_md5,
            modified: of.modified.max(link.record.modified),
            without_crc64: of.without_crc64,
            archived: of.archived,
            ..link.record.clone()
        };
        Ok(Arc::new(StoredObject {
            record,
            segments: target.segments.clone(),
            ahead: Arc::clone(&target.ahead),
        }))
    }
}
