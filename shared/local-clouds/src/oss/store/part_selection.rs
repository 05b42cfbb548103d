//! The parts a completion names, and the order of a sequential upload.

use crate::oss::error::{OssError, Result};
use crate::oss::store::bucket::{Part, Upload};

/// The least size of each part but the last, in bytes.
pub(crate) const MIN_PART: u64 = 100 * 1024;

/// A part named in a completion: number, ETag as sent.
pub(crate) type SelectedPart = (u32, String);

pub(crate) fn check_sequence(upload: &Upload, number: u32) -> Result<()> {
    let last = upload.parts.keys().next_back().copied().unwrap_or(0);
    if number <= last {
        return Err(OssError::conflict(
            "PartAlreadyExist",
            "The part of a sequential upload exists already.",
        ));
    }
    if number > last + 1 {
        return Err(OssError::conflict(
            "PartNotSequential",
            "The parts of a sequential upload must come in order.",
        ));
    }
    Ok(())
}

pub(crate) fn select_parts(upload: &Upload, selection: &[SelectedPart]) -> Result<Vec<Part>> {
    if selection.is_empty() {
        return Err(OssError::invalid("MalformedXML", "The list of parts is empty."));
    }
    if !selection.is_sorted_by(|(one, _), (other, _)| one < other) {
        return Err(OssError::invalid("InvalidPartOrder", "The list of parts was not in ascending order."));
    }
    let find = |(number, etag): &SelectedPart| {
        let part = upload.parts.get(number);
        let part = part.filter(|part| part.record.etag.eq_ignore_ascii_case(etag.trim().trim_matches('"')));
        part.cloned().ok_or_else(|| {
            let message = "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.";
            OssError::invalid("InvalidPart", message).with_detail("PartNumber", number.to_string()).with_detail("UploadId", &upload.record.id)
        })
    };
    selection.iter().map(find).collect()
}
