//! MP4 files whose boxes or tables of samples do not fit.

use super::mp4::{boxed, data, file_type, fragment, full, movie, movie_header, track};
use crate::support::reader::{Bytes, probe, run, words};
use media_probe::{Language, OtherKind, Probe, Problem};

/// A movie of one track of pictures with these tables.
fn with_tables(tables: &[Vec<u8>]) -> Vec<u8> {
    movie(&[movie_header(5000), track(b"vide", b"avc1", 450_000, &tables.concat())])
}

/// A file whose last chunk begins `back` bytes before its end, where a box of data ends that states `more` bytes than it has.
fn with_chunk(back: u32, more: u32, sizes: &[Vec<u8>]) -> Vec<u8> {
    let at = |offset: u32| with_tables(&[&[full(b"stco", 0, 0, &[2, 700, offset])], sizes].concat());
    let length = u32::try_from(file_type().len() + at(0).len()).unwrap() + 408;
    let data = [&(408 + more).to_be_bytes()[..], b"mdat", &[1; 400]].concat();
    [file_type(), at(length - back), data].concat()
}

/// Each form of sizes tells where the last chunk ends: it is 50 bytes long.
#[test]
fn every_form_of_sample_sizes_is_summed() {
    let runs =
        |runs: &[u32]| full(b"stsc", 0, 0, &[&[u32::try_from(runs.len() / 3).unwrap()], runs].concat());
    let each = |samples| runs(&[1, samples, 1]);
    for (name, sizes) in [
        ("sizes", [each(2), full(b"stsz", 0, 0, &[0, 4, 10, 10, 20, 30])]),
        ("one size", [each(5), full(b"stsz", 0, 0, &[10, 10])]),
        ("a small size", [each(25), full(b"stsz", 0, 0, &[2, 50])]),
        ("fewer samples than their run states", [each(4), full(b"stsz", 0, 0, &[0, 6, 1, 1, 1, 1, 20, 30])]),
        ("two runs", [runs(&[1, 3, 1, 2, 2, 1]), full(b"stsz", 0, 0, &[0, 5, 1, 1, 1, 20, 30])]),
        ("compact of 8 bits", [each(2), full(b"stz2", 0, 0, &[8, 4, 0x0101_141e])]),
        ("compact of 16 bits", [each(2), full(b"stz2", 0, 0, &[16, 4, 0x0001_0001, 0x0014_001e])]),
    ] {
        assert_eq!(words(&probe(&with_chunk(50, 0, &sizes))), [""; 0], "{name}");
        assert_eq!(words(&probe(&with_chunk(50, 9, &sizes))), ["warn truncated"], "{name}");
        assert_eq!(words(&probe(&with_chunk(49, 9, &sizes))), ["refuse truncated"], "{name}");
    }
}

/// Samples whose size is not stated are lost only if they begin after the end, or if nothing tells that any are there.
#[test]
fn samples_of_unknown_size_are_lost_after_the_end() {
    let one = [full(b"stsc", 0, 0, &[1, 1, 25, 1]), full(b"stsz", 0, 0, &[1, 50])];
    for (back, expected) in [(0, "refuse truncated"), (1, "refuse truncated"), (49, "refuse truncated")] {
        // Alone such a track decides nothing: what states too much was cut.
        assert_eq!(words(&probe(&with_chunk(back, 9, &one))), [expected], "{back}");
    }
    let sized = [full(b"stsc", 0, 0, &[1, 1, 1, 1]), full(b"stsz", 0, 0, &[10, 1])];
    let track_at = |kind: &[u8; 4], offset: u32, sizes: &[Vec<u8>]| {
        track(kind, kind, 450_000, &[&[full(b"stco", 0, 0, &[1, offset])], sizes].concat().concat())
    };
    let unsized_sound = [full(b"stsc", 0, 0, &[1, 1, 25, 1]), full(b"stsz", 0, 0, &[1, 25])];
    for (offset, expected) in [(1_u32, "warn truncated"), (100_000, "refuse truncated")] {
        let tracks = [track_at(b"vide", 1, &sized), track_at(b"soun", offset, &unsized_sound)].concat();
        let long = [&500_u32.to_be_bytes()[..], b"mdat", &[1; 400]].concat();
        let report = probe(&[file_type(), movie(&[movie_header(5000), tracks]), long].concat());
        assert_eq!(words(&report)[0], expected);
    }
}

/// Every box fits, and the samples are those of a longer file: a program mended the sizes of a cut one.
#[test]
fn tables_of_a_longer_file_are_a_warning() {
    let sizes = [full(b"stsc", 0, 0, &[1, 1, 2, 1]), full(b"stsz", 0, 0, &[0, 4, 10, 10, 20, 30])];
    assert_eq!(words(&probe(&with_chunk(50, 0, &sizes))), [""; 0]);
    assert_eq!(words(&probe(&with_chunk(49, 0, &sizes))), ["warn truncated"]);
}

