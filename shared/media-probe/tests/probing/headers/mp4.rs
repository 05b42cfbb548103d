//! MP4 and QuickTime, box by box.

use crate::support::reader::{probe, words};
use std::time::Duration;

/// A box.
pub(crate) fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], kind, body].concat()
}

/// A box with version and flags.
pub(super) fn full(kind: &[u8; 4], version: u8, flags: u32, numbers: &[u32]) -> Vec<u8> {
    let mut body = (u32::from(version) << 24 | flags).to_be_bytes().to_vec();
    body.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
    boxed(kind, &body)
}

pub(crate) fn file_type() -> Vec<u8> {
    boxed(b"ftyp", b"isom\0\0\0\0mp42")
}

/// A movie that plays five seconds.
pub(crate) fn movie_header(duration: u32) -> Vec<u8> {
    full(b"mvhd", 0, 0, &[0, 0, 1000, duration, 0, 0])
}

/// A track of 640 by 360 pixels, with `tables` after its description.
pub(crate) fn track(handler: &[u8; 4], code: &[u8; 4], duration: u32, tables: &[u8]) -> Vec<u8> {
    let mut entry = vec![0; 78];
    entry[24..28].copy_from_slice(&[2, 128, 1, 104]);
    let description = boxed(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &boxed(code, &entry)].concat());
    let media = boxed(b"minf", &boxed(b"stbl", &[&description[..], tables].concat()));
    let mut handler_box = vec![0; 24];
    handler_box[8..12].copy_from_slice(handler);
    let media =
        [full(b"mdhd", 0, 0, &[0, 0, 90_000, duration, 0]), boxed(b"hdlr", &handler_box), media].concat();
    let header = full(b"tkhd", 0, 3, &[0, 0, 1, 0, 5000]);
    boxed(b"trak", &[header, boxed(b"mdia", &media)].concat())
}

pub(super) fn movie(parts: &[Vec<u8>]) -> Vec<u8> {
    boxed(b"moov", &parts.concat())
}

pub(super) fn data() -> Vec<u8> {
    boxed(b"mdat", &[0xaa; 100])
}

#[test]
fn a_file_by_hand_is_in_order() {
    let movie = movie(&[movie_header(5000), track(b"vide", b"avc1", 450_000, &[])]);
    let report = probe(&[file_type(), movie, data()].concat());
    assert_eq!(words(&report), [""; 0]);
    assert_eq!(report.duration, Some(Duration::from_secs(5)));
    let picture = report.video().unwrap().picture.unwrap();
    assert_eq!((picture.width, picture.height), (640, 360));
}

/// A compressed index, one that refers to other files, and a handler that nobody knows prove no missing pictures.
#[test]
fn what_is_not_known_proves_no_missing_track() {
    let header = || movie_header(5000);
    for (unknown, finding) in [
        (movie(&[header(), boxed(b"cmov", &[1; 40])]), "warn no_video_track"),
        (movie(&[boxed(b"rmra", &[])]), "warn no_video_track"),
        (movie(&[header(), track(b"MPEG", b"MPEG", 0, &[])]), "warn no_video_track"),
        (movie(&[header(), boxed(b"trak", &[])]), "warn no_video_track"),
        (movie(&[header(), track(b"soun", b"mp4a", 0, &[])]), "refuse no_video_track"),
        (movie(&[header(), track(b"tmcd", b"tmcd", 0, &[])]), "refuse no_video_track"),
        (movie(&[header()]), "refuse no_video_track"),
    ] {
        let report = probe(&[file_type(), unknown, data()].concat());
        assert_eq!(words(&report), [finding], "{report:?}");
    }
}

#[test]
fn unknown_durations_are_those_of_tracks() {
    for (movie_duration, track_duration, expected) in [
        (u32::MAX, 180_000, Some(2)),
        (0, 180_000, Some(2)),
        (0, u32::MAX, Some(0)),
        (7000, 180_000, Some(7)),
    ] {
        let movie = movie(&[movie_header(movie_duration), track(b"vide", b"avc1", track_duration, &[])]);
        let report = probe(&[file_type(), movie, data()].concat());
        assert_eq!(report.duration, expected.map(Duration::from_secs), "{movie_duration} {track_duration}");
        let is_zero = expected == Some(0);
        assert_eq!(words(&report), if is_zero { vec!["warn zero_duration"] } else { Vec::new() });
    }
}

#[test]
fn an_unknown_codec_is_named_in_its_finding() {
    let movie = movie(&[movie_header(5000), track(b"vide", b"Zz\x07\xff", 450_000, &[])]);
    let report = probe(&[file_type(), movie, data()].concat());
    assert_eq!(words(&report), ["warn unusual_codec"]);
    assert_eq!(
        report.findings[0].sentence(media_probe::Language::English),
        "The video codec is unusual: Zz."
    );
}

#[test]
fn fairplay_is_encryption() {
    let movie = movie(&[movie_header(5000), track(b"vide", b"drmi", 450_000, &[])]);
    assert_eq!(words(&probe(&[file_type(), movie, data()].concat())), ["refuse encrypted"]);
}

#[test]
fn samples_that_are_nowhere_were_cut() {
    let movie = movie(&[movie_header(5000), track(b"vide", b"avc1", 450_000, &[])]);
    assert_eq!(words(&probe(&[file_type(), movie.clone()].concat())), ["refuse truncated"]);
    // A kind that is not known may hold them.
    assert_eq!(words(&probe(&[file_type(), movie, boxed(b"abcd", &[1; 40])].concat())), [""; 0]);
}

