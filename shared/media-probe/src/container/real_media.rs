//! RealMedia (RM, RMVB): chunks in a row.
//!
//! RealNetworks' RealMedia File Format as the Helix SDK documented it: `.RMF`, `PROP`, `MDPR`, `DATA`; numbers have their highest byte first.

use crate::{
    codec,
    draft::Draft,
    fields,
    finding::{Problem, Severity},
    report::{Picture, Track, TrackKind},
    view::{Stop, View},
};
use std::time::Duration;

/// FFmpeg counts these bytes of the data chunk's header twice.
const COUNTED_TWICE: u64 = 10;

/// Whether the bytes begin with RealMedia's header.
pub(super) fn claims(head: &[u8]) -> bool {
    head.starts_with(b".RMF")
}

/// Reads the chunks up to the data.
pub(super) fn read(view: &View, draft: &mut Draft) -> Result<(), Stop> {
    let mut at = 0_u64;
    while view.size().checked_sub(at).is_some_and(|left| left >= 8) {
        let bytes = view.bytes(at, 8)?;
        let (Some(id), Some(size)) = (fields::array::<4>(bytes, 0), fields::be_u32(bytes, 4)) else { break };
        let (size, end) = (u64::from(size), at.saturating_add(size.into()));
        // Chunks of fewer bytes than their headers do not occur; a data chunk of size 0 is that of a live recording.
        let is_data = id == *b"DATA";
        if is_data || size < 8 {
            draft.has_all_tracks = is_data;
        }
        let spared = if is_data { COUNTED_TWICE } else { 0 };
        if end.saturating_sub(spared) > view.size() || (is_data && size < 8) {
            draft.report(Severity::Warn, Problem::Truncated);
        }
        if is_data || size < 8 {
            break;
        }
        let body = view.bytes_up_to(at.saturating_add(8), (size - 8).min(4096))?;
        match &id {
            b"PROP" => {
                draft.duration = fields::be_u32(body, 22).map(|count| Duration::from_millis(count.into()))
            }
            b"MDPR" => {
                let track =
                    read_media_properties(body).unwrap_or_else(|| Some(Track::new(TrackKind::Unknown)));
                track.into_iter().for_each(|track| draft.add_track(track));
            }
            _ => {}
        }
        at = end;
    }
    Ok(())
}

/// A stream with its MIME type, and the codec's own data; no track for a "stream" that describes the file. `None` if it is cut.
fn read_media_properties(body: &[u8]) -> Option<Option<Track>> {
    let name = 32_usize;
    let mime = name + 1 + usize::from(fields::byte(body, name)?);
    let mime_length = usize::from(fields::byte(body, mime)?);
    let data = body.get(mime + 1 + mime_length + 4..).unwrap_or_default();
    let mime = body.get(mime + 1..)?.get(..mime_length)?;
    if mime.starts_with(b"logical-") {
        return Some(None);
    }
    let mut track = Track::new(TrackKind::Unknown);
    if fields::array(data, 4) == Some(*b"VIDO") {
        track.kind = TrackKind::Video;
        let code: [u8; 4] = fields::array(data, 8)?;
        (track.codec, track.code) = (codec_of(code), codec::printable(&code));
        let side = |at| fields::be_u16(data, at).map_or(0, u32::from);
        track.picture = Picture::new(side(12), side(14));
    } else if data.starts_with(b".ra\xfd") || mime.starts_with(b"audio/") {
        track.kind = TrackKind::Audio;
        (track.codec, track.code) = (audio_codec_of(data), codec::printable(mime));
    } else if mime.starts_with(b"video/") {
        track.kind = TrackKind::Video;
        track.code = codec::printable(mime);
    }
    Some(Some(track))
}

/// The header of RealAudio differs by its version; the codec's code stands in each of them.
fn audio_codec_of(data: &[u8]) -> Option<&'static str> {
    let header = data.get(..128).unwrap_or(data);
    let codes: [(&[u8], _); 6] = [
        (b"dnet", "ac3"),
        (b"cook", "cook"),
        (b"sipr", "sipr"),
        (b"raac", "aac"),
        (b"racp", "aac"),
        (b"28_8", "ra_288"),
    ];
    codes.into_iter().find(|(code, _)| fields::find(header, code).is_some()).map(|(_, codec)| codec)
}

fn codec_of(code: [u8; 4]) -> Option<&'static str> {
    match &code {
        b"RV10" | b"RV13" => Some("rv10"),
        b"RV20" => Some("rv20"),
        b"RV30" => Some("rv30"),
        b"RV40" => Some("rv40"),
        _ => None,
    }
}
