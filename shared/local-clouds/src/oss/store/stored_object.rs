//! A version of an object with its content.

use std::sync::Arc;

use bytes::Bytes;
use futures_core::Stream;

use crate::oss::store::object_record::ObjectRecord;
use crate::oss::store::prefix_hash::PrefixHash;
use crate::oss::store::reader;
use crate::oss::store::segment::{Segment, SegmentContent};

/// A version and its content.
#[derive(Clone)]
pub(crate) struct StoredObject {
    pub(crate) record: ObjectRecord,
    pub(crate) segments: Vec<Arc<Segment>>,
    pub(crate) ahead: Arc<PrefixHash>,
}

impl StoredObject {
    /// `length` bytes from `start` on.
    pub(crate) fn stream_range(
        &self,
        start: u64,
        length: u64,
    ) -> impl Stream<Item = std::io::Result<Bytes>> + Send + use<> {
        reader::stream_segments(self.segments.clone(), start, length)
    }

    /// Whether bytes were discarded; the content cannot be read then.
    pub(crate) fn is_discarded(&self) -> bool {
        self.segments.iter().any(|segment| matches!(segment.content, SegmentContent::Discarded))
    }

    /// Returns the MD5 of the whole content. Blocks while it hashes what was not hashed ahead.
    pub(crate) fn md5(&self) -> std::io::Result<[u8; 16]> {
        self.ahead.finish(&self.segments)
    }
}

pub(crate) fn release(stored: &StoredObject) {
    stored.segments.iter().for_each(|segment: &Arc<Segment>| segment.release());
}
