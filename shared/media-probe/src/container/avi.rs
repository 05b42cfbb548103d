//! AVI: chunks in RIFF lists.
//!
//! Microsoft's AVI RIFF File Reference (`avih`, `strh`, `strf`); files above 1 GiB continue in further RIFFs as the OpenDML
//! extensions (1996, version 1.02) say, which have the index `indx` as well.

use crate::{
    codec,
    draft::Draft,
    fields,
    finding::{Problem, Severity},
    report::{Picture, Track, TrackKind},
    ticks,
    view::{Stop, View},
};

/// The largest list of headers that is read at once, in bytes.
const READ_WHOLE: u64 = 256 * 1024;

/// After this many reads no further RIFF is visited.
const THRIFTY_READS: u32 = 8;
/// FFmpeg states as many pictures of a file that it cannot go back in.
const NEVER_COUNTED: u32 = 1 << 30;

/// Whether the bytes begin with the RIFF of an AVI.
pub(super) fn claims(head: &[u8]) -> bool {
    head.starts_with(b"RIFF") && head.get(8..12) == Some(b"AVI ")
}

/// A chunk: four characters, a size, a body; a list has four more characters at its body's beginning.
struct Chunk {
    id: [u8; 4],
    body: u64,
    end: u64,
}

fn read_chunk(view: &View, at: u64, limit: u64) -> Result<Option<Chunk>, Stop> {
    let limit = limit.min(view.size());
    if limit.checked_sub(at).is_none_or(|left| left < 8) {
        return Ok(None);
    }
    let bytes = view.bytes(at, 8)?;
    let (Some(id), Some(size)) = (fields::array(bytes, 0), fields::le_u32(bytes, 4)) else { return Ok(None) };
    let body = at.saturating_add(8);
    Ok(Some(Chunk { id, body, end: body.saturating_add(size.into()) }))
}

impl Chunk {
    /// Chunks begin at even bytes.
    fn next(&self) -> u64 {
        self.end.saturating_add(self.end & 1)
    }

    fn bytes<'a>(&self, view: &'a View, most: u64) -> Result<&'a [u8], Stop> {
        view.bytes_up_to(self.body, self.end.saturating_sub(self.body).min(most))
    }

    fn is_list(&self, view: &View, kind: [u8; 4]) -> Result<bool, Stop> {
        Ok(self.id == *b"LIST" && self.bytes(view, 4)? == kind)
    }

    /// The chunks of a list. Returns whether they led to its end: else there is something that is none, and more may follow it.
    fn for_each_child(
        &self,
        view: &View,
        mut visit: impl FnMut(&Chunk) -> Result<(), Stop>,
    ) -> Result<bool, Stop> {
        let mut at = self.body.saturating_add(4);
        while let Some(child) = read_chunk(view, at, self.end)? {
            visit(&child)?;
            at = child.next();
        }
        Ok(self.next().checked_sub(at).is_some_and(|left| left < 8))
    }
}

/// Reads the headers, then checks that each RIFF is within the file: recorders that crash leave sizes behind that do not fit, and their files play.
pub(super) fn read(view: &View, draft: &mut Draft) -> Result<(), Stop> {
    let Some(riff) = read_chunk(view, 0, u64::MAX)? else { return Ok(()) };
    let mut at = riff.body.saturating_add(4);
    let limit = if riff.end <= riff.body.saturating_add(4) { view.size() } else { riff.end };
    while let Some(chunk) = read_chunk(view, at, limit)? {
        if chunk.is_list(view, *b"hdrl")? {
            read_headers(view, &chunk, draft)?;
            break;
        }
        if chunk.is_list(view, *b"movi")? {
            break;
        }
        at = chunk.next();
    }
    match check_sizes(view, riff, draft) {
        // A very long file has many RIFFs, and each costs a read.
        Err(Stop::Unread { .. }) if view.reads() >= THRIFTY_READS => Ok(()),
        done => done,
    }
}

fn check_sizes(view: &View, riff: Chunk, draft: &mut Draft) -> Result<(), Stop> {
    let mut next = Some(riff);
    while let Some(riff) = next.filter(|riff| riff.id == *b"RIFF") {
        if riff.end > view.size() || riff.end <= riff.body.saturating_add(4) {
            draft.report(Severity::Warn, Problem::Truncated);
            break;
        }
        next = read_chunk(view, riff.next(), u64::MAX)?;
    }
    Ok(())
}

