//! Transport streams, packet by packet.

use crate::support::reader::{probe, words};
use media_probe::Report;

/// A packet of a transport stream with its checksum left out: players check it, a probe does not rely on it.
fn packet(pid: u16, first: bool, flags: u8, payload: &[u8]) -> Vec<u8> {
    let head = pid | if first { 0x4000 } else { 0 };
    let mut packet = [&[0x47][..], &head.to_be_bytes(), &[flags], payload].concat();
    packet.resize(188, 0xff);
    packet
}

fn transport_stream(stream_type: u8, scrambling: u8) -> Vec<u8> {
    let programs = [&[0, 0, 0xb0, 13, 0, 1, 0xc1, 0, 0, 0, 1, 0xe1, 0][..], &[0; 4]].concat();
    let streams = [2, 0xb0, 18, 0, 1, 0xc1, 0, 0, 0xe2, 0, 0xf0, 0, stream_type, 0xe2, 0, 0xf0, 0];
    let streams = [&[0][..], &streams, &[0; 4]].concat();
    let pictures = (0..20).flat_map(|_| packet(0x200, false, 0x10 | scrambling, &[0x55; 100]));
    [packet(0, true, 0x10, &programs), packet(0x100, true, 0x10, &streams)]
        .concat()
        .into_iter()
        .chain(pictures)
        .collect()
}

#[test]
fn scrambled_pictures_of_a_broadcast_are_refused() {
    assert_eq!(words(&probe(&transport_stream(0x1b, 0))), [""; 0]);
    assert_eq!(words(&probe(&transport_stream(0x1b, 0x80))), ["refuse encrypted"]);
}

/// A stream of a private type may be pictures.
#[test]
fn private_types_prove_no_missing_track() {
    assert_eq!(words(&probe(&transport_stream(0x06, 0))), ["warn no_video_track"]);
    assert_eq!(words(&probe(&transport_stream(0x0f, 0))), ["refuse no_video_track"]);
}

/// A program map that lists streams by type and PID.
fn map(streams: &[(u8, u16)]) -> Vec<u8> {
    let list = streams.iter().flat_map(|(kind, pid)| {
        let [high, low] = pid.to_be_bytes();
        [*kind, 0xe0 | high, low, 0xf0, 0]
    });
    let list: Vec<u8> = list.collect();
    let length = u16::try_from(list.len() + 13).unwrap() | 0xb000;
    let section = [&[0, 2][..], &length.to_be_bytes(), &[0, 1, 0xc1, 0, 0, 0xe2, 0, 0xf0, 0], &list, &[0; 4]];
    packet(0x100, true, 0x10, &section.concat())
}

const PICTURES: (u8, u16) = (0x1b, 0x200);
const SOUND: (u8, u16) = (0x0f, 0x201);

/// Tables, then `count` packets of each stream, from `second` on.
fn part(streams: &[(u8, u16)], count: usize, flags: u8, second: u8) -> Vec<u8> {
    let programs = [&[0, 0, 0xb0, 13, 0, 1, 0xc1, 0, 0, 0, 1, 0xe1, 0][..], &[0; 4]].concat();
    // A packet lasts a millisecond.
    let begin = |number: usize| {
        let ticks = u64::from(second) * 90_000 + number as u64 * 90;
        let marked = 0x21_0001_0001 | (ticks >> 15) << 17 | (ticks & 0x7fff) << 1;
        let time = &marked.to_be_bytes()[3..];
        [&[0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5][..], time].concat()
    };
    let packets = (0..count).flat_map(|number| {
        let is_first = number % 8 == 0;
        let payload = if is_first && flags != SCRAMBLED { begin(number) } else { vec![0x55; 100] };
        let flags = if flags == STALE { SCRAMBLED } else { flags };
        streams.iter().flat_map(move |(_, pid)| packet(*pid, is_first, flags, &payload)).collect::<Vec<_>>()
    });
    [packet(0, true, 0x10, &programs), map(streams)].concat().into_iter().chain(packets).collect()
}

const CLEAR: u8 = 0x10;
const SCRAMBLED: u8 = 0x90;
/// Marked as scrambled, and readable.
const STALE: u8 = 0;

fn probe_parts(parts: &[&[u8]]) -> Report {
    probe(&parts.concat())
}

/// A station that sends sound before its first film: the tables change on the way.
#[test]
fn pictures_may_begin_after_the_first_tables() {
    let radio = |count| part(&[SOUND], count, CLEAR, 1);
    let film = |count| part(&[PICTURES, SOUND], count, CLEAR, 9);
    let same_pid = part(&[(0x1b, 0x201), (0x0f, 0x202)], 200, CLEAR, 9);
    for (first, last) in [(600, 10), (600, 500), (4000, 100)] {
        let report = probe_parts(&[&radio(first), &film(last)]);
        assert_eq!((words(&report), report.tracks.len()), (vec![], 2), "{first} {last}");
        let end = 8.0 + last as f64 / 1000.0;
        assert!((report.duration.unwrap().as_secs_f64() - end).abs() < 0.02, "{report:?}, {end} s");
    }
    for first in [600, 4000] {
        let report = probe_parts(&[&radio(first), &same_pid]);
        assert_eq!((words(&report), report.video().is_some()), (vec![], true), "{first}");
    }
    // Tables at both ends list no pictures, or those of the end were not met.
    assert_eq!(words(&probe(&radio(300))), ["refuse no_video_track"]);
    assert_eq!(words(&probe_parts(&[&radio(4000), &radio(100)])), ["refuse no_video_track"]);
    assert_eq!(words(&probe(&radio(4000))), ["warn no_video_track"]);
    assert_eq!(words(&probe_parts(&[&radio(4000), &film(3000)])), ["warn no_video_track"]);
}

/// A receiver gets its keys late, or loses them: the rest of the file plays.
#[test]
fn only_what_is_scrambled_at_both_ends_is_refused() {
    let streams = [PICTURES, SOUND];
    let part = |flags| part(&streams, 2500, flags, 1);
    for (first, last, expected) in [
        (SCRAMBLED, SCRAMBLED, &["refuse encrypted"][..]),
        (SCRAMBLED, CLEAR, &["warn encrypted"]),
        (CLEAR, SCRAMBLED, &["warn encrypted"]),
        (CLEAR, CLEAR, &[]),
    ] {
        assert_eq!(words(&probe_parts(&[&part(first), &part(last)])), expected, "{first} {last}");
    }
}

/// Programs descramble the payloads and leave the marks: a readable header proves it.
#[test]
fn stale_marks_of_scrambling_are_ignored() {
    let report = probe_parts(&[&part(&[PICTURES, SOUND], 2500, STALE, 1), &part(&[PICTURES], 20, STALE, 4)]);
    assert_eq!((words(&report), report.duration.unwrap().as_secs()), (vec![], 3));
}

/// More streams than are kept prove no missing track.
#[test]
fn a_list_of_thousands_of_streams_is_cut() {
    let sounds = |first: u16| (first..first + 30).map(|pid| (0x0f, pid)).collect::<Vec<_>>();
    let maps = (0..20).flat_map(|number| map(&sounds(0x300 + 30 * number)));
    let file = [part(&[SOUND], 20, CLEAR, 1), maps.collect()].concat();
    let report = probe(&file);
    assert_eq!((words(&report), report.tracks.len()), (vec!["warn no_video_track".to_owned()], 256));
}
