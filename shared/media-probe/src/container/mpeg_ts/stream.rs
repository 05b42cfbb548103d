//! One stream of a transport stream.

use super::packets::Packet;
use crate::{
    bitstream,
    container::pes,
    report::{Track, TrackKind},
};

/// The most bytes of a stream's beginning that are searched for the size of the picture.
const MAX_STREAM: usize = 128 * 1024;

/// What was met of a stream.
pub(super) struct Stream {
    pub(super) pid: u16,
    pub(super) track: Track,
    /// The beginning of a stream of pictures.
    bytes: Vec<u8>,
    clear: u32,
    scrambled: u32,
    /// The payload of a packet that is marked as scrambled was readable: the marks were left behind when the stream was descrambled.
    has_stale_marks: bool,
}

impl Stream {
    pub(super) fn new(pid: u16, track: Track) -> Self {
        Self { pid, track, bytes: Vec::new(), clear: 0, scrambled: 0, has_stale_marks: false }
    }

    /// The same stream, of which no packet was met.
    pub(super) fn without_packets(&self) -> Self {
        Self { has_stale_marks: self.has_stale_marks, ..Self::new(self.pid, self.track.clone()) }
    }

    /// Adds a packet. Returns its time, if it has one that counts.
    pub(super) fn add(&mut self, packet: &Packet) -> Option<u64> {
        self.has_stale_marks |=
            packet.is_scrambled && packet.is_first && packet.payload.starts_with(&[0, 0, 1]);
        if packet.is_scrambled && !self.has_stale_marks {
            self.scrambled = self.scrambled.saturating_add(1);
            return None;
        }
        self.clear = self.clear.saturating_add(1);
        let header = if packet.is_first { pes::read_packet(packet.payload) } else { None };
        let before = header.as_ref().map_or(0, |header| header.payload);
        if self.track.kind == TrackKind::Video && self.bytes.len() < MAX_STREAM {
            self.bytes.extend_from_slice(packet.payload.get(before..).unwrap_or_default());
        }
        header?.time.filter(|_| matches!(self.track.kind, TrackKind::Video | TrackKind::Audio))
    }

    /// Reads the size of the picture, if it is not known.
    pub(super) fn describe(&mut self) {
        if self.track.kind == TrackKind::Video && self.track.picture.is_none() {
            bitstream::describe(&mut self.track, &self.bytes);
        }
    }

    /// Whether nothing more is to be learned about the picture.
    pub(super) fn is_described(&self) -> bool {
        let has_size =
            matches!(self.track.codec, Some("h264" | "hevc" | "mpeg4" | "mpeg1video" | "mpeg2video"));
        self.track.kind != TrackKind::Video || !has_size || self.track.picture.is_some()
    }

    /// Whether there were pictures, at least so many packets of them, and each was scrambled.
    pub(super) fn is_scrambled(&self, least: u32) -> bool {
        self.track.kind == TrackKind::Video && self.clear == 0 && self.scrambled >= least
    }
}
