//! What is known of buckets, objects, uploads and parts.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use futures_core::Stream;
use serde::{Deserialize, Serialize};

use super::ahead::Ahead;
use super::reader;
use super::segment::{Content, Segment};

/// How an object came to be, as `x-oss-object-type` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectKind {
    /// Put in one request: ETag and Content-MD5 are of the content.
    Normal,
    /// Completed from parts: the ETag is opaque, there is no Content-MD5.
    Multipart,
    /// Appended to: likewise.
    Appendable,
    /// Names another object of the bucket, whose content it answers.
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
    /// How it came to be.
    pub kind: ObjectKind,
    /// When it was written.
    pub modified: SystemTime,
    /// MIME type.
    pub content_type: String,
    /// `cache-control`, `content-disposition`, ... as they were sent.
    pub headers: BTreeMap<String, String>,
    /// User metadata: names without `x-oss-meta-`, values as they were sent.
    pub metadata: BTreeMap<String, String>,
    /// Where the bucket is or was versioned.
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

/// A peculiarity of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quirk {
    /// Answers leave the CRC out, as for objects older than the feature.
    WithoutCrc64,
    /// Reads are refused with `InvalidObjectState`.
    Archived,
    /// The object says it was written then.
    ModifiedAt(SystemTime),
}

/// A version and its content.
#[derive(Clone)]
pub(in super::super) struct Stored {
    pub(in super::super) record: ObjectRecord,
    pub(super) segments: Vec<Arc<Segment>>,
    pub(super) ahead: Arc<Ahead>,
}

impl Stored {
    /// `length` bytes from `start` on.
    pub(in super::super) fn stream(
        &self,
        start: u64,
        length: u64,
    ) -> impl Stream<Item = std::io::Result<Bytes>> + Send + use<> {
        reader::stream(self.segments.clone(), start, length)
    }

    /// Whether bytes were thrown away: the content cannot be read.
    pub(in super::super) fn discarded(&self) -> bool {
        self.segments.iter().any(|segment| matches!(segment.content, Content::Discarded))
    }

    /// MD5 of the whole content. Blocks for what was not hashed ahead.
    pub(in super::super) fn md5(&self) -> std::io::Result<[u8; 16]> {
        self.ahead.finish(&self.segments)
    }
}

/// What the writer of an object says about it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in super::super) struct Described {
    pub(in super::super) content_type: String,
    pub(in super::super) headers: BTreeMap<String, String>,
    pub(in super::super) metadata: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) enum Versioning {
    Never,
    Enabled,
    Suspended,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in super::super) struct BucketRecord {
    pub(in super::super) created: SystemTime,
    pub(in super::super) versioning: Versioning,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in super::super) struct UploadRecord {
    pub(in super::super) id: String,
    pub(in super::super) key: String,
    pub(in super::super) initiated: SystemTime,
    /// Parts must come in order and only once.
    pub(in super::super) sequential: bool,
    pub(in super::super) described: Described,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in super::super) struct PartRecord {
    pub(in super::super) number: u32,
    pub(in super::super) size: u64,
    /// Upper-case MD5 of the content, without quotes.
    pub(in super::super) etag: String,
    pub(in super::super) crc64: u64,
    pub(in super::super) modified: SystemTime,
}
