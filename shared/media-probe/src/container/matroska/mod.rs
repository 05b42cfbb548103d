//! Matroska (MKV) and WebM.
//!
//! RFC 9559 (Matroska) and RFC 8794 (EBML); WebM's `DocType` is webmproject.org's.

mod ebml;
mod tracks;

use super::Container;
use crate::{
    draft::Draft,
    finding::{Problem, Severity},
    view::{Stop, View},
};
use ebml::{Children, Element, read_element};
use std::time::Duration;

const EBML: u32 = 0x1A45_DFA3;
const SEGMENT: u32 = 0x1853_8067;
const SEEK_HEAD: u32 = 0x114D_9B74;
const INFO: u32 = 0x1549_A966;
const TRACKS: u32 = 0x1654_AE6B;
const CLUSTER: u32 = 0x1F43_B675;
const CUES: u32 = 0x1C53_BB6B;

/// The largest list of tracks that is read at once, in bytes.
const READ_WHOLE: u64 = 512 * 1024;

/// Whether the bytes begin with an EBML header; others than Matroska are told apart when it is read.
pub(super) fn claims(head: &[u8]) -> bool {
    head.starts_with(&EBML.to_be_bytes())
}

/// What is still sought of a segment, and where it is said to be.
#[derive(Default)]
struct Parts {
    info: Part,
    tracks: Part,
    cues: Part,
    /// The first cluster begins here.
    data: Option<u64>,
}

#[derive(Default)]
struct Part {
    is_read: bool,
    stated: Option<u64>,
}

/// Reads the segment's information and tracks, which stand before the data or where the file's own index says.
pub(super) fn read(view: &View, draft: &mut Draft) -> Result<(), Stop> {
    let Some(header) = read_element(view, 0, u64::MAX)? else { return Ok(()) };
    let mut is_matroska = true;
    let mut children = Children::of(view, &header);
    while let Some(child) = children.next()? {
        if child.id == 0x4282 {
            match child.bytes(view, 16)?.split(|one| *one == 0).next().unwrap_or_default() {
                b"webm" => draft.container = Some(Container::WebM),
                name => is_matroska = name == b"matroska",
            }
        }
    }
    if !is_matroska {
        draft.container = None;
        return Ok(());
    }
    let Some(segment) = find_segment(view, header.end.unwrap_or(header.body))? else {
        draft.report(Severity::Warn, Problem::Truncated);
        return Ok(());
    };
    if segment.end.is_some_and(|end| end > view.size()) {
        draft.report(Severity::Warn, Problem::Truncated);
    }
    match read_segment(view, &segment, draft) {
        // What is there was read; how it ends was judged by the segment's size.
        Err(Stop::PastEnd) => Ok(()),
        done => done,
    }
}

/// The segment follows the header, after padding.
fn find_segment(view: &View, mut at: u64) -> Result<Option<Element>, Stop> {
    while let Some(element) = read_element(view, at, u64::MAX)? {
        match (element.id, element.end) {
            (SEGMENT, _) => return Ok(Some(element)),
            (_, Some(end)) => at = end,
            (_, None) => break,
        }
    }
    Ok(None)
}

fn read_segment(view: &View, segment: &Element, draft: &mut Draft) -> Result<(), Stop> {
    let mut parts = Parts::default();
    let mut children = Children::of(view, segment);
    while let Some(child) = children.next()? {
        if child.id == CLUSTER {
            parts.data = Some(child.start);
            break;
        }
        read_part(view, segment, &child, &mut parts, draft)?;
    }
    for (id, part) in [(INFO, &parts.info), (TRACKS, &parts.tracks)] {
        if let (false, Some(stated)) = (part.is_read, part.stated)
            && let Some(element) = read_element(view, stated, u64::MAX)?.filter(|element| element.id == id)
        {
            read_part(view, segment, &element, &mut Parts::default(), draft)?;
        }
    }
    let cues = parts.cues.stated.filter(|stated| *stated < view.size());
    draft.index_at_start =
        if parts.cues.is_read { Some(true) } else { cues.zip(parts.data).map(|(cues, data)| cues < data) };
    Ok(())
}

fn read_part(
    view: &View,
    segment: &Element,
    part: &Element,
    parts: &mut Parts,
    draft: &mut Draft,
) -> Result<(), Stop> {
    match part.id {
        SEEK_HEAD => read_seek_head(view, segment, part, parts)?,
        INFO => {
            parts.info.is_read = true;
            draft.duration = read_duration(view, part)?;
        }
        TRACKS if !parts.tracks.is_read => {
            parts.tracks.is_read = true;
            read_tracks(view, part, draft)?;
        }
        CUES => parts.cues.is_read = true,
        _ => {}
    }
    Ok(())
}

fn read_tracks(view: &View, tracks: &Element, draft: &mut Draft) -> Result<(), Stop> {
    if tracks.end.is_some_and(|end| end.saturating_sub(tracks.body) <= READ_WHOLE) {
        tracks.bytes(view, READ_WHOLE)?;
    }
    let mut children = Children::of(view, tracks);
    while let Some(child) = children.next()? {
        match child.id {
            0xAE => draft.add_track(tracks::read_track(view, &child)?),
            // A list of unknown size ends where the next part begins.
            CLUSTER => break,
            _ => {}
        }
    }
    draft.has_all_tracks = tracks.end.is_some_and(|end| end <= view.size()) && children.is_done();
    Ok(())
}

/// `SeekHead` states where other parts are, counted from the segment's body.
fn read_seek_head(view: &View, segment: &Element, head: &Element, parts: &mut Parts) -> Result<(), Stop> {
    let mut seeks = Children::of(view, head);
    while let Some(seek) = seeks.next()? {
        let (mut id, mut position) = (None, None);
        let mut fields = Children::of(view, &seek);
        while let Some(field) = fields.next()? {
            match field.id {
                0x53AB => id = field.number(view)?,
                0x53AC => position = field.number(view)?,
                _ => {}
            }
        }
        let at = position.and_then(|position| segment.body.checked_add(position));
        match id.and_then(|id| u32::try_from(id).ok()) {
            Some(INFO) => parts.info.stated = at,
            Some(TRACKS) => parts.tracks.stated = at,
            Some(CUES) => parts.cues.stated = at,
            _ => {}
        }
    }
    Ok(())
}

/// `Duration` counts ticks of `TimestampScale` nanoseconds, a million unless stated. Live recordings have none.
fn read_duration(view: &View, info: &Element) -> Result<Option<Duration>, Stop> {
    let (mut scale, mut count) = (1_000_000, None);
    let mut children = Children::of(view, info);
    while let Some(child) = children.next()? {
        match child.id {
            0x002A_D7B1 => scale = child.number(view)?.unwrap_or(scale),
            0x4489 => count = child.float(view)?,
            CLUSTER => break,
            _ => {}
        }
    }
    let scale = Duration::from_nanos(scale).as_secs_f64();
    Ok(count.and_then(|count| Duration::try_from_secs_f64(count * scale).ok()))
}
