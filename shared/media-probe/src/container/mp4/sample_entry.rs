//! How a track's samples are coded: the entries of the box `stsd`.
//!
//! ISO/IEC 14496-12, 8.5.2 and 12.1.3; encrypted entries: 8.12 and ISO/IEC 23001-7.

use super::{
    boxes::{Children, Header},
    sample_codes::codec_of,
};
use crate::{
    codec::printable,
    fields,
    report::{Picture, Track, TrackKind},
    view::{Stop, View},
};

/// Where the boxes of an entry for pictures begin, after its header.
const VISUAL_FIELDS: u64 = 78;
/// The same for sound, of version 0.
const AUDIO_FIELDS: u64 = 28;

/// Reads the first entry into `track`. Returns whether there was one.
pub(super) fn read_sample_description(view: &View, stsd: &Header, track: &mut Track) -> Result<bool, Stop> {
    let entries = stsd.body.saturating_add(8);
    let Some(entry) = Children::between(view, entries, stsd.end).next()? else { return Ok(false) };
    let mut code = entry.kind;
    if is_encrypted(code) {
        track.is_encrypted = true;
        code = original_format(view, &entry, track.kind)?.unwrap_or(code);
    }
    track.code = printable(&code);
    track.codec = codec_of(track.kind, code);
    if track.kind == TrackKind::Video {
        let bytes = entry.bytes(view, VISUAL_FIELDS)?;
        let size = |at| fields::be_u16(bytes, at).map_or(0, u32::from);
        track.picture = Picture::new(size(24), size(26));
    }
    Ok(true)
}

/// Common encryption, and Apple's FairPlay.
fn is_encrypted(code: [u8; 4]) -> bool {
    [*b"encv", *b"enca", *b"encs", *b"enct", *b"drmi", *b"drms"].contains(&code)
}

/// The code that stood there before encryption: `frma` in `sinf`.
fn original_format(view: &View, entry: &Header, kind: TrackKind) -> Result<Option<[u8; 4]>, Stop> {
    let skipped = if kind == TrackKind::Video { VISUAL_FIELDS } else { AUDIO_FIELDS };
    let Some(protection) =
        Children::between(view, entry.body.saturating_add(skipped), entry.end).find(*b"sinf")?
    else {
        return Ok(None);
    };
    let Some(format) = Children::of(view, &protection).find(*b"frma")? else { return Ok(None) };
    Ok(fields::array(format.bytes(view, 4)?, 0))
}
