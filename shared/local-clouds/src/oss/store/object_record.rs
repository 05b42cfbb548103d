//! What is known of one version of an object.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::oss::encode::new_random_id;
use crate::oss::store::metadata_value::MetadataValue;

/// How an object was written, as `x-oss-object-type` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectKind {
    /// Put in one request: ETag and Content-MD5 are of the content.
    Normal,
    /// Completed from parts: the ETag is opaque, there is no Content-MD5.
    Multipart,
    /// Appended to: likewise.
    Appendable,
    /// Names another object of the bucket and answers with that object's content.
    Symlink,
}

/// One version of an object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ObjectRecord {
    /// Its key.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// Without quotes, upper case.
    pub etag: String,
    /// CRC-64/XZ of the content.
    pub crc64: u64,
    /// Base64; only of `Normal` objects.
    pub content_md5: Option<String>,
    /// How it was written.
    pub kind: ObjectKind,
    /// When it was written.
    pub modified: SystemTime,
    /// MIME type.
    pub content_type: String,
    /// `cache-control`, `content-disposition`, ... as sent.
    pub headers: BTreeMap<String, String>,
    /// User metadata: names without `x-oss-meta-`, values as sent.
    pub metadata: BTreeMap<String, MetadataValue>,
    /// Set where the bucket is or was versioned.
    pub version_id: Option<String>,
    /// The object was deleted in this version.
    pub delete_marker: bool,
    /// Answers leave the CRC out.
    pub without_crc64: bool,
    /// The content must be restored before it can be read.
    pub archived: bool,
    /// Key of the object that a symlink names.
    #[serde(default)]
    pub symlink_target: Option<String>,
}

/// Headers that the writer of an object attaches to it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ObjectAttributes {
    pub(crate) content_type: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) metadata: BTreeMap<String, MetadataValue>,
}

pub(crate) fn new_record(
    key: &str,
    attributes: ObjectAttributes,
    kind: ObjectKind,
    size: u64,
    crc64: u64,
) -> ObjectRecord {
    let ObjectAttributes { content_type, headers, metadata } = attributes;
    ObjectRecord {
        key: key.to_owned(),
        size,
        etag: new_random_id().to_ascii_uppercase(),
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
