//! Objects: one version of a file, and where it lies.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, time::SystemTime};
use youku::Md5;

/// What kind of store holds an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Alibaba Cloud OSS.
    Oss,
    /// Amazon S3 or a server that speaks its protocol.
    S3,
    /// A local folder.
    Folder,
}

impl Provider {
    /// The word for it in URLs, ids and logs: `oss`, `s3` or `folder`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oss => "oss",
            Self::S3 => "s3",
            Self::Folder => "folder",
        }
    }
}

/// Where a file lies, whichever version of it is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The kind of store.
    pub provider: Provider,
    /// The bucket, or the folder's path.
    pub bucket: String,
    /// The object's key, decoded, as the store has it. On S3 it may begin with a slash.
    pub key: String,
    /// The bucket's region where the event or task named it, e.g. `cn-hangzhou`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

impl Location {
    /// The last segment of the key.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.key.rsplit('/').next().unwrap_or(&self.key)
    }

    /// Whether it is a file that a person carries along: it has a name, and lies wherever the person runs the upload.
    #[must_use]
    pub fn is_carried(&self) -> bool {
        self.provider == Provider::Folder && self.bucket.is_empty()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}/{}", self.provider.as_str(), self.bucket, self.key)
    }
}

/// An MD5 that somebody stated about an object: a hint, which may be wrong, until the bytes have been measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedMd5 {
    /// The digest.
    pub md5: Md5,
    /// Where it stood, for people: `field md5`, `metadata md5`, `metadata md5chksum`, `metadata s3cmd-attrs`.
    pub place: String,
}

impl StatedMd5 {
    /// A digest that stood in `place`.
    #[must_use]
    pub fn new(md5: Md5, place: impl Into<String>) -> Self {
        Self { md5, place: place.into() }
    }
}

/// How an object came to be, as far as that says whether it is whole (OSS sheet, `x-oss-object-type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ObjectKind {
    /// It was written as a whole: nothing changes it but another version.
    #[default]
    Whole,
    /// It may grow by further appends, each of which changes its ETag.
    Appendable,
    /// It points to another object, which may change.
    Symlink,
}

/// One version of a file, as our own HEAD saw it. Reads are pinned to it.
#[derive(Debug, Clone)]
pub struct Object {
    /// Where it lies.
    pub location: Location,
    /// The ETag without quotes, as the store sent it.
    pub etag: String,
    /// The version id, on versioned buckets.
    pub version_id: Option<String>,
    /// Bytes.
    pub size: u64,
    /// MD5 of the whole object where it is a fact: the store's own (`Content-MD5` of a `Normal` OSS object, the ETag of a simple
    /// S3 object, S3's checksum of the full object), or measured here.
    pub md5: Option<Md5>,
    /// MD5 that the object's user metadata states.
    pub stated_md5: Option<StatedMd5>,
    /// CRC-64/XZ of the whole object where the store states it.
    pub crc64: Option<u64>,
    /// How it came to be.
    pub kind: ObjectKind,
    /// When it was last written, by the store's clock, where the store tells.
    pub modified: Option<SystemTime>,
    /// How many entries of user metadata the store has and could not return (S3's `x-amz-missing-meta`).
    pub missing_metadata: u32,
    /// User metadata: names without `x-oss-meta-`, lower case; values byte for byte, which need not be UTF-8.
    pub user_metadata: BTreeMap<String, Vec<u8>>,
}

impl Object {
    /// An object of which no more is known than this.
    #[must_use]
    pub fn new(location: Location, etag: impl Into<String>, size: u64) -> Self {
        Self {
            location,
            etag: etag.into(),
            version_id: None,
            size,
            md5: None,
            stated_md5: None,
            crc64: None,
            kind: ObjectKind::Whole,
            modified: None,
            missing_metadata: 0,
            user_metadata: BTreeMap::new(),
        }
    }
}
