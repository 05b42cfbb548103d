//! MP4, QuickTime (MOV), M4V, 3GP and F4V: boxes within boxes.
//!
//! ISO/IEC 14496-12 (ISO base media file format), and Apple's QuickTime File Format Specification for what is older than it.

mod boxes;
mod clock;
mod fragments;
mod movie;
mod random_access;
mod sample_codes;
mod sample_entry;
mod sample_table;
mod top_level;
mod track;

use super::Container;
use crate::{
    draft::Draft,
    fields,
    finding::{OtherKind, Problem, Severity},
    view::{Stop, View},
};
use boxes::Header;
use movie::Movie;
use sample_table::LastChunk;
use top_level::TopLevel;

/// Whether the first box is one that files begin with.
pub(super) fn claims(head: &[u8]) -> bool {
    const FIRST: [&[u8; 4]; 13] = [
        b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"moof", b"sidx", b"junk",
        b"PICT", b"prfl",
    ];
    let is_size = fields::be_u32(head, 0).is_some_and(|size| !(2..8).contains(&size));
    is_size && fields::array::<4>(head, 4).is_some_and(|kind| FIRST.contains(&&kind))
}

/// Walks the boxes of the file, and of its index.
pub(super) fn read(view: &View, draft: &mut Draft) -> Result<(), Stop> {
    if !is_iso(view)? {
        draft.container = Some(Container::QuickTime);
    }
    let mut top = TopLevel::default();
    match top.walk(view, draft) {
        Ok(()) | Err(Stop::PastEnd) => judge(view, &top, draft),
        unread => unread,
    }
}

/// The brand that the file states first; QuickTime files from before 2004 have none.
fn major_brand(view: &View) -> Result<Option<[u8; 4]>, Stop> {
    let head = view.bytes_up_to(0, 12)?;
    Ok(fields::array(head, 8).filter(|_| fields::array(head, 4) == Some(*b"ftyp")))
}

fn is_iso(view: &View) -> Result<bool, Stop> {
    let is_segment = fields::array(view.bytes_up_to(0, 8)?, 4)
        .is_some_and(|kind: [u8; 4]| [*b"styp", *b"moof", *b"sidx"].contains(&kind));
    Ok(is_segment || major_brand(view)?.is_some_and(|brand| brand != *b"qt  "))
}

/// ISO/IEC 23008-12 (HEIF) and AVIF: pictures in boxes, described by `meta` instead of `moov`.
fn is_still_picture(view: &View) -> Result<bool, Stop> {
    Ok(major_brand(view)?.is_some_and(|brand| {
        [b"heic", b"heix", b"heim", b"mif1", b"msf1", b"avif", b"jpeg"].contains(&&brand)
    }))
}

/// What the boxes of the file prove together.
fn judge(view: &View, top: &TopLevel, draft: &mut Draft) -> Result<(), Stop> {
    if let Some(severity) = judge_end(view, top)? {
        draft.report(severity, Problem::Truncated);
    }
    let is_cut = top.overrun.is_some_and(|overrun| [*b"mdat", *b"moov"].contains(&overrun.kind));
    if top.movie.is_none() && !is_cut {
        match (top.has_fragments(), is_still_picture(view)?) {
            (true, _) => draft.report(Severity::Warn, Problem::NoIndex),
            (false, true) => draft.report(Severity::Refuse, Problem::NotAVideo(OtherKind::StillPicture)),
            (false, false) => draft.report(Severity::Refuse, Problem::NoIndex),
        }
    }
    Ok(())
}

/// Whether the file is cut short, and how certain that is.
fn judge_end(view: &View, top: &TopLevel) -> Result<Option<Severity>, Stop> {
    let warning = top.overrun.map(|_| Severity::Warn);
    // A cut fragment is the last one: what precedes it plays. A box after a whole movie belongs to something that was appended.
    if top.has_fragments() || top.is_followed {
        return Ok(warning);
    }
    let is_lost = match (top.overrun, &top.movie) {
        (Some(Header { kind: [b'm', b'o', b'o', b'v'], .. }), _)
        | (Some(Header { kind: [b'm', b'd', b'a', b't'], .. }), None) => true,
        (Some(cut), Some(movie)) if cut.kind == *b"mdat" => has_lost_samples(view, movie, cut.start)?,
        (None, Some(movie)) if top.has_open_data => has_lost_samples(view, movie, view.size())?,
        // An index of samples that are nowhere: the file was cut where they begin.
        (_, Some(movie)) => !top.has_room_for_samples && movie.tracks.iter().any(|track| track.duration > 0),
        (_, None) => false,
    };
    Ok(if is_lost { Some(Severity::Refuse) } else { warning })
}

/// Some programs state a size that was never reached, and all samples are there nevertheless. Samples from `cut` on count as lost unless the
/// index says that they are within the file.
fn has_lost_samples(view: &View, movie: &Movie, cut: u64) -> Result<bool, Stop> {
    let chunks = movie.find_last_chunks(view)?;
    let is_cut = cut < view.size();
    let is_lost = |chunk: &Option<LastChunk>| match chunk {
        Some(LastChunk { end: Some(end), .. }) => *end > view.size(),
        Some(LastChunk { start, end: None }) => *start >= cut,
        None => is_cut,
    };
    Ok(chunks.iter().any(is_lost) || chunks.is_empty() && is_cut)
}
