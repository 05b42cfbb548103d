//! The last fragments of a file, without a walk through all of them.
//!
//! ISO/IEC 14496-12, 8.8.9 to 8.8.11: the last 16 bytes of the file, `mfro`, say where the index of fragments (`mfra`) begins. Programs that write
//! while they record leave it out.

use super::boxes::{Children, read_header};
use crate::{
    fields,
    view::{Stop, View},
};

/// The largest index that is read, in bytes.
const MAX_INDEX: u64 = 512 * 1024;
/// After this many reads the search has failed, and is not repeated: it takes longer than all the rest.
const MAX_SEARCHES: u32 = 12;
/// The most boxes between a fragment and the end.
const MAX_BOXES: usize = 1024;
/// The most places that look like a fragment and are tried.
const MAX_CANDIDATES: usize = 64;

/// The last fragments of the tracks.
pub(super) struct LastFragments {
    /// Where the first of them begins.
    pub(super) offset: u64,
    /// Track ids, with the time at which each track's last fragment begins.
    pub(super) times: Vec<(u32, u64)>,
}

impl LastFragments {
    /// Those from `offset`, whose times are not known.
    pub(super) fn at(offset: u64) -> Self {
        Self { offset, times: Vec::new() }
    }
}

/// Reads the file's index of fragments, if it has one that reaches to the file's end.
pub(super) fn find_last_fragments(view: &View) -> Result<Option<LastFragments>, Stop> {
    let Some(tail) = view.size().checked_sub(16) else { return Ok(None) };
    let bytes = view.bytes(tail, 16)?;
    let size = fields::be_u32(bytes, 12).map(u64::from);
    let is_pointer = fields::array(bytes, 4) == Some(*b"mfro");
    let Some(size) = size.filter(|size| is_pointer && *size <= MAX_INDEX) else { return Ok(None) };
    let Some(start) = view.size().checked_sub(size) else { return Ok(None) };
    let Some(index) = read_header(view, start, view.size())?.filter(|found| found.kind == *b"mfra") else {
        return Ok(None);
    };
    let mut last: Option<LastFragments> = None;
    let mut children = Children::of(view, &index);
    while let Some(child) = children.next()? {
        if child.kind == *b"tfra"
            && let Some((id, time, offset)) = last_entry(child.bytes(view, MAX_INDEX)?)
        {
            let last = last.get_or_insert_with(|| LastFragments::at(offset));
            last.offset = last.offset.min(offset);
            last.times.push((id, time));
        }
    }
    Ok(last)
}

/// Bytes that are read from the end of a file without such an index, in search of a fragment.
const TAILS: [u64; 2] = [64 * 1024, 512 * 1024];
/// What stands between fragments.
const OF_FRAGMENTS: [[u8; 4]; 8] =
    [*b"moof", *b"mdat", *b"styp", *b"sidx", *b"emsg", *b"prft", *b"free", *b"mfra"];

/// A fragment near the end of the file from which boxes lead exactly to its end.
pub(super) fn find_fragment_before_end(view: &View) -> Result<Option<LastFragments>, Stop> {
    if view.reads() > MAX_SEARCHES {
        return Ok(None);
    }
    for length in TAILS {
        let start = view.size().saturating_sub(length);
        let bytes = view.bytes_up_to(start, length)?;
        let kinds = bytes.windows(4).enumerate().filter(|(_, kind)| *kind == b"moof");
        // The size stands before the kind.
        let candidates =
            kinds.filter_map(|(at, _)| start.checked_add(u64::try_from(at.checked_sub(4)?).ok()?));
        for candidate in candidates.take(MAX_CANDIDATES) {
            if leads_to_end(view, candidate)? {
                return Ok(Some(LastFragments::at(candidate)));
            }
        }
        if start == 0 {
            break;
        }
    }
    Ok(None)
}

fn leads_to_end(view: &View, mut at: u64) -> Result<bool, Stop> {
    for _ in 0..MAX_BOXES {
        let Some(found) = read_header(view, at, view.size())? else { break };
        if !OF_FRAGMENTS.contains(&found.kind) {
            return Ok(false);
        }
        at = found.end;
    }
    Ok(at == view.size())
}

/// Track id, time and offset of the last entry of `tfra`.
fn last_entry(bytes: &[u8]) -> Option<(u32, u64, u64)> {
    let id = fields::be_u32(bytes, 4)?;
    let lengths = fields::byte(bytes, 11)?;
    let numbers = [lengths >> 4 & 3, lengths >> 2 & 3, lengths & 3].map(|length| usize::from(length) + 1);
    let is_long = fields::byte(bytes, 0)? == 1;
    let each = if is_long { 16_usize } else { 8 } + numbers.iter().sum::<usize>();
    let before = usize::try_from(fields::be_u32(bytes, 12)?).ok()?.checked_sub(1)?;
    let entry = bytes.get(before.checked_mul(each)?.checked_add(16)?..)?;
    let (time, offset) = if is_long {
        (fields::be_u64(entry, 0)?, fields::be_u64(entry, 8)?)
    } else {
        (fields::be_u32(entry, 0)?.into(), fields::be_u32(entry, 4)?.into())
    };
    Some((id, time, offset))
}