/// An index whose boxes break off proves no missing track.
#[test]
fn an_index_that_breaks_off_proves_no_missing_track() {
    let sound = || track(b"soun", b"mp4a", 0, &[]);
    let pictures = || track(b"vide", b"avc1", 0, &[]);
    let broken = || b"\0\0\0\x03free".to_vec();
    for (parts, expected) in [
        (vec![sound()], &["refuse no_video_track"][..]),
        (vec![sound(), vec![0; 4]], &["refuse no_video_track"]),
        (vec![sound(), broken(), pictures()], &["warn no_video_track"]),
        (vec![pictures(), broken(), sound()], &[]),
    ] {
        let index = movie(&[&[movie_header(5000)], &parts[..]].concat());
        assert_eq!(words(&probe(&[file_type(), index, data()].concat())), expected);
    }
}

/// The samples of a reference movie are in other files, and it says so: it was not cut.
#[test]
fn a_reference_movie_is_no_cut_file() {
    let movie_of = |reference: &[u8]| {
        let references = full(b"dref", 0, 0, &[1]);
        let references = boxed(b"dref", &[&references[8..], reference].concat());
        let plain = track(b"vide", b"avc1", 450_000, &full(b"stco", 0, 0, &[1, 5000]));
        // The information of the media begins with where the data are.
        let information = boxed(b"dinf", &references);
        movie(&[movie_header(5000), insert(&plain, &[b"mdia", b"minf"], &information)])
    };
    let named = [&full(b"url ", 0, 0, &[])[8..], b"file:clip.mov\0"].concat();
    let report = probe(&[file_type(), movie_of(&boxed(b"url ", &named))].concat());
    assert_eq!(words(&report), ["refuse not_a_video"]);
    assert_eq!(report.findings[0].problem, Problem::NotAVideo(OtherKind::ReferenceMovie));
    // Here, with and without a name; and a reference that names nothing.
    for here in [full(b"url ", 0, 1, &[]), full(b"alis", 0, 1, &[]), full(b"url ", 0, 0, &[])] {
        let report = probe(&[file_type(), movie_of(&here)].concat());
        assert_eq!(words(&report), ["refuse truncated"]);
    }
}

/// Puts `more` at the beginning of the box that is reached by these kinds, and mends the sizes on the way.
fn insert(outer: &[u8], kinds: &[&[u8; 4]], more: &[u8]) -> Vec<u8> {
    let kind = outer[4..8].try_into().unwrap();
    let Some((first, rest)) = kinds.split_first() else {
        return boxed(kind, &[more, &outer[8..]].concat());
    };
    let (mut body, mut at) = (Vec::new(), 8);
    while at < outer.len() {
        let length = u32::from_be_bytes(outer[at..at + 4].try_into().unwrap()) as usize;
        let child = &outer[at..at + length];
        body.extend(if child[4..8] == first[..] { insert(child, rest, more) } else { child.to_vec() });
        at += length;
    }
    boxed(kind, &body)
}

/// A long stream that was saved without its beginning: its first fragment tells.
#[test]
fn fragments_without_an_index_take_few_reads() {
    let large = [fragment(Some(4)), boxed(b"mdat", &vec![1; 100_000])].concat();
    let file = [boxed(b"styp", b"msdh\0\0\0\0"), large.repeat(100)].concat();
    let (report, reads) = run(&Probe::new(file.len() as u64), Bytes::Memory(file));
    assert_eq!((words(&report), reads.len()), (vec!["warn no_index".to_owned()], 1));
}

/// Programs put a brand of their own first, or describe the picture and name no brand of pictures.
#[test]
fn still_pictures_of_every_brand_are_told() {
    let described = |handler: &[u8; 4]| {
        let handler = boxed(b"hdlr", &[&[0; 8], &handler[..], &[0; 13]].concat());
        boxed(b"meta", &[&[0; 4], &handler[..]].concat())
    };
    let bare = boxed(b"meta", &[0; 40]);
    for (brands, meta, expected) in [
        (b"heis\0\0\0\0heis", &bare, "refuse not_a_video"),
        (b"MiHE\0\0\0\0mif1", &bare, "refuse not_a_video"),
        (b"hevc\0\0\0\0msf1", &bare, "refuse not_a_video"),
        (b"Xyz1\0\0\0\0Xyz2", &described(b"pict"), "refuse not_a_video"),
        (b"isom\0\0\0\0mp42", &described(b"mdir"), "refuse no_index"),
        (b"isommif1mp42", &bare, "refuse no_index"),
    ] {
        let report = probe(&[boxed(b"ftyp", brands), meta.clone(), data()].concat());
        assert_eq!(words(&report), [expected], "{brands:?}");
    }
}

/// What may be whole is played first: a recorder that crashed leaves no better copy behind.
#[test]
fn a_warning_of_a_cut_end_advises_to_play_the_file() {
    let sizes = [full(b"stsc", 0, 0, &[1, 1, 2, 1]), full(b"stsz", 0, 0, &[0, 4, 10, 10, 20, 30])];
    for (back, english, chinese) in [(50, "Play the file", "请播放"), (49, "Copy or download", "请重新复制")]
    {
        let finding = &probe(&with_chunk(back, 9, &sizes)).findings[0];
        assert!(finding.advice(Language::English).starts_with(english), "{finding:?}");
        assert!(finding.advice(Language::Chinese).starts_with(chinese), "{finding:?}");
    }
}