fn read_headers(view: &View, headers: &Chunk, draft: &mut Draft) -> Result<(), Stop> {
    headers.bytes(view, READ_WHOLE)?;
    let (mut stated, mut listed) = (0, 0_u32);
    let is_done = headers.for_each_child(view, |child| {
        if child.id == *b"avih" {
            stated = fields::le_u32(child.bytes(view, 28)?, 24).unwrap_or_default();
        } else if child.is_list(view, *b"strl")? {
            listed = listed.saturating_add(1);
            read_stream(view, child, draft)?;
        }
        Ok(())
    })?;
    draft.has_all_tracks = is_done && headers.end <= view.size() && listed >= stated;
    Ok(())
}

/// Where the last part of a stream's index ends: `indx`, an index of indexes, which OpenDML files state for all of their RIFFs.
fn end_of_index(bytes: &[u8]) -> Option<u64> {
    const OF_INDEXES: u8 = 0;
    fields::byte(bytes, 3).filter(|kind| *kind == OF_INDEXES)?;
    let before = usize::try_from(fields::le_u32(bytes, 4)?.checked_sub(1)?).ok()?;
    let entry = bytes.get(before.checked_mul(16)?.checked_add(24)?..)?;
    fields::le_u64(entry, 0)?.checked_add(fields::le_u32(entry, 8)?.into())
}

fn read_stream(view: &View, list: &Chunk, draft: &mut Draft) -> Result<(), Stop> {
    let mut track = Track::new(TrackKind::Unknown);
    let mut duration = None;
    list.for_each_child(view, |child| {
        match &child.id {
            b"strh" => {
                let bytes = child.bytes(view, 48)?;
                let kind = fields::array::<4>(bytes, 0).unwrap_or_default();
                track.kind = kind_of(kind);
                let number = |at| fields::le_u32(bytes, at).unwrap_or_default();
                let (scale, rate) = (number(20), number(24));
                let count = u64::from(number(28)).saturating_add(number(32).into());
                duration =
                    ticks::duration_of_fraction(count, scale, rate).filter(|_| number(32) < NEVER_COUNTED);
                if kind == *b"iavs" {
                    (track.codec, track.code) = (Some("dvvideo"), codec::printable(&kind));
                }
            }
            b"strf" => read_format(child.bytes(view, 40)?, &mut track),
            b"indx" => {
                let end = end_of_index(child.bytes(view, READ_WHOLE)?);
                if end.is_some_and(|end| end > view.size()) {
                    draft.report(Severity::Warn, Problem::Truncated);
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    // A stream that no program knows says nothing of how long the file plays.
    if matches!(track.kind, TrackKind::Video | TrackKind::Audio) {
        draft.extend_duration(duration);
    }
    draft.add_track(track);
    Ok(())
}

fn kind_of(kind: [u8; 4]) -> TrackKind {
    match &kind {
        // `iavs` is DV with its sound.
        b"vids" | b"iavs" => TrackKind::Video,
        b"auds" => TrackKind::Audio,
        b"txts" => TrackKind::Subtitle,
        b"mids" => TrackKind::Data,
        _ => TrackKind::Unknown,
    }
}

/// `BITMAPINFOHEADER` or `WAVEFORMATEX`. A negative height turns the picture upside down.
fn read_format(bytes: &[u8], track: &mut Track) {
    match track.kind {
        TrackKind::Video if track.codec.is_none() => {
            let code: [u8; 4] = fields::array(bytes, 16).unwrap_or_default();
            (track.codec, track.code) = (codec::of_riff_video(code), codec::printable(&code));
            let side =
                |at| fields::array(bytes, at).map_or(0, |bytes| i32::from_le_bytes(bytes).unsigned_abs());
            track.picture = Picture::new(side(4), side(8));
        }
        TrackKind::Audio => {
            let tag = fields::le_u16(bytes, 0).unwrap_or_default();
            (track.codec, track.code) = (codec::of_wave_tag(tag), format!("0x{tag:04x}"));
        }
        _ => {}
    }
}
