//! What is known of buckets, uploads and parts.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::oss::store::object_record::ObjectAttributes;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Versioning {
    Never,
    Enabled,
    Suspended,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BucketRecord {
    pub(crate) created: SystemTime,
    pub(crate) versioning: Versioning,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UploadRecord {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) initiated: SystemTime,
    /// Parts must arrive in order and only once.
    pub(crate) sequential: bool,
    /// Under its name in the records of existing data folders.
    #[serde(rename = "described")]
    pub(crate) attributes: ObjectAttributes,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PartRecord {
    pub(crate) number: u32,
    pub(crate) size: u64,
    /// Upper-case MD5 of the content, without quotes.
    pub(crate) etag: String,
    pub(crate) crc64: u64,
    pub(crate) modified: SystemTime,
}
