//! Symlinks: objects that name another object of their bucket.

use std::sync::Arc;

use super::super::encode::upper_hex;
use super::super::error::{OssError, Result};
use super::objects::new_record;
use super::records::{Described, ObjectKind, ObjectRecord, Stored};
use super::{Placed, Store, bucket};
use http::StatusCode;
use md5::{Digest, Md5};

impl Store {
    /// Puts a symlink. Whether its target exists is looked at when it is read.
    pub(in super::super) fn put_symlink(
        &self,
        name: &str,
        key: &str,
        described: Described,
        target: &str,
        forbid_overwrite: bool,
    ) -> Result<Placed> {
        let record = ObjectRecord {
            etag: upper_hex(&Md5::digest(target)),
            symlink_target: Some(target.to_owned()),
            ..new_record(key, described, ObjectKind::Symlink, target.len() as u64, 0)
        };
        let mut buckets = self.lock();
        let stored = Stored { record, segments: Vec::new(), ahead: Arc::default() };
        self.place(name, bucket(&mut buckets, name)?, stored, forbid_overwrite)
    }

    /// The version that a read answers. A symlink answers the content, size, ETag, MD5 and CRC-64 of its target's current
    /// version, the later `modified` of the two, and all else of its own.
    pub(in super::super) fn readable(
        &self,
        name: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<Arc<Stored>> {
        let link = self.object(name, key, version)?;
        let Some(target) = &link.record.symlink_target else {
            return Ok(link);
        };
        let target = self.object(name, target, None).map_err(|_| {
            OssError::not_found("SymlinkTargetNotExist", "The symlink target object does not exist.")
                .with("Key", target)
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
        Ok(Arc::new(Stored { record, segments: target.segments.clone(), ahead: Arc::clone(&target.ahead) }))
    }
}
