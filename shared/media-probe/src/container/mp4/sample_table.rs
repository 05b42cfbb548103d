//! Where the samples of a track end in the file: what a box of samples that does not fit has lost, if anything.
//!
//! ISO/IEC 14496-12: `stsz` and `stz2` 8.7.3, `stsc` 8.7.4, `stco` and `co64` 8.7.5.

use super::boxes::{Children, Header};
use crate::{
    fields,
    view::{Stop, View},
};

/// The most samples of the last chunk whose sizes are added.
const MAX_SAMPLES: u32 = 64 * 1024;
/// The most runs of chunks that are counted.
const MAX_RUNS: u32 = 4096;

/// Where a track's last samples stand in the file.
pub(super) struct LastChunk {
    pub(super) start: u64,
    /// `None` if the tables do not tell.
    pub(super) end: Option<u64>,
}

/// The last chunk, from the end of each table in the box `stbl`; `None` if there is none.
pub(super) fn find_last_chunk(view: &View, stbl: &Header) -> Result<Option<LastChunk>, Stop> {
    let (mut offsets, mut runs, mut sizes) = (None, None, None);
    let mut children = Children::of(view, stbl);
    while let Some(child) = children.next()? {
        match &child.kind {
            b"stco" | b"co64" => offsets = Some(child),
            b"stsc" => runs = Some(child),
            b"stsz" | b"stz2" => sizes = Some(child),
            _ => {}
        }
    }
    let Some(offsets) = offsets else { return Ok(None) };
    let is_long = offsets.kind == *b"co64";
    let Some((chunks, last)) = last_entry(view, &offsets, if is_long { 8 } else { 4 })? else {
        return Ok(None);
    };
    let start = if is_long { fields::be_u64(last, 0) } else { fields::be_u32(last, 0).map(u64::from) };
    let Some(start) = start else { return Ok(None) };
    let length = match (runs, sizes) {
        (Some(runs), Some(sizes)) => length_of_last_chunk(view, &runs, &sizes, chunks)?,
        _ => None,
    };
    Ok(Some(LastChunk { start, end: length.and_then(|length| start.checked_add(length)) }))
}

/// Whether the tables without which no sample is found end within `size` bytes: those of times, chunks and sizes. What else may follow them in the box
/// `stbl` is no loss.
pub(super) fn has_whole_tables(view: &View, stbl: &Header, size: u64) -> Result<bool, Stop> {
    let mut whole = [false; 4];
    let mut children = Children::of(view, stbl);
    while let Some(child) = children.next()? {
        let place = match &child.kind {
            b"stts" => 0,
            b"stsc" => 1,
            b"stsz" | b"stz2" => 2,
            b"stco" | b"co64" => 3,
            _ => continue,
        };
        if let Some(is_whole) = whole.get_mut(place) {
            *is_whole = child.end <= size;
        }
    }
    Ok(!whole.contains(&false))
}

/// The last entry of a table that begins with its number of entries, and that number.
fn last_entry<'a>(view: &'a View, table: &Header, width: u64) -> Result<Option<(u32, &'a [u8])>, Stop> {
    let Some(count) = fields::be_u32(table.bytes(view, 8)?, 4) else { return Ok(None) };
    let at = u64::from(count)
        .checked_sub(1)
        .and_then(|before| table.body.checked_add(8)?.checked_add(before.checked_mul(width)?));
    let Some(at) = at.filter(|at| at.checked_add(width).is_some_and(|end| end <= table.end)) else {
        return Ok(None);
    };
    Ok(Some((count, view.bytes(at, width)?)))
}

fn length_of_last_chunk(
    view: &View,
    runs: &Header,
    sizes: &Header,
    chunks: u32,
) -> Result<Option<u64>, Stop> {
    let bytes = sizes.bytes(view, 12)?;
    let (Some(width), Some(count)) = (fields::be_u32(bytes, 4), fields::be_u32(bytes, 8)) else {
        return Ok(None);
    };
    let Some(samples) = samples_of_last_chunk(view, runs, chunks, count)? else { return Ok(None) };
    if sizes.kind == *b"stz2" {
        return sum_of_last_sizes(view, sizes, width & 0xff, count, samples);
    }
    match width {
        0 => sum_of_last_sizes(view, sizes, 32, count, samples),
        // QuickTime states 1 for sound without compression, whatever a sample's size.
        1 => Ok(None),
        size => Ok(Some(u64::from(size).saturating_mul(samples.into()))),
    }
}

/// How many of the `count` samples are in the last chunk: as many as its run states, or fewer if no more are left. `None` if the chunks before have
/// all of them.
fn samples_of_last_chunk(view: &View, stsc: &Header, chunks: u32, count: u32) -> Result<Option<u32>, Stop> {
    let Some((runs, last)) = last_entry(view, stsc, 12)? else { return Ok(None) };
    let stated = fields::be_u32(last, 4);
    if runs > MAX_RUNS {
        return Ok(stated);
    }
    let table = view.bytes(stsc.body.saturating_add(8), u64::from(runs) * 12)?;
    let first_chunk = |run: &[u8]| fields::be_u32(run, 0);
    let ends = table.chunks_exact(12).skip(1).map(first_chunk).chain([Some(chunks)]);
    let mut before = 0_u64;
    for (run, end) in table.chunks_exact(12).zip(ends) {
        let (Some(first), Some(end), Some(each)) = (first_chunk(run), end, fields::be_u32(run, 4)) else {
            return Ok(None);
        };
        let Some(length) = end.checked_sub(first) else { return Ok(None) };
        before = before.saturating_add(u64::from(length).saturating_mul(each.into()));
    }
    let left = u64::from(count).checked_sub(before).filter(|left| *left > 0);
    let left = left.map(|left| u32::try_from(left).unwrap_or(u32::MAX));
    Ok(left.zip(stated).map(|(left, stated)| left.min(stated)))
}

/// The sizes of the last `samples` of `count` samples together, of which each has `width` bits.
fn sum_of_last_sizes(
    view: &View,
    table: &Header,
    width: u32,
    count: u32,
    samples: u32,
) -> Result<Option<u64>, Stop> {
    let Some(before) = count.checked_sub(samples).filter(|_| samples <= MAX_SAMPLES) else { return Ok(None) };
    let (first, end) = (u64::from(before) * u64::from(width) / 8, u64::from(count) * u64::from(width));
    let length = end.div_ceil(8).saturating_sub(first);
    let at = table.body.saturating_add(12).saturating_add(first);
    if at.saturating_add(length) > table.end {
        return Ok(None);
    }
    let bytes = view.bytes(at, length)?;
    let sum = |sizes: &mut dyn Iterator<Item = u64>| sizes.fold(0, u64::saturating_add);
    Ok(match width {
        32 => Some(sum(&mut bytes.chunks_exact(4).filter_map(|one| fields::be_u32(one, 0)).map(u64::from))),
        16 => Some(sum(&mut bytes.chunks_exact(2).filter_map(|one| fields::be_u16(one, 0)).map(u64::from))),
        8 => Some(sum(&mut bytes.iter().copied().map(u64::from))),
        // Two sizes of 4 bits in each byte are rare.
        _ => None,
    })
}
