//! The records of versions and parts as JSON.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::oss::store::object_record::ObjectRecord;
use crate::oss::store::records::PartRecord;
use crate::oss::store::segment::{Segment, SegmentContent};

/// A segment: the name of its file, or its seed; neither if its bytes were discarded.
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedSegment {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<u64>,
    pub(crate) size: u64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SavedVersion {
    pub(crate) record: ObjectRecord,
    pub(crate) segments: Vec<SavedSegment>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SavedPart {
    pub(crate) record: PartRecord,
    pub(crate) segment: SavedSegment,
}

impl From<&Arc<Segment>> for SavedSegment {
    fn from(segment: &Arc<Segment>) -> Self {
        let (file, seed) = match &segment.content {
            SegmentContent::File(path) => {
                (path.file_name().map(|name| name.to_string_lossy().into_owned()), None)
            }
            SegmentContent::Generated(seed) => (None, Some(*seed)),
            SegmentContent::Discarded => (None, None),
        };
        Self { file, seed, size: segment.size }
    }
}
