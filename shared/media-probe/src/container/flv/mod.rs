//! FLV: a short header and tags, each with its time.
//!
//! Adobe's Flash Video File Format Specification 10.1, annex E; HEVC as number 12 is in use in China, further codecs are Enhanced RTMP's.

mod metadata;
mod tag;

use crate::{
    draft::Draft,
    fields,
    finding::{Problem, Severity},
    report::{Picture, Track, TrackKind},
    view::{Stop, View},
};
use std::time::Duration;
use tag::{AUDIO, SCRIPT, Tag, VIDEO};

/// Bytes from the start in which the tracks' first tags are sought.
const SEARCHED: u64 = 256 * 1024;
/// Bytes that are known from the start.
const FIRST_READ: u64 = 64 * 1024;
/// The largest tag that is read for its codec's header, in bytes.
const MAX_HEADER: u64 = 4096;
/// Bytes of a tag's size that follow each tag.
const BACK_POINTER: u64 = 4;

/// Whether the bytes begin with FLV's signature and its only version.
pub(super) fn claims(head: &[u8]) -> bool {
    head.starts_with(b"FLV\x01")
}

/// Reads the first tags and the last one.
pub(super) fn read(view: &View, draft: &mut Draft) -> Result<(), Stop> {
    let header = view.bytes_up_to(0, 9)?;
    let first = fields::be_u32(header, 5).map_or(9, u64::from).saturating_add(BACK_POINTER);
    let flags = fields::byte(header, 4).unwrap_or_default();
    let begin = match read_first_tags(view, first, flags, draft) {
        Err(Stop::PastEnd) => None,
        begin => begin?,
    };
    let last = find_last_tag(view, first)?;
    if last.is_none() {
        draft.report(Severity::Warn, Problem::Truncated);
    }
    if draft.duration.is_none_or(|duration| duration.is_zero()) {
        let played = last.and_then(|last| last.time.checked_sub(begin?));
        draft.duration = played.map(|played| Duration::from_millis(played.into()));
    }
    Ok(())
}

/// Returns the time of the first tag with pictures or sound.
fn read_first_tags(view: &View, mut at: u64, flags: u8, draft: &mut Draft) -> Result<Option<u32>, Stop> {
    let mut begin = None;
    let mut metadata = None;
    while at < SEARCHED {
        let Some(tag) = Tag::read(view, at)? else { break };
        if tag.end > FIRST_READ {
            // From here on all at once, instead of a read for each tag.
            view.bytes_up_to(0, SEARCHED)?;
        }
        let body = tag.bytes(view, MAX_HEADER)?;
        match tag.kind {
            SCRIPT if metadata.is_none() => metadata = Some(metadata::read(tag.bytes(view, SEARCHED)?)),
            VIDEO if !tag::is_command(body) => {
                begin.get_or_insert(tag.time);
                add_video(draft, &tag, body);
            }
            AUDIO => {
                begin.get_or_insert(tag.time);
                if !has(draft, TrackKind::Audio) {
                    let mut track = Track::new(TrackKind::Audio);
                    track.codec = tag::audio_codec(body);
                    track.is_encrypted = tag.is_encrypted;
                    draft.tracks.push(track);
                }
            }
            _ => {}
        }
        if tag.end > view.size() {
            break;
        }
        at = tag.end.saturating_add(BACK_POINTER);
        // The header's flags do not prove that a track is missing, but they end the search.
        let has_audio = has(draft, TrackKind::Audio) || flags & 4 == 0;
        let has_video = draft.tracks.iter().any(|track| {
            track.kind == TrackKind::Video && (track.picture.is_some() || !tag::has_header(track.codec))
        });
        if has_audio && has_video {
            break;
        }
    }
    draft.has_all_tracks = at >= view.size();
    let metadata = metadata.unwrap_or_default();
    draft.duration = metadata.duration;
    for track in draft.tracks.iter_mut().filter(|track| track.kind == TrackKind::Video) {
        track.picture = track.picture.or(Picture::new(metadata.width, metadata.height));
    }
    Ok(begin)
}

fn has(draft: &Draft, kind: TrackKind) -> bool {
    draft.tracks.iter().any(|track| track.kind == kind)
}

/// The codec's header may follow in a later tag than the first.
fn add_video(draft: &mut Draft, tag: &Tag, body: &[u8]) {
    let (codec, code) = tag::video_codec(body);
    if !draft.has_video() {
        let mut track = Track::new(TrackKind::Video);
        (track.codec, track.code, track.is_encrypted) = (codec, code, tag.is_encrypted);
        draft.tracks.push(track);
    }
    let video = draft.tracks.iter_mut().find(|track| track.kind == TrackKind::Video);
    if let Some(track) = video.filter(|track| track.picture.is_none()) {
        track.picture = tag::picture(body);
    }
}

/// The tag that the file's last four bytes lead to; `None` if they do not lead to one.
fn find_last_tag(view: &View, first: u64) -> Result<Option<Tag>, Stop> {
    let Some(end) = view.size().checked_sub(BACK_POINTER).filter(|end| *end > first) else { return Ok(None) };
    let size = fields::be_u32(view.bytes(end, BACK_POINTER)?, 0).map_or(0, u64::from);
    let Some(start) = end.checked_sub(size).filter(|start| *start >= first && size > 0) else {
        return Ok(None);
    };
    let tag = Tag::read(view, start)?;
    Ok(tag.filter(|tag| tag.end == end))
}
