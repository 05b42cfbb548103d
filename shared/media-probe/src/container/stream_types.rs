//! What the stream types of MPEG's program maps mean (ISO/IEC 13818-1, 2.4.4.9), and those of others: ATSC A/53, Blu-ray, DVB's
//! descriptors (ETSI EN 300 468), China's AVS.

use crate::{
    fields,
    report::{Track, TrackKind},
};

/// The track of a stream with this type and these descriptors. A private type may be anything.
pub(super) fn track_of(stream_type: u8, descriptors: &[u8]) -> Track {
    let is_bluray = registration(descriptors) == Some(*b"HDMV");
    let (kind, codec) = match stream_type {
        0x01 => (TrackKind::Video, Some("mpeg1video")),
        0x02 => (TrackKind::Video, Some("mpeg2video")),
        0x10 => (TrackKind::Video, Some("mpeg4")),
        0x1b | 0x1f | 0x20 => (TrackKind::Video, Some("h264")),
        0x21 => (TrackKind::Video, Some("jpeg2000")),
        0x24 | 0x25 => (TrackKind::Video, Some("hevc")),
        0x33 => (TrackKind::Video, Some("vvc")),
        0x42 => (TrackKind::Video, Some("cavs")),
        0xd2 => (TrackKind::Video, Some("avs2")),
        0xd4 => (TrackKind::Video, Some("avs3")),
        0xea => (TrackKind::Video, Some("vc1")),
        // MPEG audio of any layer.
        0x03 | 0x04 => (TrackKind::Audio, Some("mp2")),
        0x0f => (TrackKind::Audio, Some("aac")),
        0x11 => (TrackKind::Audio, Some("aac_latm")),
        0x80 if is_bluray => (TrackKind::Audio, Some("pcm_bluray")),
        0x81 => (TrackKind::Audio, Some("ac3")),
        0x83 if is_bluray => (TrackKind::Audio, Some("truehd")),
        0x84 | 0x87 => (TrackKind::Audio, Some("eac3")),
        0x82 | 0x85 | 0x86 if is_bluray => (TrackKind::Audio, Some("dts")),
        0x90 | 0x91 if is_bluray => (TrackKind::Subtitle, Some("hdmv_pgs_subtitle")),
        // Sections, MHEG, DSM-CC, metadata, marks of advertisements.
        0x05 | 0x07 | 0x08 | 0x0a..=0x0d | 0x13..=0x19 | 0x86 => (TrackKind::Data, None),
        _ => of_descriptors(descriptors),
    };
    let mut track = Track::new(kind);
    track.codec = codec;
    track.code = format!("0x{stream_type:02x}");
    track
}

/// Each is a tag, a length and a body.
fn iterate(descriptors: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = descriptors;
    std::iter::from_fn(move || {
        let (tag, length) = (fields::byte(rest, 0)?, usize::from(fields::byte(rest, 1)?));
        let body = rest.get(2..2 + length)?;
        rest = rest.get(2 + length..)?;
        Some((tag, body))
    })
}

/// The owner of a private type, as registered with SMPTE.
fn registration(descriptors: &[u8]) -> Option<[u8; 4]> {
    iterate(descriptors).find(|(tag, _)| *tag == 0x05).and_then(|(_, body)| fields::array(body, 0))
}

fn of_descriptors(descriptors: &[u8]) -> (TrackKind, Option<&'static str>) {
    let known = iterate(descriptors).find_map(|(tag, body)| {
        Some(match (tag, body) {
            (0x05, [b'H', b'E', b'V', b'C', ..]) => (TrackKind::Video, Some("hevc")),
            (0x05, [b'A', b'V', b'0', b'1', ..]) => (TrackKind::Video, Some("av1")),
            (0x05, [b'V', b'C', b'-', b'1', ..]) => (TrackKind::Video, Some("vc1")),
            (0x05, [b'd', b'r', b'a', b'c', ..]) => (TrackKind::Video, Some("dirac")),
            (0x05, [b'O', b'p', b'u', b's', ..]) => (TrackKind::Audio, Some("opus")),
            (0x05, [b'A', b'C', b'-', b'3', ..]) | (0x6a, _) => (TrackKind::Audio, Some("ac3")),
            (0x05, [b'E', b'A', b'C', b'3', ..]) | (0x7a, _) => (TrackKind::Audio, Some("eac3")),
            (0x05, [b'D', b'T', b'S', ..]) | (0x7b, _) => (TrackKind::Audio, Some("dts")),
            (0x05, [b'B', b'S', b'S', b'D', ..]) => (TrackKind::Audio, Some("s302m")),
            (0x05, [b'K', b'L', b'V', b'A', ..] | [b'C', b'U', b'E', b'I', ..]) => (TrackKind::Data, None),
            (0x56, _) => (TrackKind::Subtitle, Some("dvb_teletext")),
            (0x59, _) => (TrackKind::Subtitle, Some("dvb_subtitle")),
            _ => return None,
        })
    });
    known.unwrap_or((TrackKind::Unknown, None))
}
