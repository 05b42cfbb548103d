//! Where the samples of a track end in the file: what a box of samples that does not fit has lost, if anything.
//!
//! ISO/IEC 14496-12: `stsz` 8.7.3, `stsc` 8.7.4, `stco` and `co64` 8.7.5.

use super::boxes::{Children, Header};
use crate::{
    fields,
    view::{Stop, View},
};

/// The most samples of the last chunk whose sizes are added.
const MAX_SAMPLES: u32 = 64 * 1024;

/// Where a track's last samples stand in the file.
pub(super) struct LastChunk {
    pub(super) start: u64,
    /// `None` if the tables do not tell.
    pub(super) end: Option<u64>,
}

/// The last chunk, from the end of each table in the box `stbl`; `None` if there is none.
pub(super) fn find_last_chunk(view: &View, stbl: &Header) -> Result<Option<LastChunk>, Stop> {
    let (mut offset, mut samples, mut sizes) = (None, None, None);
    let mut children = Children::of(view, stbl);
    while let Some(child) = children.next()? {
        match &child.kind {
            b"stco" => {
                offset =
                    last_entry(view, &child, 4)?.and_then(|entry| fields::be_u32(entry, 0)).map(u64::from)
            }
            b"co64" => offset = last_entry(view, &child, 8)?.and_then(|entry| fields::be_u64(entry, 0)),
            b"stsc" => samples = last_entry(view, &child, 12)?.and_then(|entry| fields::be_u32(entry, 4)),
            b"stsz" => sizes = Some(child),
            _ => {}
        }
    }
    let Some(start) = offset else { return Ok(None) };
    let length = match (samples, sizes) {
        (Some(samples), Some(sizes)) => sum_of_last_sizes(view, &sizes, samples)?,
        _ => None,
    };
    Ok(Some(LastChunk { start, end: length.and_then(|length| start.checked_add(length)) }))
}

/// The last entry of a table that begins with its number of entries.
fn last_entry<'a>(view: &'a View, table: &Header, width: u64) -> Result<Option<&'a [u8]>, Stop> {
    let Some(before) = fields::be_u32(table.bytes(view, 8)?, 4).and_then(|count| count.checked_sub(1)) else {
        return Ok(None);
    };
    let at = u64::from(before)
        .checked_mul(width)
        .and_then(|skipped| table.body.checked_add(8)?.checked_add(skipped));
    let Some(at) = at.filter(|at| at.checked_add(width).is_some_and(|end| end <= table.end)) else {
        return Ok(None);
    };
    view.bytes(at, width).map(Some)
}

/// The sizes of the last `samples` samples together.
fn sum_of_last_sizes(view: &View, stsz: &Header, samples: u32) -> Result<Option<u64>, Stop> {
    let bytes = stsz.bytes(view, 12)?;
    let (Some(common), Some(count)) = (fields::be_u32(bytes, 4), fields::be_u32(bytes, 8)) else {
        return Ok(None);
    };
    // QuickTime states 1 for sound without compression, whatever a sample's size.
    if common > 0 {
        return Ok((common > 8).then(|| u64::from(common).saturating_mul(samples.into())));
    }
    let Some(before) = count.checked_sub(samples).filter(|_| samples <= MAX_SAMPLES) else { return Ok(None) };
    let Some(at) = stsz.body.checked_add(12).and_then(|first| first.checked_add(u64::from(before) * 4))
    else {
        return Ok(None);
    };
    let length = u64::from(samples) * 4;
    if at.checked_add(length).is_none_or(|end| end > stsz.end) {
        return Ok(None);
    }
    let sizes = view.bytes(at, length)?.chunks_exact(4);
    Ok(Some(sizes.filter_map(|size| fields::be_u32(size, 0)).map(u64::from).fold(0, u64::saturating_add)))
}
