//! MPEG program streams: MPG, VOB of DVDs, MOD of cameras.
//!
//! ISO/IEC 13818-1, 2.5 (MPEG-2) and ISO/IEC 11172-1 (MPEG-1); the substreams of private stream 1 are those of DVDs. Streams are not listed
//! anywhere: what does not begin within the first bytes is not known to be missing.

use super::{
    pes::{self, Packet, Times},
    stream_types::track_of,
};
use crate::{
    bitstream,
    draft::Draft,
    fields,
    finding::{Problem, Severity},
    report::{Track, TrackKind},
    view::{Stop, View},
};

/// The start code of a pack.
const PACK: [u8; 4] = [0, 0, 1, 0xba];
/// Bytes that are read from the beginning: more if there are no pictures within.
const HEADS: [u64; 2] = [64 * 1024, 512 * 1024];
/// Bytes that are read from the end: more if no time stamp is within.
const TAILS: [u64; 2] = [64 * 1024, 256 * 1024];
/// The most bytes of a stream's beginning that are searched for the size of the picture.
const MAX_STREAM: usize = 128 * 1024;

/// Whether the bytes begin with the header of a pack: itself, in the sectors of a Video CD, or after the header of Hikvision's recorders, which call
/// such files `.mp4`.
pub(super) fn claims(head: &[u8]) -> bool {
    let is_of_video_cd = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"CDXA");
    let is_wrapped = is_of_video_cd || head.starts_with(b"IMKH");
    head.starts_with(&PACK) || is_wrapped && fields::find(head, &PACK).is_some()
}

/// Reads the first packs, and the last time stamps.
pub(super) fn read(view: &View, draft: &mut Draft) -> Result<(), Stop> {
    let mut beginning = Beginning::default();
    for length in HEADS {
        let bytes = view.bytes_up_to(0, length)?;
        beginning = Beginning::default();
        beginning.read(bytes);
        beginning.copy_into(draft);
        draft.has_all_tracks = bytes.len() as u64 >= view.size();
        let has_picture = draft.tracks.iter().any(|track| track.picture.is_some());
        if has_picture || draft.has_all_tracks {
            break;
        }
    }
    for length in TAILS {
        let start = view.size().saturating_sub(length);
        let bytes = view.bytes_up_to(start, length)?;
        for time in find_packets(bytes).filter_map(|(_, packet)| packet.time) {
            beginning.times.add_late(time);
        }
        if beginning.times.has_last() || start == 0 {
            break;
        }
    }
    draft.duration = beginning.times.duration();
    // The marks are left behind when a disc's encryption is taken off: they prove nothing.
    if beginning.is_marked {
        draft.report(Severity::Warn, Problem::Encrypted);
    }
    Ok(())
}

/// Every packet of pictures or sound, from start code to start code: bytes that only look like one have no valid time.
fn find_packets(bytes: &[u8]) -> impl Iterator<Item = (usize, Packet)> {
    let is_code = |window: &[u8]| window.starts_with(&[0, 0, 1]);
    bytes.windows(4).enumerate().filter(move |(_, window)| is_code(window)).filter_map(|(at, window)| {
        let is_stream = window.last().is_some_and(|id| matches!(id, 0xbd | 0xc0..=0xef));
        let packet = pes::read_packet(bytes.get(at..)?).filter(|_| is_stream)?;
        Some((at, packet))
    })
}

/// What the first packs hold.
#[derive(Default)]
struct Beginning {
    streams: Vec<Stream>,
    /// Stream ids and their tracks, as a program stream map lists them.
    map: Vec<(u8, Track)>,
    times: Times,
    /// Pictures or sound are marked as scrambled.
    is_marked: bool,
}

struct Stream {
    /// The stream's id, and the substream's of private stream 1.
    id: (u8, u8),
    track: Track,
    bytes: Vec<u8>,
}

