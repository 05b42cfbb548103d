//! What a format has found so far.

use crate::{
    container::Container,
    finding::{Finding, Problem, Severity},
    report::{Track, TrackKind},
};
use std::time::Duration;

/// Facts that a format collects while it reads. Conclusions are drawn from them in `verdict`.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) container: Option<Container>,
    pub(crate) duration: Option<Duration>,
    pub(crate) tracks: Vec<Track>,
    pub(crate) index_at_start: Option<bool>,
    pub(crate) findings: Vec<Finding>,
    /// The file lists its tracks, and the whole list was read: a track that is missing there is missing.
    pub(crate) has_all_tracks: bool,
    /// There are more tracks than are kept.
    pub(crate) is_overfull: bool,
}

/// The most tracks that are kept: no film has as many, and a header of strangers may list a million.
pub(crate) const MAX_TRACKS: usize = 256;

impl Draft {
    pub(crate) fn new(container: Container) -> Self {
        Self { container: Some(container), ..Self::default() }
    }

    /// Notes a problem, once.
    pub(crate) fn report(&mut self, severity: Severity, problem: Problem) {
        if !self.findings.iter().any(|known| known.problem == problem) {
            self.findings.push(Finding { problem, severity });
        }
    }

    /// Adds a track, after those before it in the file.
    pub(crate) fn add_track(&mut self, track: Track) {
        if self.tracks.len() < MAX_TRACKS {
            self.tracks.push(track);
        } else {
            self.is_overfull = true;
        }
    }

    /// Whether there are pictures.
    pub(crate) fn has_video(&self) -> bool {
        self.tracks.iter().any(|track| track.kind == TrackKind::Video)
    }

    /// Keeps the longer duration.
    pub(crate) fn extend_duration(&mut self, duration: Option<Duration>) {
        self.duration = self.duration.max(duration);
    }
}
