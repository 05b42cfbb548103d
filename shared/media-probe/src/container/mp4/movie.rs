//! The index of an MP4 file: the box `moov`.
//!
//! ISO/IEC 14496-12: `mvhd` 8.2.2, `trak` 8.3, `mvex` 8.8. A compressed index (`cmov`) is QuickTime's.

use super::{
    boxes::{Children, Header},
    clock::read_clock,
    sample_table::{LastChunk, find_last_chunk, has_whole_tables},
    track::MovieTrack,
};
use crate::{
    draft::{Draft, MAX_TRACKS},
    fields, ticks,
    view::{Stop, View},
};
use std::time::Duration;

/// The largest index that is read whole, in bytes: one read for all tracks. Of a larger one only the beginning of each track is read.
const READ_WHOLE: u64 = 512 * 1024;
/// After this many reads no more is read of an index, once there are pictures: the file is in order so far, and each track costs a read.
const THRIFTY_READS: u32 = 6;

/// What the index says.
#[derive(Default)]
pub(super) struct Movie {
    /// Ticks a second of the durations here.
    timescale: u32,
    duration: u64,
    /// The samples, or some of them, are in fragments (`moof`).
    pub(super) is_fragmented: bool,
    /// Duration with all fragments, if the index states it.
    pub(super) fragments_duration: Option<u64>,
    pub(super) tracks: Vec<MovieTrack>,
    /// All of the index was read: its tables cost no further read.
    pub(super) is_held: bool,
}

impl Movie {
    /// Reads the box `moov`; each track goes into the draft as soon as it is known.
    pub(super) fn read(&mut self, view: &View, moov: &Header, draft: &mut Draft) -> Result<(), Stop> {
        let is_thrifty = |draft: &Draft| draft.has_video() && view.reads() >= THRIFTY_READS;
        match self.read_children(view, moov, draft) {
            Ok(has_all) => draft.has_all_tracks = has_all,
            Err(Stop::Unread { .. }) if is_thrifty(draft) => {}
            stopped => return stopped.map(|_| ()),
        }
        if !self.is_fragmented {
            draft.extend_duration(self.duration());
        }
        Ok(())
    }

    /// Returns whether all tracks are listed, and were read.
    fn read_children(&mut self, view: &View, moov: &Header, draft: &mut Draft) -> Result<bool, Stop> {
        if moov.end.saturating_sub(moov.body) <= READ_WHOLE {
            moov.bytes(view, READ_WHOLE)?;
            self.is_held = true;
        }
        let (mut has_all, mut extension) = (true, None);
        let mut children = Children::of(view, moov);
        while let Some(child) = children.next()? {
            match &child.kind {
                b"mvhd" => self.read_header(child.bytes(view, 32)?),
                b"trak" => {
                    let track = MovieTrack::read(view, &child)?;
                    has_all &= track.is_whole;
                    draft.add_track(track.track.clone());
                    if self.tracks.len() < MAX_TRACKS {
                        self.tracks.push(track);
                    }
                }
                b"mvex" => {
                    self.is_fragmented = true;
                    extension = Some(child);
                }
                // The tracks are in there.
                b"cmov" | b"rmra" => has_all = false,
                _ => {}
            }
        }
        // It may stand before the tracks that it is about.
        if let Some(extension) = extension {
            self.read_extension(view, &extension)?;
        }
        Ok(has_all && children.is_done())
    }

    fn read_header(&mut self, bytes: &[u8]) {
        if let Some((timescale, duration)) = read_clock(bytes) {
            (self.timescale, self.duration) = (timescale, duration);
        }
    }

    fn read_extension(&mut self, view: &View, mvex: &Header) -> Result<(), Stop> {
        let mut children = Children::of(view, mvex);
        while let Some(child) = children.next()? {
            let bytes = child.bytes(view, 24)?;
            match &child.kind {
                b"mehd" => {
                    let duration = match fields::byte(bytes, 0) {
                        Some(1) => fields::be_u64(bytes, 4),
                        _ => fields::be_u32(bytes, 4).map(u64::from),
                    };
                    self.fragments_duration = duration.filter(|duration| *duration > 0);
                }
                b"trex" => {
                    let id = fields::be_u32(bytes, 4);
                    if let Some(track) = self.tracks.iter_mut().find(|track| Some(track.id) == id) {
                        track.default_sample_duration = fields::be_u32(bytes, 12).unwrap_or_default();
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The last chunk of each track that plays from this file; `None` for one that does not tell.
    pub(super) fn find_last_chunks(&self, view: &View) -> Result<Vec<Option<LastChunk>>, Stop> {
        let with_samples = self.tracks.iter().filter(|track| track.duration > 0 && !track.is_external);
        with_samples
            .map(|track| match &track.table {
                Some(table) => find_last_chunk(view, table),
                None => Ok(None),
            })
            .collect()
    }

    /// Whether every track's samples are in other files.
    pub(super) fn is_reference(&self) -> bool {
        !self.tracks.is_empty() && self.tracks.iter().all(|track| track.is_external)
    }

    /// Whether each track was read, and the file has all of its tables: a cut after them lost no sample.
    pub(super) fn has_whole_tracks(&self, view: &View) -> Result<bool, Stop> {
        for track in &self.tracks {
            let Some(table) = track.table.filter(|_| track.is_whole) else { return Ok(false) };
            if !has_whole_tables(view, &table, view.size())? {
                return Ok(false);
            }
        }
        Ok(!self.tracks.is_empty())
    }

    /// A count of the movie's clock.
    pub(super) fn in_seconds(&self, count: u64) -> Option<Duration> {
        ticks::duration(count, self.timescale.into())
    }

    /// Duration of what the index lists itself: as the movie states it, else the longest track's.
    pub(super) fn duration(&self) -> Option<Duration> {
        let stated = self.in_seconds(self.duration);
        if self.duration > 0 && stated.is_some() {
            return stated;
        }
        let tracks =
            self.tracks.iter().filter_map(|track| ticks::duration(track.duration, track.timescale.into()));
        tracks.max().or(stated)
    }
}
