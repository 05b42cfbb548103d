//! The stored form of a lease.

use super::codec::{VERSION, encode};
use crate::Error;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The parts that a session's target holds: they let an upload resume if the target does not list its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UploadedParts {
    /// Sequence of the session's step: parts of another session are worthless.
    pub session: u32,
    /// The parts.
    pub parts: Vec<UploadedPart>,
}

/// A part that the target holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "PartRow", into = "PartRow")]
pub struct UploadedPart {
    /// 1 to 10,000.
    pub number: u32,
    /// Its ETag without quotes.
    pub etag: String,
    /// CRC-64/XZ of the bytes sent.
    pub crc64: u64,
}

type PartRow = (u32, String, u64);

impl From<PartRow> for UploadedPart {
    fn from((number, etag, crc64): PartRow) -> Self {
        Self { number, etag, crc64 }
    }
}

impl From<UploadedPart> for PartRow {
    fn from(part: UploadedPart) -> Self {
        (part.number, part.etag, part.crc64)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LeaseRecord {
    pub(super) v: u32,
    pub(super) holder: String,
    pub(super) released: bool,
    pub(super) session: u32,
    pub(super) parts: Vec<UploadedPart>,
}

pub(super) fn encode_record(holder: &str, released: bool, parts: &UploadedParts) -> Result<Bytes, Error> {
    let UploadedParts { session, parts } = parts.clone();
    encode(&LeaseRecord { v: VERSION, holder: holder.to_owned(), released, session, parts })
}
