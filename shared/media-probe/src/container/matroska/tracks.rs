//! The tracks of a Matroska file (RFC 9559, 5.1.4).

use super::ebml::{Children, Element};
use crate::{
    codec, fields,
    report::{Picture, Track, TrackKind},
    view::{Stop, View},
};

/// Bytes of a codec's id that are read.
const MAX_CODEC_ID: u64 = 64;

/// Reads a `TrackEntry`.
pub(super) fn read_track(view: &View, entry: &Element) -> Result<Track, Stop> {
    let mut track = Track::new(TrackKind::Unknown);
    let (mut width, mut height) = (None, None);
    let (mut id, mut private) = (Vec::new(), Vec::new());
    let mut children = Children::of(view, entry);
    while let Some(child) = children.next()? {
        match child.id {
            0x83 => track.kind = child.number(view)?.map_or(TrackKind::Unknown, kind_of),
            0x86 => id = child.bytes(view, MAX_CODEC_ID)?.to_vec(),
            // CodecPrivate begins with a BITMAPINFOHEADER or a WAVEFORMATEX where the codec is named by it.
            0x63A2 => private = child.bytes(view, 20)?.to_vec(),
            0xE0 => {
                let mut fields = Children::of(view, &child);
                while let Some(field) = fields.next()? {
                    match field.id {
                        0xB0 => width = field.number(view)?,
                        0xBA => height = field.number(view)?,
                        _ => {}
                    }
                }
            }
            0x6D80 => track.is_encrypted = is_encrypted(view, &child)?,
            _ => {}
        }
    }
    let pixels = |count: Option<u64>| count.and_then(|count| u32::try_from(count).ok()).unwrap_or(0);
    if track.kind == TrackKind::Video {
        track.picture = Picture::new(pixels(width), pixels(height));
    }
    // A string may be padded with zeros.
    let id = id.split(|one| *one == 0).next().unwrap_or_default();
    track.code = codec::printable(id);
    track.codec = codec_of(&track.code, &private);
    Ok(track)
}

fn kind_of(number: u64) -> TrackKind {
    match number {
        1 => TrackKind::Video,
        2 => TrackKind::Audio,
        // Logos, buttons and controls.
        0x10 | 0x12 | 0x20 | 0x21 => TrackKind::Data,
        0x11 => TrackKind::Subtitle,
        _ => TrackKind::Unknown,
    }
}

/// `ContentEncodings` lists compressions, of which header stripping is one, and encryptions, of which some only sign.
fn is_encrypted(view: &View, encodings: &Element) -> Result<bool, Stop> {
    let mut children = Children::of(view, encodings);
    while let Some(encoding) = children.next()? {
        let (mut is_encryption, mut is_signed_only) = (false, false);
        let mut fields = Children::of(view, &encoding);
        while let Some(field) = fields.next()? {
            match field.id {
                0x5033 => is_encryption = field.number(view)? == Some(1),
                0x5035 => is_signed_only = has_no_cipher(view, &field)?,
                _ => {}
            }
        }
        if is_encryption && !is_signed_only {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `ContentEncAlgo` of a `ContentEncryption` is 0, or left out, where the data are signed and readable.
fn has_no_cipher(view: &View, encryption: &Element) -> Result<bool, Stop> {
    let mut fields = Children::of(view, encryption);
    while let Some(field) = fields.next()? {
        if field.id == 0x47E1 {
            return Ok(field.number(view)? == Some(0));
        }
    }
    Ok(true)
}

/// The codec mappings of RFC 9559, which matroska.org continues.
fn codec_of(id: &str, private: &[u8]) -> Option<&'static str> {
    Some(match id {
        "V_MPEG4/ISO/AVC" => "h264",
        "V_MPEGH/ISO/HEVC" => "hevc",
        "V_MPEGI/ISO/VVC" => "vvc",
        "V_AV1" => "av1",
        "V_VP8" => "vp8",
        "V_VP9" => "vp9",
        "V_MPEG4/ISO/SP" | "V_MPEG4/ISO/ASP" | "V_MPEG4/ISO/AP" => "mpeg4",
        "V_MPEG4/MS/V3" => "msmpeg4v3",
        "V_MPEG1" => "mpeg1video",
        "V_MPEG2" => "mpeg2video",
        "V_REAL/RV10" => "rv10",
        "V_REAL/RV20" => "rv20",
        "V_REAL/RV30" => "rv30",
        "V_REAL/RV40" => "rv40",
        "V_PRORES" => "prores",
        "V_MJPEG" => "mjpeg",
        "V_THEORA" => "theora",
        "V_FFV1" => "ffv1",
        "V_UNCOMPRESSED" => "rawvideo",
        "V_MS/VFW/FOURCC" => return codec::of_riff_video(fields::array(private, 16)?),
        "A_OPUS" => "opus",
        "A_VORBIS" => "vorbis",
        "A_FLAC" => "flac",
        "A_MPEG/L3" => "mp3",
        "A_MPEG/L2" => "mp2",
        "A_AC3" => "ac3",
        "A_EAC3" => "eac3",
        "A_DTS" => "dts",
        "A_TRUEHD" => "truehd",
        "A_PCM/INT/LIT" => "pcm_s16le",
        "A_MS/ACM" => return codec::of_wave_tag(fields::le_u16(private, 0)?),
        "S_TEXT/UTF8" => "subrip",
        "S_TEXT/ASS" | "S_ASS" => "ass",
        "S_TEXT/WEBVTT" => "webvtt",
        "S_HDMV/PGS" => "hdmv_pgs_subtitle",
        "S_VOBSUB" => "dvd_subtitle",
        id if id.starts_with("A_AAC") => "aac",
        _ => return None,
    })
}
