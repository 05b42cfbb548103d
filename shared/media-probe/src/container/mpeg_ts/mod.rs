//! MPEG transport streams: TS, and M2TS and MTS of cameras and discs.
//!
//! ISO/IEC 13818-1. There is no header: tables and time stamps recur, so the first and last bytes tell. Each may be of another time than the rest:
//! what both of them lack is missing, and what one of them lacks may be elsewhere.

mod packets;
mod sections;
mod stream;
mod streams;

use super::pes::Times;
use crate::{
    draft::Draft,
    finding::{Problem, Severity},
    view::{Stop, View},
};
use packets::Rhythm;
use streams::Streams;

/// Bytes that are read from the beginning: more if tables or the first picture are not within.
const HEADS: [u64; 3] = [64 * 1024, 256 * 1024, 512 * 1024];
/// Bytes that are read from the end: more if no time stamp is within, or no table of a file without pictures so far.
const TAILS: [u64; 2] = [64 * 1024, 256 * 1024];
/// Packets of pictures at the beginning that must be scrambled, all of them, before a file counts as encrypted.
const SCRAMBLED: u32 = 8;

/// Whether the bytes have the rhythm of packets.
pub(super) fn claims(head: &[u8]) -> bool {
    Rhythm::find(head).is_some()
}

/// Reads tables, first pictures and time stamps.
pub(super) fn read(view: &View, draft: &mut Draft) -> Result<(), Stop> {
    let Some((head, is_whole)) = read_head(view, draft)? else { return Ok(()) };
    let tail = read_tail(view, &head)?;
    let mut times = Times::default();
    head.times().for_each(|time| times.add_early(time));
    tail.times().for_each(|time| times.add_late(time));
    draft.duration = times.duration();
    tail.copy_into(draft);
    let has_all = head.has_all_tables() && (is_whole || draft.has_video() || tail.has_all_tables());
    draft.has_all_tracks = has_all;
    draft.is_overfull |= tail.is_overfull();
    judge_scrambling(&head, &tail, draft);
    Ok(())
}

/// The first packets, and whether the file has no others.
fn read_head(view: &View, draft: &mut Draft) -> Result<Option<(Streams, bool)>, Stop> {
    let mut found = None;
    for length in HEADS {
        let bytes = view.bytes_up_to(0, length)?;
        let Some(rhythm) = Rhythm::find(bytes) else { return Ok(None) };
        let mut head = Streams::default();
        rhythm.packets(bytes).for_each(|packet| head.add(&packet));
        head.describe();
        head.copy_into(draft);
        let is_whole = bytes.len() as u64 >= view.size();
        let is_enough = is_whole || head.has_all_tables() && draft.has_video() && head.has_all_pictures();
        found = Some((head, is_whole));
        if is_enough {
            break;
        }
    }
    Ok(found)
}

/// The last packets: of the streams that are known from the first ones, and of those that the tables list by then.
fn read_tail(view: &View, head: &Streams) -> Result<Streams, Stop> {
    let mut tail = head.without_packets();
    for length in TAILS {
        let start = view.size().saturating_sub(length);
        let bytes = view.bytes_up_to(start, length)?;
        let Some(rhythm) = Rhythm::find(bytes) else { break };
        tail = head.without_packets();
        rhythm.packets(bytes).for_each(|packet| tail.add(&packet));
        let is_enough = tail.times().next().is_some() && (tail.has_video() || tail.has_all_tables());
        if is_enough || start == 0 {
            break;
        }
    }
    tail.describe();
    Ok(tail)
}

/// Pictures are encrypted if they are so at the beginning and at the end: a receiver that got its keys late leaves a file of which most plays.
fn judge_scrambling(head: &Streams, tail: &Streams, draft: &mut Draft) {
    let (first, last) = (head.scrambled(SCRAMBLED), tail.scrambled(1));
    for (pid, track) in tail.pids().zip(&mut draft.tracks) {
        track.is_encrypted = first.contains(&pid) && last.contains(&pid);
    }
    let is_refused = draft.tracks.iter().any(|track| track.is_encrypted);
    if !(is_refused || first.is_empty() && last.is_empty()) {
        draft.report(Severity::Warn, Problem::Encrypted);
    }
}