impl Beginning {
    /// From packet to packet by their lengths; a gap is passed to the next pack.
    fn read(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| rest.len() >= 4) {
            let Some(length) = self.read_unit(rest) else {
                let next = rest.get(1..).and_then(|rest| fields::find(rest, &PACK));
                let Some(next) = next else { break };
                at += 1 + next;
                continue;
            };
            at += length;
        }
    }

    /// Reads a pack's header or a packet. Returns its length.
    fn read_unit(&mut self, bytes: &[u8]) -> Option<usize> {
        if !bytes.starts_with(&[0, 0, 1]) {
            return None;
        }
        match fields::byte(bytes, 3)? {
            0xb9 => Some(4),
            0xba if fields::byte(bytes, 4)? & 0xc0 == 0x40 => {
                Some(14 + usize::from(fields::byte(bytes, 13)? & 7))
            }
            0xba => Some(12),
            id @ 0xbb.. => {
                let length = match fields::be_u16(bytes, 4)? {
                    // Pictures need not state their length: they reach to the next unit.
                    0 if matches!(id, 0xe0..=0xef) => 6 + length_to_unit(bytes.get(6..)?),
                    stated => 6 + usize::from(stated),
                };
                let packet = bytes.get(..length).unwrap_or(bytes);
                match id {
                    0xbc => self.map = read_map(packet).unwrap_or_default(),
                    0xbd | 0xc0..=0xef | 0xfd => self.add(packet),
                    _ => {}
                }
                Some(length)
            }
            _ => None,
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        let Some(packet) = pes::read_packet(bytes) else { return };
        let payload = bytes.get(packet.payload..).unwrap_or_default();
        let substream =
            if packet.stream_id == 0xbd { payload.first().copied().unwrap_or_default() } else { 0 };
        let id = (packet.stream_id, substream);
        if !self.streams.iter().any(|stream| stream.id == id) {
            let mapped = self.map.iter().find(|(mapped, _)| *mapped == packet.stream_id);
            let track = mapped.map_or_else(|| track_of_id(id), |(_, track)| track.clone());
            self.streams.push(Stream { id, track, bytes: Vec::new() });
        }
        self.is_marked |= packet.is_scrambled;
        if let Some(time) = packet.time.filter(|_| packet.stream_id != 0xfd) {
            self.times.add_early(time);
        }
        if let Some(stream) = self.streams.iter_mut().find(|stream| stream.id == id)
            && stream.track.kind == TrackKind::Video
            && stream.bytes.len() < MAX_STREAM
        {
            stream.bytes.extend_from_slice(payload);
        }
    }

    fn copy_into(&mut self, draft: &mut Draft) {
        draft.tracks.clear();
        for stream in &mut self.streams {
            if stream.track.kind == TrackKind::Video {
                bitstream::describe(&mut stream.track, &stream.bytes);
            }
            draft.add_track(stream.track.clone());
        }
    }
}

/// Bytes before the next pack or packet. Start codes within streams of pictures are lower.
fn length_to_unit(bytes: &[u8]) -> usize {
    let is_unit = |window: &[u8]| matches!(window, [0, 0, 1, 0xb9..=0xff]);
    bytes.windows(4).position(is_unit).unwrap_or(bytes.len())
}

/// What a stream's id says without a map.
fn track_of_id((id, substream): (u8, u8)) -> Track {
    let (kind, codec) = match (id, substream) {
        (0xe0..=0xef, _) => (TrackKind::Video, None),
        (0xc0..=0xdf, _) => (TrackKind::Audio, Some("mp2")),
        (0xbd, 0x20..=0x3f) => (TrackKind::Subtitle, Some("dvd_subtitle")),
        (0xbd, 0x80..=0x87) => (TrackKind::Audio, Some("ac3")),
        (0xbd, 0x88..=0x8f) => (TrackKind::Audio, Some("dts")),
        (0xbd, 0xa0..=0xa7) => (TrackKind::Audio, Some("pcm_dvd")),
        _ => (TrackKind::Unknown, None),
    };
    let mut track = Track::new(kind);
    track.codec = codec;
    track
}

/// The program stream map (2.5.4): stream types and ids.
fn read_map(bytes: &[u8]) -> Option<Vec<(u8, Track)>> {
    let mut at = 10 + usize::from(fields::be_u16(bytes, 8)?);
    let end = at + 2 + usize::from(fields::be_u16(bytes, at)?);
    at += 2;
    let mut tracks = Vec::new();
    while at + 4 <= end {
        let (stream_type, id) = (fields::byte(bytes, at)?, fields::byte(bytes, at + 1)?);
        let length = usize::from(fields::be_u16(bytes, at + 2)?);
        let descriptors = bytes.get(at + 4..at + 4 + length)?;
        tracks.push((id, track_of(stream_type, descriptors)));
        at += 4 + length;
    }
    Some(tracks)
}
