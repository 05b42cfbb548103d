//! What a part of a transport stream holds: tables, and the streams that they list.

use super::{
    packets::Packet,
    sections::{Section, read_programs, read_streams},
    stream::Stream,
};
use crate::{
    draft::{Draft, MAX_TRACKS},
    keyed::Keyed,
    report::{Track, TrackKind},
};

/// The streams that were listed, and what was met of them.
#[derive(Default)]
pub(super) struct Streams {
    sections: Keyed<u16, Section>,
    /// PIDs of the program maps, and whether each was read.
    maps: Keyed<u16, bool>,
    streams: Vec<Stream>,
    /// Time stamps of pictures and sound, as they were met.
    times: Vec<u64>,
    is_overfull: bool,
}

impl Streams {
    /// The same streams and tables, of which no packet was met.
    pub(super) fn without_packets(&self) -> Self {
        let mut maps = Keyed::default();
        for (pid, _) in self.maps.iter() {
            maps.entry(pid);
        }
        Self {
            maps,
            streams: self.streams.iter().map(Stream::without_packets).collect(),
            is_overfull: self.is_overfull,
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, packet: &Packet) {
        if packet.pid == 0 || self.maps.contains(packet.pid) {
            self.add_section(packet);
        } else if let Some(stream) = self.streams.iter_mut().find(|stream| stream.pid == packet.pid) {
            self.times.extend(stream.add(packet));
        }
    }

    fn add_section(&mut self, packet: &Packet) {
        let section = self.sections.entry(packet.pid);
        let Some(section) = section.add(packet.is_first, packet.payload) else { return };
        if packet.pid == 0 {
            for pid in read_programs(&section).unwrap_or_default() {
                self.maps.entry(pid);
            }
        } else if let Some(streams) = read_streams(&section) {
            *self.maps.entry(packet.pid) = true;
            streams.into_iter().for_each(|(pid, track)| self.list(pid, track));
        }
    }

    /// Notes a stream of a table. A later table may give a PID to other contents: pictures are what is looked for.
    fn list(&mut self, pid: u16, track: Track) {
        let has_room = self.streams.len() < MAX_TRACKS;
        match self.streams.iter_mut().find(|known| known.pid == pid) {
            Some(known) if track.kind == TrackKind::Video && known.track.kind != TrackKind::Video => {
                *known = Stream::new(pid, track);
            }
            Some(_) => {}
            None if has_room => self.streams.push(Stream::new(pid, track)),
            None => self.is_overfull = true,
        }
    }

    /// Whether each program's streams are listed.
    pub(super) fn has_all_tables(&self) -> bool {
        !self.maps.is_empty() && self.maps.iter().all(|(_, is_read)| *is_read)
    }

    /// Whether there are pictures.
    pub(super) fn has_video(&self) -> bool {
        self.streams.iter().any(|stream| stream.track.kind == TrackKind::Video)
    }

    /// Whether the size of each picture is known.
    pub(super) fn has_all_pictures(&self) -> bool {
        self.streams.iter().all(Stream::is_described)
    }

    /// Whether more streams are listed than are kept.
    pub(super) fn is_overfull(&self) -> bool {
        self.is_overfull
    }

    /// Reads the sizes of pictures.
    pub(super) fn describe(&mut self) {
        self.streams.iter_mut().for_each(Stream::describe);
    }

    /// The streams' PIDs, in the order of [`Self::copy_into`].
    pub(super) fn pids(&self) -> impl Iterator<Item = u16> {
        self.streams.iter().map(|stream| stream.pid)
    }

    /// PIDs of pictures of which at least so many packets were met, each of them scrambled.
    pub(super) fn scrambled(&self, least: u32) -> Vec<u16> {
        self.streams.iter().filter(|stream| stream.is_scrambled(least)).map(|stream| stream.pid).collect()
    }

    pub(super) fn times(&self) -> impl Iterator<Item = u64> {
        self.times.iter().copied()
    }

    pub(super) fn copy_into(&self, draft: &mut Draft) {
        draft.tracks.clear();
        self.streams.iter().for_each(|stream| draft.add_track(stream.track.clone()));
    }
}
