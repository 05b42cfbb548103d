//! One tag of an FLV file, and the header of its codec.

use crate::{
    bitstream, codec, fields,
    report::Picture,
    view::{Stop, View},
};

pub(super) const AUDIO: u8 = 8;
pub(super) const VIDEO: u8 = 9;
pub(super) const SCRIPT: u8 = 18;

/// Bytes before a tag's body.
const HEADER: u64 = 11;

/// Where a tag stands.
pub(super) struct Tag {
    pub(super) kind: u8,
    pub(super) is_encrypted: bool,
    /// In milliseconds.
    pub(super) time: u32,
    body: u64,
    /// The first byte after the tag, perhaps beyond the file.
    pub(super) end: u64,
}

impl Tag {
    /// The tag at `at`; `None` if there is none.
    pub(super) fn read(view: &View, at: u64) -> Result<Option<Self>, Stop> {
        if view.size().checked_sub(at).is_none_or(|left| left < HEADER) {
            return Ok(None);
        }
        let bytes = view.bytes(at, HEADER)?;
        let tag = || {
            let first = fields::byte(bytes, 0)?;
            // The highest bits are reserved; one says that the tag is encrypted.
            let (kind, is_encrypted) = (first & 0x1f, first & 0x20 != 0);
            let is_tag = first & 0xc0 == 0 && [AUDIO, VIDEO, SCRIPT].contains(&kind);
            let body = at.checked_add(HEADER)?;
            let end = body.saturating_add(fields::be_u24(bytes, 1)?.into());
            let time = fields::be_u24(bytes, 4)? | u32::from(fields::byte(bytes, 7)?) << 24;
            is_tag.then_some(Self { kind, is_encrypted, time, body, end })
        };
        Ok(tag())
    }

    /// Up to `most` bytes of the body, fewer where tag or file end.
    pub(super) fn bytes<'a>(&self, view: &'a View, most: u64) -> Result<&'a [u8], Stop> {
        view.bytes_up_to(self.body, self.end.saturating_sub(self.body).min(most))
    }
}

/// Whether the first byte is Enhanced RTMP's, which four characters of the codec follow.
fn is_enhanced(body: &[u8]) -> bool {
    body.first().is_some_and(|first| first & 0x80 != 0)
}

/// A frame that tells the player something, and has no codec.
pub(super) fn is_command(body: &[u8]) -> bool {
    body.first().is_none_or(|first| first >> 4 & 7 == 5)
}

/// The codec of a tag with pictures, and how the file names it.
pub(super) fn video_codec(body: &[u8]) -> (Option<&'static str>, String) {
    if is_enhanced(body) {
        let code: [u8; 4] = fields::array(body, 1).unwrap_or_default();
        let codec = match &code {
            b"vp08" => Some("vp8"),
            b"vp09" => Some("vp9"),
            code => codec::of_riff_video(*code),
        };
        return (codec, codec::printable(&code));
    }
    let number = body.first().map_or(0, |first| first & 0xf);
    let codec = match number {
        2 => Some("flv1"),
        3 => Some("flashsv"),
        4 => Some("vp6f"),
        5 => Some("vp6a"),
        6 => Some("flashsv2"),
        7 => Some("h264"),
        12 => Some("hevc"),
        13 => Some("av1"),
        _ => None,
    };
    (codec, format!("flv-{number}"))
}

/// Whether a codec's header, which states the size of the picture, comes in a tag of its own.
pub(super) fn has_header(codec: Option<&str>) -> bool {
    matches!(codec, Some("h264" | "hevc"))
}

/// The size of the picture, from the header of H.264 or HEVC.
pub(super) fn picture(body: &[u8]) -> Option<Picture> {
    let (codec, _) = video_codec(body);
    let is_header = if is_enhanced(body) { body.first()? & 0xf == 0 } else { fields::byte(body, 1)? == 0 };
    let record = body.get(5..).filter(|_| is_header)?;
    match codec {
        Some("h264") => {
            // ISO/IEC 14496-15, 5.3.3.1: the first parameter set follows its length.
            let length = usize::from(fields::be_u16(record, 6)?);
            bitstream::picture_of_h264(record.get(8..)?.get(..length)?)
        }
        Some("hevc") => {
            // The same, 8.3.3.1: arrays of units, each with its length.
            let mut at = 23;
            for _ in 0..fields::byte(record, 22)? {
                let units = fields::be_u16(record, at + 1)?;
                at += 3;
                for _ in 0..units {
                    let length = usize::from(fields::be_u16(record, at)?);
                    let unit = record.get(at + 2..)?.get(..length)?;
                    if let Some(picture) = bitstream::picture_of_hevc(unit) {
                        return Some(picture);
                    }
                    at += 2 + length;
                }
            }
            None
        }
        _ => None,
    }
}

/// The codec of a tag with sound.
pub(super) fn audio_codec(body: &[u8]) -> Option<&'static str> {
    Some(match body.first()? >> 4 {
        0 | 3 => "pcm_s16le",
        1 => "adpcm_swf",
        2 | 14 => "mp3",
        4..=6 => "nellymoser",
        7 => "pcm_alaw",
        8 => "pcm_mulaw",
        10 => "aac",
        11 => "speex",
        _ => return None,
    })
}
