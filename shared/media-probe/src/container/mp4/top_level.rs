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

/// What was met on the way through the file.
#[derive(Default)]
pub(super) struct TopLevel {
    /// The first index.
    pub(super) movie: Option<Movie>,
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
            // What follows the last box may be anything: only what has the form of a kind is one.
            if !is_within && found.kind.iter().all(|one| one.is_ascii_alphanumeric() || *one == b' ') {
                self.overrun = Some(found);
            }
            at = self.visit(view, draft, &found)?;
            if !is_within {
                break;
            }
        }
        self.note_duration(draft);
        Ok(())
    }

    /// Returns where to go on.
    fn visit(&mut self, view: &View, draft: &mut Draft, found: &Header) -> Result<u64, Stop> {
        let is_within = found.end <= view.size();
        let begins_movie = [*b"ftyp", *b"moov"].contains(&found.kind);
        self.is_followed |= begins_movie && self.has_whole_index && self.has_whole_data;
        match &found.kind {
            b"moov" if self.movie.is_none() => {
                draft.index_at_start = Some(self.first_data.is_none());
                self.has_whole_index = is_within;
                let movie = self.movie.insert(Movie::default());
                movie.read(view, found, draft)?;
                draft.has_all_tracks &= is_within;
            }
            b"mdat" => {
                self.first_data.get_or_insert(found.start);
                self.has_room_for_samples = true;
                self.has_whole_data |= is_within;
                self.has_open_data |= found.is_open;
            }
            b"moof" => return self.visit_fragment(view, draft, found),
            b"sidx" if self.fragments == 0 => self.clock.read_segment_index(view, found)?,
            b"ftyp" | b"styp" | b"free" | b"skip" | b"wide" | b"pnot" | b"PICT" | b"udta" | b"uuid"
            | b"meta" | b"moov" | b"sidx" | b"mfra" | b"prft" | b"emsg" | b"pdin" | b"junk" | b"prfl" => {}
            _ => self.has_room_for_samples = true,
        }
        Ok(found.end)
    }

    /// After the first fragment the last one is sought: those between say nothing more.
    fn visit_fragment(&mut self, view: &View, draft: &mut Draft, found: &Header) -> Result<u64, Stop> {
        self.fragments = self.fragments.saturating_add(1);
        if let Some(movie) = &self.movie {
            self.clock.add_fragment(view, found, movie)?;
        }
        if self.fragments > 1 {
            return Ok(found.end);
        }
        let is_known = self.movie.as_ref().is_some_and(|movie| movie.fragments_duration.is_some());
        if is_known {
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
