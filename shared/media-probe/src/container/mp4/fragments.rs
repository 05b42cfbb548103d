//! How long the fragments of an MP4 file play.
//!
//! ISO/IEC 14496-12: `moof` 8.8.4, `tfhd` 8.8.7, `trun` 8.8.8, `tfdt` 8.8.12, `sidx` 8.16.3.

use super::{
    boxes::{Children, Header},
    movie::Movie,
    random_access::LastFragments,
};
use crate::{
    draft::MAX_TRACKS,
    fields,
    keyed::Keyed,
    ticks,
    view::{Stop, View},
};
use std::time::Duration;

/// The largest `moof` that is read whole, in bytes: its tables are short.
const READ_WHOLE: u64 = 256 * 1024;

/// Begin and end of each track, in its own ticks.
#[derive(Default)]
pub(super) struct FragmentClock {
    times: Keyed<u32, Times>,
    last_segment: Option<u64>,
    /// Fragments that state no begin follow the one before.
    follow: u64,
}

#[derive(Default, Clone, Copy)]
struct Times {
    begin: Option<u64>,
    end: u64,
}

impl FragmentClock {
    /// Adds the samples of the box `moof`.
    pub(super) fn add_fragment(&mut self, view: &View, moof: &Header, movie: &Movie) -> Result<(), Stop> {
        if moof.end.saturating_sub(moof.body) <= READ_WHOLE {
            moof.bytes(view, READ_WHOLE)?;
        }
        let mut children = Children::of(view, moof);
        while let Some(child) = children.next()? {
            if child.kind == *b"traf" {
                self.add_track(view, &child, movie)?;
            }
        }
        Ok(())
    }

    fn add_track(&mut self, view: &View, traf: &Header, movie: &Movie) -> Result<(), Stop> {
        let (mut id, mut sample_duration, mut begin, mut duration) = (0, 0, None, 0_u64);
        let mut children = Children::of(view, traf);
        while let Some(child) = children.next()? {
            match &child.kind {
                b"tfhd" => {
                    let bytes = child.bytes(view, 32)?;
                    id = fields::be_u32(bytes, 4).unwrap_or_default();
                    let track = movie.tracks.iter().find(|track| track.id == id);
                    let default = track.map_or(0, |track| track.default_sample_duration);
                    sample_duration = stated_sample_duration(bytes).unwrap_or(default);
                }
                b"tfdt" => {
                    let bytes = child.bytes(view, 12)?;
                    begin = match fields::byte(bytes, 0) {
                        Some(1) => fields::be_u64(bytes, 4),
                        _ => fields::be_u32(bytes, 4).map(u64::from),
                    };
                }
                b"trun" => {
                    let run = sum_of_run(child.bytes(view, u64::MAX)?, sample_duration).unwrap_or_default();
                    duration = duration.saturating_add(run);
                }
                _ => {}
            }
        }
        self.follow = self.follow.saturating_add(u64::from(begin.is_none()));
        if self.times.len() < MAX_TRACKS || self.times.contains(id) {
            let times = self.times.entry(id);
            let begin = begin.unwrap_or(times.end);
            times.begin.get_or_insert(begin);
            times.end = times.end.max(begin.saturating_add(duration));
        }
        Ok(())
    }

    /// Whether each fragment so far stated when it begins.
    pub(super) fn has_begins(&self) -> bool {
        self.follow == 0 && !self.times.is_empty()
    }

    /// Reads the box `sidx`, which lists the segments that follow it.
    pub(super) fn read_segment_index(&mut self, view: &View, sidx: &Header) -> Result<(), Stop> {
        let bytes = sidx.bytes(view, READ_WHOLE)?;
        self.last_segment = last_segment(bytes, sidx.end);
        Ok(())
    }

    /// Where the last segment begins, if an index listed several.
    pub(super) fn last_segment(&self) -> Option<u64> {
        self.last_segment
    }

    /// The next fragment is the last one; what it does not state itself, the index of fragments does.
    pub(super) fn jump(&mut self, last: &LastFragments) {
        for (id, time) in &last.times {
            if let Some(times) = self.times.get_mut(*id) {
                times.end = times.end.max(*time);
            }
        }
    }

    /// From the first begin to the last end.
    pub(super) fn duration(&self, movie: &Movie) -> Option<Duration> {
        // Samples in the index itself come first. The movie's own duration may count the fragments as well, and tells nothing of them.
        let is_first = movie.tracks.iter().all(|track| track.duration == 0);
        let scale = |id: u32| movie.tracks.iter().find(|track| track.id == id).map(|track| track.timescale);
        let in_seconds = |id: u32, count| ticks::duration(count, scale(id)?.into());
        let begins = self.times.iter().filter_map(|(id, times)| in_seconds(id, times.begin?));
        let begin = if is_first { begins.min()? } else { Duration::ZERO };
        self.times.iter().filter_map(|(id, times)| in_seconds(id, times.end)?.checked_sub(begin)).max()
    }
}

/// The duration that `tfhd` states for its samples.
fn stated_sample_duration(bytes: &[u8]) -> Option<u32> {
    let flags = fields::be_u24(bytes, 1)?;
    if flags & 0x08 == 0 {
        return None;
    }
    let before = if flags & 0x01 == 0 { 0 } else { 8 } + if flags & 0x02 == 0 { 0 } else { 4 };
    fields::be_u32(bytes, 8 + before)
}

/// The durations of a run's samples together.
fn sum_of_run(bytes: &[u8], sample_duration: u32) -> Option<u64> {
    let (flags, count) = (fields::be_u24(bytes, 1)?, fields::be_u32(bytes, 4)?);
    let has_duration = flags & 0x100 != 0;
    if !has_duration {
        return u64::from(count).checked_mul(sample_duration.into());
    }
    let width = |flag| if flags & flag == 0 { 0_usize } else { 4 };
    let samples = bytes.get(8 + width(0x01) + width(0x04)..)?;
    let each = width(0x100) + width(0x200) + width(0x400) + width(0x800);
    let samples = samples.chunks_exact(each).take(usize::try_from(count).ok()?);
    Some(samples.filter_map(|sample| fields::be_u32(sample, 0)).map(u64::from).fold(0, u64::saturating_add))
}

/// Where the last of several segments begins.
fn last_segment(bytes: &[u8], end: u64) -> Option<u64> {
    let (first, list) = match fields::byte(bytes, 0)? {
        0 => (u64::from(fields::be_u32(bytes, 16)?), 20),
        _ => (fields::be_u64(bytes, 20)?, 28),
    };
    let count = usize::from(fields::be_u16(bytes, list + 2)?);
    let entries = bytes.get(list + 4..)?.chunks_exact(12).take(count);
    let before = entries.len().checked_sub(1).filter(|before| *before > 0)?;
    let mut at = end.checked_add(first)?;
    for entry in entries.take(before) {
        let size = fields::be_u32(entry, 0)?;
        // An entry may point to a further index.
        if size & 0x8000_0000 != 0 {
            return None;
        }
        at = at.checked_add(size.into())?;
    }
    Some(at)
}