/// What has no size reaches to the end of the file: the index tells whether it was cut.
#[test]
fn an_open_end_that_lost_samples_is_refused() {
    let at = |offset: u32| {
        let tables = [
            full(b"stsc", 0, 0, &[1, 1, 2, 1]),
            full(b"stsz", 0, 0, &[0, 4, 10, 10, 20, 30]),
            full(b"stco", 0, 0, &[2, 700, offset]),
        ];
        movie(&[movie_header(5000), track(b"vide", b"avc1", 450_000, &tables.concat())])
    };
    let open = [&[0, 0, 0, 0][..], b"mdat", &[1; 400]].concat();
    let size = u32::try_from(file_type().len() + at(0).len() + open.len()).unwrap();
    let whole = [file_type(), at(size - 50), open.clone()].concat();
    assert_eq!(words(&probe(&whole)), [""; 0]);
    assert_eq!(words(&probe(&[file_type(), at(size - 49), open].concat())), ["refuse truncated"]);
}

/// Bytes after the last box, and a cut box without pictures and sound, lose nothing.
#[test]
fn what_trails_the_file_refuses_nothing() {
    let movie = movie(&[movie_header(5000), track(b"vide", b"avc1", 450_000, &[])]);
    let whole = [file_type(), movie, data()].concat();
    for (trailer, expected) in [
        (&[0; 20][..], &[][..]),
        (&[0; 3], &[]),
        (b"\0\0\0\x03abcd", &[]),
        (b"\xff\xff\xff\xff\xfe\xfd\xfc\xfb....", &[]),
        (b"\0\0\x10\0free....", &["warn truncated"]),
        (b"\0\0\0\x01free\xff\xff\xff\xff\xff\xff\xff\xff", &["warn truncated"]),
    ] {
        assert_eq!(words(&probe(&[&whole[..], trailer].concat())), expected, "{trailer:?}");
    }
}

/// A fragment of two samples that last a second each, from `begin` seconds on, after an extension with this body.
pub(super) fn fragment(begin: Option<u32>) -> Vec<u8> {
    let time = begin.map(|begin| full(b"tfdt", 0, 0, &[begin * 90_000])).unwrap_or_default();
    let run = full(b"trun", 0, 0x100, &[2, 90_000, 90_000]);
    let track = boxed(b"traf", &[full(b"tfhd", 0, 0, &[1]), time, run].concat());
    [boxed(b"moof", &[full(b"mfhd", 0, 0, &[1]), track].concat()), data()].concat()
}

#[test]
fn fragments_play_as_long_as_their_samples() {
    let index = |duration: u32, of_track: u32, extension: &[u8]| {
        let track = track(b"vide", b"avc1", of_track, &[]);
        [file_type(), movie(&[movie_header(duration), track, boxed(b"mvex", extension)])].concat()
    };
    let with = |extension: &[u8]| index(0, 0, extension);
    let stated = full(b"mehd", 0, 0, &[9000]);
    let live = [fragment(Some(100)), fragment(Some(104))].concat();
    for (name, file, seconds) in [
        ("two that follow", [with(&[]), fragment(None), fragment(None)].concat(), 4),
        ("a live recording", [with(&[]), live.clone()].concat(), 6),
        ("a live recording whose index counts it", [index(6000, 0, &[]), live.clone()].concat(), 6),
        ("after samples of the index", [index(3000, 270_000, &[]), fragment(Some(3))].concat(), 5),
        ("a stated duration", [with(&stated), fragment(None)].concat(), 9),
    ] {
        let report = probe(&file);
        assert_eq!((report.duration, words(&report)), (Some(Duration::from_secs(seconds)), vec![]), "{name}");
    }
    let many: Vec<u8> = (0..5000).flat_map(|number| fragment(Some(2 * number))).collect();
    let report = probe(&[with(&[]), many.clone()].concat());
    assert_eq!((report.duration, words(&report)), (Some(Duration::from_secs(10_000)), vec![]));
    let report = probe(&[&with(&[])[..], &many[..many.len() - 1]].concat());
    assert!(!report.is_refused() && !report.findings.is_empty(), "{report:?}");
}

/// Some packagers put what fragments leave out before the tracks that it is about, and a track may state its number last.
#[test]
fn boxes_of_an_index_may_stand_in_any_order() {
    let plain = track(b"vide", b"avc1", 0, &[]);
    let (header, media) = plain[8..].split_at(32);
    assert_eq!((&header[4..8], &media[4..8]), (&b"tkhd"[..], &b"mdia"[..]));
    let turned = boxed(b"trak", &[media, header].concat());
    let defaults = || boxed(b"mvex", &full(b"trex", 0, 0, &[1, 1, 90_000, 0, 0]));
    let run = full(b"trun", 0, 0, &[3]);
    let fragment = boxed(b"traf", &[full(b"tfhd", 0, 0, &[1]), run].concat());
    let fragment = [boxed(b"moof", &fragment), data()].concat();
    for (name, parts) in [
        ("tracks first", [movie_header(0), plain.clone(), defaults()]),
        ("defaults first", [movie_header(0), defaults(), plain]),
        ("number last", [movie_header(0), turned, defaults()]),
    ] {
        let report = probe(&[file_type(), movie(&parts), fragment.clone()].concat());
        assert_eq!((report.duration, words(&report)), (Some(Duration::from_secs(3)), vec![]), "{name}");
    }
}

/// A piece of a stream that was saved without its beginning.
#[test]
fn fragments_without_an_index_are_a_warning() {
    let report = probe(&[boxed(b"styp", b"msdh\0\0\0\0"), fragment(Some(4))].concat());
    assert_eq!(words(&report), ["warn no_index"]);
}
