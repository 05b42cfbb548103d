//! MP4, QuickTime (MOV), M4V, 3GP and F4V: boxes within boxes.
//!
//! ISO/IEC 14496-12 (ISO base media file format), and Apple's QuickTime File Format Specification for what is older than it.

mod boxes;
mod clock;
mod ending;
mod fragments;
mod movie;
mod random_access;
mod sample_codes;
mod sample_entry;
mod sample_table;
mod still_picture;
mod top_level;
mod track;

use super::Container;
use crate::{
    draft::Draft,
    fields,
    finding::{OtherKind, Problem, Severity},
    view::{Stop, View},
};
use ending::judge_end;
use movie::Movie;
use still_picture::is_still_picture;
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

/// What the boxes of the file prove together.
fn judge(view: &View, top: &TopLevel, draft: &mut Draft) -> Result<(), Stop> {
    if let Some(severity) = judge_end(view, top)? {
        draft.report(severity, Problem::Truncated);
    }
    let is_cut = top.overrun.is_some_and(|overrun| [*b"mdat", *b"moov"].contains(&overrun.kind));
    if top.movie.is_none() && !is_cut {
        if top.has_fragments() {
            draft.report(Severity::Warn, Problem::NoIndex);
        } else if is_still_picture(view, top.description.as_ref())? {
            draft.report(Severity::Refuse, Problem::NotAVideo(OtherKind::StillPicture));
        } else {
            draft.report(Severity::Refuse, Problem::NoIndex);
        }
    }
    let is_reference = top.movie.as_ref().is_some_and(Movie::is_reference);
    if is_reference && !top.has_room_for_samples && !top.has_fragments() {
        draft.report(Severity::Refuse, Problem::NotAVideo(OtherKind::ReferenceMovie));
    }
    Ok(())
}
