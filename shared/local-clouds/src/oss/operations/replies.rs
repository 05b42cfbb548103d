//! The headers that every answer to a write carries.

use crate::oss::reply::Reply;
use crate::oss::store::object_record::{ObjectKind, ObjectRecord};

/// The headers that describe the new version in every answer to a write.
pub(crate) fn reply_to_write(record: &ObjectRecord) -> Reply {
    let states_crc64 = record.kind != ObjectKind::Symlink && !record.without_crc64;
    let crc64 = states_crc64.then(|| record.crc64.to_string());
    Reply::ok()
        .with_header("etag", quote_etag(&record.etag))
        .with_optional_header("x-oss-hash-crc64ecma", crc64)
        .with_optional_header("x-oss-version-id", record.version_id.as_ref())
}

pub(crate) fn quote_etag(etag: &str) -> String {
    format!("\"{etag}\"")
}
