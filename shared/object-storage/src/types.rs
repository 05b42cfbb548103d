//! What goes into a store and what comes out.

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use http_body::Body;
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;

use ::error::BoxError;

/// What is known of one object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectHead {
    /// Length in bytes.
    pub size: u64,
    /// The ETag without its quotes, as sent. Not a checksum: see `content_md5` and `crc64`.
    pub etag: String,
    /// Version id of a versioned bucket.
    pub version_id: Option<String>,
    /// MD5 of the content, as the store itself knows it. OSS: `Content-MD5`, there only for objects put in one request. S3: its
    /// checksum of the full object (`x-amz-checksum-md5`, answered to a head alone), else an ETag that is one.
    pub content_md5: Option<[u8; 16]>,
    /// CRC-64/XZ of the content (OSS only; missing for very old and for copied objects).
    pub crc64: Option<u64>,
    /// When the object was last written, by the store's clock, to the second.
    pub last_modified: Option<SystemTime>,
    /// The store's clock when it answered.
    pub date: Option<SystemTime>,
    /// `Normal`, `Multipart`, `Appendable` or `Symlink` (OSS only).
    pub object_type: Option<String>,
    /// MIME type.
    pub content_type: Option<String>,
    /// How many entries of user metadata S3 has and could not return (`x-amz-missing-meta`); one where it does not say how many.
    pub missing_metadata: u32,
    /// User metadata by name, without `x-oss-meta-` or `x-amz-meta-`; names in lower case, values as sent: bytes
    /// that need not be UTF-8.
    pub user_metadata: BTreeMap<String, Vec<u8>>,
}

impl ObjectHead {
    /// The version that later reads are held to.
    #[must_use]
    pub fn version(&self) -> ObjectVersion {
        ObjectVersion { etag: Some(self.etag.clone()), version_id: self.version_id.clone() }
    }
}

/// The version of an object that a read insists on. With neither field set it takes whatever is there when the read begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectVersion {
    /// ETag without quotes (`If-Match`). A folder knows its own ETags only; an MD5 is left to the caller to compare.
    pub etag: Option<String>,
    /// Version id.
    pub version_id: Option<String>,
}

/// The content of a put.
#[derive(Debug)]
pub enum PutBody {
    /// Held in memory.
    Bytes(Bytes),
    /// Read as it is sent, with exactly this many bytes.
    Stream(StreamedBody, u64),
}

impl PutBody {
    /// A body that is read while it is sent; it must yield exactly `length` bytes.
    pub fn stream<B>(body: B, length: u64) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self::Stream(StreamedBody(body.map_err(Into::into).boxed_unsync()), length)
    }
}

impl<T: Into<Bytes>> From<T> for PutBody {
    fn from(bytes: T) -> Self {
        Self::Bytes(bytes.into())
    }
}

/// A body of any type. Made by [`PutBody::stream`].
pub struct StreamedBody(pub(crate) UnsyncBoxBody<Bytes, BoxError>);

impl fmt::Debug for StreamedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StreamedBody")
    }
}

/// How an object is written.
#[derive(Debug, Clone, Default)]
pub struct PutOptions {
    /// Fail with [`ErrorKind::AlreadyExists`](crate::ErrorKind) where the key exists. OSS ignores this on versioned buckets:
    /// see [`Store::versioning`](crate::Store::versioning).
    pub create_only: bool,
    /// MIME type.
    pub content_type: Option<String>,
    /// MD5 of the whole content, checked by the server.
    pub content_md5: Option<[u8; 16]>,
    /// User metadata, names without their prefix; values must be visible ASCII (percent-encode others). A folder keeps none.
    pub user_metadata: BTreeMap<String, String>,
}

/// The answer to a put.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PutReceipt {
    /// ETag without quotes.
    pub etag: String,
    /// CRC-64/XZ of what arrived (OSS).
    pub crc64: Option<u64>,
    /// Version id of a versioned bucket.
    pub version_id: Option<String>,
    /// Whether the answer named a version, also `null`: then the bucket keeps versions or did once, and OSS ignores `create_only`.
    pub versioned: bool,
    /// The store's clock when it answered.
    pub date: Option<SystemTime>,
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectSummary {
    /// Full key.
    pub key: String,
    /// Length in bytes.
    pub size: u64,
    /// ETag without quotes.
    pub etag: String,
    /// When the object was last written.
    pub last_modified: Option<SystemTime>,
}

/// One page of a list, in the order of the keys' bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The objects.
    pub objects: Vec<ObjectSummary>,
    /// Where the next page starts (`start_after`); `None` at the end.
    pub next: Option<String>,
}

/// The server's id of one multipart upload.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MultipartId(String);

impl MultipartId {
    /// The id as the server wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for MultipartId {
    fn from(id: T) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for MultipartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The answer to a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartReceipt {
    /// ETag without quotes: for OSS and plain S3 the part's MD5 in hex.
    pub etag: String,
    /// CRC-64/XZ of the part as it arrived (OSS).
    pub crc64: Option<u64>,
}

/// A part the server holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRecord {
    /// 1 to 10,000.
    pub number: u32,
    /// Length in bytes.
    pub size: u64,
    /// ETag without quotes.
    pub etag: String,
    /// CRC-64/XZ of the part (OSS).
    pub crc64: Option<u64>,
}

/// The answer to a completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    /// ETag of the object, without quotes; opaque.
    pub etag: String,
    /// CRC-64/XZ of the whole object (OSS).
    pub crc64: Option<u64>,
    /// Version id of a versioned bucket.
    pub version_id: Option<String>,
}

/// An enabled rule of a bucket's lifecycle, of OSS or S3.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LifecycleRule {
    /// Its name in the bucket; may be empty.
    pub id: String,
    /// The keys it is for begin with this; empty: all keys.
    pub prefix: String,
    /// Whether it deletes the current version of objects, by age or date.
    pub expires: bool,
    /// It is for objects with certain tags alone.
    pub for_tagged: bool,
    /// Prefixes that it leaves alone (OSS only).
    pub spared: Vec<String>,
}

impl LifecycleRule {
    /// Whether it deletes untagged objects of which some have keys that begin with `prefix`.
    ///
    /// Limits of size are not looked at, so a rule for large objects alone counts as well.
    #[must_use]
    pub fn deletes_below(&self, prefix: &str) -> bool {
        let meets = prefix.starts_with(&self.prefix) || self.prefix.starts_with(prefix);
        let spared = || self.spared.iter().any(|spared| prefix.starts_with(spared));
        self.expires && !self.for_tagged && meets && !spared()
    }
}
