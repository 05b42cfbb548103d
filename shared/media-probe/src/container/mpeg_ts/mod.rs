//! MPEG transport streams: TS, and M2TS and MTS of cameras and discs.
//!
//! ISO/IEC 13818-1. There is no header: tables and time stamps recur, so the first and last bytes tell.

mod packets;
mod sections;

use super::pes::{self, Times};
use crate::{
    bitstream,
    draft::Draft,
    report::{Track, TrackKind},
    view::{Stop, View},
};
use packets::{Packet, Rhythm};
use sections::{Section, read_programs, read_streams};
use std::collections::BTreeMap;

/// Bytes that are read from the beginning: more if tables or the first picture are not within.
const HEADS: [u64; 3] = [64 * 1024, 256 * 1024, 512 * 1024];
/// Bytes that are read from the end: more if no time stamp is within.
const TAILS: [u64; 2] = [64 * 1024, 256 * 1024];
/// The most bytes of a stream's beginning that are searched for the size of the picture.
const MAX_STREAM: usize = 128 * 1024;
/// Packets of pictures that must be scrambled, all of them, before a file counts as encrypted.
const SCRAMBLED: u32 = 8;

/// Whether the bytes have the rhythm of packets.
pub(super) fn claims(head: &[u8]) -> bool {
    Rhythm::find(head).is_some()
}

/// Reads tables, first pictures and time stamps.
pub(super) fn read(view: &View, draft: &mut Draft) -> Result<(), Stop> {
    let mut beginning = Beginning::default();
    for length in HEADS {
        let bytes = view.bytes_up_to(0, length)?;
        let Some(rhythm) = Rhythm::find(bytes) else { return Ok(()) };
        beginning = Beginning::default();
        rhythm.packets(bytes).for_each(|packet| beginning.add(&packet));
        beginning.describe();
        beginning.copy_into(draft);
        if beginning.is_enough() || bytes.len() as u64 >= view.size() {
            break;
        }
    }
    for length in TAILS {
        let start = view.size().saturating_sub(length);
        let bytes = view.bytes_up_to(start, length)?;
        let Some(rhythm) = Rhythm::find(bytes) else { break };
        let of_streams =
            rhythm.packets(bytes).filter(|packet| packet.is_first && beginning.presents(packet.pid));
        let times = of_streams.filter_map(|packet| pes::read_packet(packet.payload)?.time);
        for time in times.collect::<Vec<_>>() {
            beginning.times.add_late(time);
        }
        if beginning.times.has_last() || start == 0 {
            break;
        }
    }
    draft.duration = beginning.times.duration();
    Ok(())
}

/// What the first packets hold.
#[derive(Default)]
struct Beginning {
    sections: BTreeMap<u16, Section>,
    /// PIDs of the program maps, and whether each was read.
    maps: BTreeMap<u16, bool>,
    streams: Vec<Stream>,
    times: Times,
}

struct Stream {
    pid: u16,
    track: Track,
    /// The beginning of a stream of pictures.
    bytes: Vec<u8>,
    clear: u32,
    scrambled: u32,
}

impl Beginning {
    fn add(&mut self, packet: &Packet) {
        if packet.pid == 0 || self.maps.contains_key(&packet.pid) {
            self.add_section(packet);
        } else if let Some(stream) = self.streams.iter_mut().find(|stream| stream.pid == packet.pid) {
            stream.add(packet, &mut self.times);
        }
    }

    fn add_section(&mut self, packet: &Packet) {
        let section = self.sections.entry(packet.pid).or_default();
        let Some(section) = section.add(packet.is_first, packet.payload) else { return };
        if packet.pid == 0 {
            for pid in read_programs(section).unwrap_or_default() {
                self.maps.entry(pid).or_default();
            }
        } else if let Some(streams) = read_streams(section) {
            self.maps.insert(packet.pid, true);
            for (pid, track) in streams {
                if !self.streams.iter().any(|known| known.pid == pid) {
                    self.streams.push(Stream { pid, track, bytes: Vec::new(), clear: 0, scrambled: 0 });
                }
            }
        }
    }

    /// Whether the stream's time stamps are those of pictures or sound.
    fn presents(&self, pid: u16) -> bool {
        self.streams.iter().any(|stream| stream.pid == pid && stream.has_times())
    }

    fn has_all_tables(&self) -> bool {
        !self.maps.is_empty() && self.maps.values().all(|is_read| *is_read)
    }

    fn is_enough(&self) -> bool {
        let is_seen = |stream: &Stream| {
            let has_size =
                matches!(stream.track.codec, Some("h264" | "hevc" | "mpeg4" | "mpeg1video" | "mpeg2video"));
            stream.track.kind != TrackKind::Video || !has_size || stream.track.picture.is_some()
        };
        self.has_all_tables() && self.streams.iter().all(is_seen)
    }

    /// Reads the sizes of pictures.
    fn describe(&mut self) {
        for stream in self.streams.iter_mut().filter(|stream| stream.track.kind == TrackKind::Video) {
            stream.track.is_encrypted = stream.clear == 0 && stream.scrambled >= SCRAMBLED;
            bitstream::describe(&mut stream.track, &stream.bytes);
        }
    }

    fn copy_into(&self, draft: &mut Draft) {
        draft.has_all_tracks = self.has_all_tables();
        draft.tracks.clear();
        self.streams.iter().for_each(|stream| draft.add_track(stream.track.clone()));
    }
}

impl Stream {
    fn has_times(&self) -> bool {
        matches!(self.track.kind, TrackKind::Video | TrackKind::Audio)
    }

    fn add(&mut self, packet: &Packet, times: &mut Times) {
        if packet.is_scrambled {
            self.scrambled = self.scrambled.saturating_add(1);
            return;
        }
        self.clear = self.clear.saturating_add(1);
        let mut payload = packet.payload;
        if packet.is_first
            && let Some(header) = pes::read_packet(payload)
        {
            payload = payload.get(header.payload..).unwrap_or_default();
            if let Some(time) = header.time.filter(|_| self.has_times()) {
                times.add_early(time);
            }
        }
        if self.track.kind == TrackKind::Video && self.bytes.len() < MAX_STREAM {
            self.bytes.extend_from_slice(payload);
        }
    }
}
