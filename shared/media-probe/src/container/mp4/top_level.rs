//! The boxes of the file itself.

use super::{
    boxes::{Header, read_header},
    fragments::FragmentClock,
    movie::Movie,
    random_access::{LastFragments, find_fragment_before_end, find_last_fragments},
};
use crate::{
    draft::Draft,
    view::{Stop, View},
};
use std::mem;

/// Kinds of boxes that hold no samples.
const WITHOUT_SAMPLES: [[u8; 4]; 19] = [
    *b"ftyp", *b"styp", *b"free", *b"hoov", *b"skip", *b"wide", *b"pnot", *b"PICT", *b"udta", *b"uuid",
    *b"meta", *b"moov", *b"sidx", *b"mfra", *b"prft", *b"emsg", *b"pdin", *b"junk", *b"prfl",
];
/// The most boxes of free space that are searched for an index.
const MAX_SPARE: usize = 8;

/// What was met on the way through the file.
#[derive(Default)]
pub(super) struct TopLevel {
    /// The first index.
    pub(super) movie: Option<Movie>,
    /// The box that holds it.
    pub(super) index: Option<Header>,
    /// The box `meta`, which describes still pictures.
    pub(super) description: Option<Header>,
    /// Boxes of free space: an index may be in one, if there is no other.
    spare: Vec<Header>,
    /// The box that states an end beyond the file's.
    pub(super) overrun: Option<Header>,
    /// There is a box that can hold samples: `mdat`, or one of a kind that is not known here.
    pub(super) has_room_for_samples: bool,
    /// A box `mdat` reaches to the end of the file, wherever that is.
    pub(super) has_open_data: bool,
    /// The first `mdat` begins here.
    first_data: Option<u64>,
    has_whole_data: bool,
    has_whole_index: bool,
    /// Another movie begins after a whole one: files were joined end to end, and players show the first.
    pub(super) is_followed: bool,
    fragments: u64,
    clock: FragmentClock,
}

impl TopLevel {
    /// Whether there are fragments, or the index says that some may follow.
    pub(super) fn has_fragments(&self) -> bool {
        self.fragments > 0 || self.movie.as_ref().is_some_and(|movie| movie.is_fragmented)
    }

    /// From box to box, to the end of the file.
    pub(super) fn walk(&mut self, view: &View, draft: &mut Draft) -> Result<(), Stop> {
        let mut at = 0;
        while let Some(found) = read_header(view, at, view.size())? {
            let is_within = found.end <= view.size();
            if !is_within && self.is_credible(found.kind) {
                self.overrun = Some(found);
            }
            at = self.visit(view, draft, &found)?;
            // Fragments without an index: those that follow say nothing more.
            if !is_within || found.kind == *b"moof" && self.movie.is_none() {
                break;
            }
        }
        self.find_spare_index(view, draft)?;
        self.note_duration(draft);
        Ok(())
    }

    /// What follows the last box may be anything: only what has the form of a kind is one, and after a whole movie only what is one, for text that
    /// programs append has that form as well.
    fn is_credible(&self, kind: [u8; 4]) -> bool {
        let is_after_movie = self.has_whole_index && self.has_whole_data;
        let has_form = kind.iter().all(|one| one.is_ascii_alphanumeric() || *one == b' ');
        [*b"mdat", *b"moof"].contains(&kind) || WITHOUT_SAMPLES.contains(&kind) || has_form && !is_after_movie
    }

    /// Returns where to go on.
    fn visit(&mut self, view: &View, draft: &mut Draft, found: &Header) -> Result<u64, Stop> {
        let is_within = found.end <= view.size();
        let begins_movie = [*b"ftyp", *b"moov"].contains(&found.kind);
        self.is_followed |= begins_movie && self.has_whole_index && self.has_whole_data;
        match &found.kind {
            b"moov" if self.movie.is_none() => self.read_index(view, draft, found)?,
            b"mdat" => {
                self.first_data.get_or_insert(found.start);
                self.has_room_for_samples = true;
                self.has_whole_data |= is_within;
                self.has_open_data |= found.is_open;
            }
            b"moof" => return self.visit_fragment(view, draft, found),
            b"sidx" if self.fragments == 0 => self.clock.read_segment_index(view, found)?,
            b"free" | b"hoov" if self.spare.len() < MAX_SPARE => self.spare.push(*found),
            b"meta" => self.description = Some(*found),
            kind => self.has_room_for_samples |= !WITHOUT_SAMPLES.contains(kind),
        }
        Ok(found.end)
    }

    fn read_index(&mut self, view: &View, draft: &mut Draft, found: &Header) -> Result<(), Stop> {
        let is_within = found.end <= view.size();
        draft.index_at_start = Some(self.first_data.is_none_or(|data| found.start < data));
        self.has_whole_index = is_within;
        self.index = Some(*found);
        let movie = self.movie.insert(Movie::default());
        movie.read(view, found, draft)?;
        draft.has_all_tracks &= is_within;
        Ok(())
    }

    /// Programs that edit a file in place leave its index in a box of free space, where players find it if there is no other.
    fn find_spare_index(&mut self, view: &View, draft: &mut Draft) -> Result<(), Stop> {
        if self.movie.is_some() {
            return Ok(());
        }
        for spare in mem::take(&mut self.spare) {
            let first = read_header(view, spare.body, spare.end)?;
            if first.is_some_and(|first| [*b"mvhd", *b"cmov"].contains(&first.kind)) {
                return self.read_index(view, draft, &spare);
            }
        }
        Ok(())
    }

    /// After the first fragment the last one is sought: those between say nothing more.
    fn visit_fragment(&mut self, view: &View, draft: &mut Draft, found: &Header) -> Result<u64, Stop> {
        self.fragments = self.fragments.saturating_add(1);
        self.find_spare_index(view, draft)?;
        let Some(movie) = &self.movie else { return Ok(found.end) };
        self.clock.add_fragment(view, found, movie)?;
        if self.fragments > 1 {
            return Ok(found.end);
        }
        if movie.fragments_duration.is_some() {
            self.note_duration(draft);
        }
        let last = match find_last_fragments(view)? {
            Some(last) => Some(last),
            None => self.find_last_by_clock(view)?,
        };
        let last = last.filter(|last| last.offset >= found.end);
        if let Some(last) = last
            && read_header(view, last.offset, view.size())?
                .is_some_and(|header| [*b"moof", *b"styp", *b"sidx", *b"prft"].contains(&header.kind))
        {
            self.clock.jump(&last);
            return Ok(last.offset);
        }
        Ok(found.end)
    }

    /// For fragments that state when they begin: the last ones tell how long all of them play.
    fn find_last_by_clock(&self, view: &View) -> Result<Option<LastFragments>, Stop> {
        match self.clock.last_segment() {
            Some(segment) => Ok(Some(LastFragments::at(segment))),
            None if self.clock.has_begins() => find_fragment_before_end(view),
            None => Ok(None),
        }
    }

    fn note_duration(&self, draft: &mut Draft) {
        let Some(movie) = &self.movie else { return };
        let stated = movie.fragments_duration.and_then(|count| movie.in_seconds(count));
        draft.duration = match stated {
            Some(stated) => Some(stated),
            None => movie.duration().max(self.clock.duration(movie)),
        };
    }
}
