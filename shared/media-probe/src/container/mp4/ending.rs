//! How an MP4 file ends: whether it is cut short, and how certain that is.

use super::{movie::Movie, sample_table::LastChunk, top_level::TopLevel};
use crate::{
    finding::Severity,
    view::{Stop, View},
};

/// `None` if the file is not known to be cut. What is lost is refused: a box that states too much, as some programs leave it behind, is a
/// warning if the index says that all samples are there.
pub(super) fn judge_end(view: &View, top: &TopLevel) -> Result<Option<Severity>, Stop> {
    let warning = top.overrun.map(|_| Severity::Warn);
    // A cut fragment is the last one: what precedes it plays. A box after a whole movie belongs to something that was appended.
    if top.has_fragments() || top.is_followed {
        return Ok(warning);
    }
    let cut_kind = top.overrun.map(|overrun| overrun.kind);
    let is_data_cut = cut_kind == Some(*b"mdat");
    let is_index_cut = cut_kind == Some(*b"moov") || top.overrun.is_some() && top.overrun == top.index;
    let Some(movie) = &top.movie else {
        return Ok(if is_data_cut || is_index_cut { Some(Severity::Refuse) } else { warning });
    };
    let is_lost = if is_index_cut {
        // Cut between two tracks the index looks whole: this is a warning as well.
        !movie.has_whole_tracks(view)?
    } else if is_data_cut {
        has_lost_samples(view, movie, true)?
    } else if !top.has_room_for_samples {
        // An index of samples that are nowhere: the file was cut where they begin, unless another box covers them with a size that is wrong.
        let has_samples = movie.tracks.iter().any(|track| track.duration > 0);
        has_samples && !movie.is_reference() && has_lost_samples(view, movie, true)?
    } else {
        top.overrun.is_none() && top.has_open_data && has_lost_samples(view, movie, false)?
    };
    if is_lost {
        return Ok(Some(Severity::Refuse));
    }
    // Every box fits, but the tables may be those of a longer file. They are looked at if that costs no read.
    if warning.is_none() && movie.is_held && has_lost_samples(view, movie, false)? {
        return Ok(Some(Severity::Warn));
    }
    Ok(warning)
}

/// Whether the index says that samples are beyond the end of the file. If it says nothing about any of them, `or_else`.
fn has_lost_samples(view: &View, movie: &Movie, or_else: bool) -> Result<bool, Stop> {
    let size = view.size();
    let chunks = movie.find_last_chunks(view)?;
    let decided = chunks.iter().flatten().filter_map(|chunk| match chunk {
        LastChunk { end: Some(end), .. } => Some(*end > size),
        // Its beginning is there, and its end is not known.
        LastChunk { start, end: None } => (*start >= size).then_some(true),
    });
    let decided: Vec<bool> = decided.collect();
    Ok(if decided.is_empty() { or_else } else { decided.contains(&true) })
}
