//! Files that play whole although a header says otherwise: `ffprobe` agrees, and nothing is refused.

use super::{assert_agrees, find};
use crate::support::{
    ffmpeg::{BOTH, H264, folder, make},
    reader::{probe_file, words},
};
use std::{fs, ops::Range, path::Path};

/// The boxes in `bytes` from `at` on, by kind and place.
fn boxes(bytes: &[u8], mut at: usize) -> Vec<([u8; 4], Range<usize>)> {
    let mut found = Vec::new();
    while let Some(header) = bytes.get(at..at + 8) {
        let length = u32::from_be_bytes(header[..4].try_into().unwrap()) as usize;
        assert!(length >= 8, "a box with a size of 32 bits");
        found.push((header[4..8].try_into().unwrap(), at..at + length));
        at += length;
    }
    found
}

fn place(bytes: &[u8], kind: &[u8; 4]) -> Range<usize> {
    boxes(bytes, 0).into_iter().find(|(found, _)| found == kind).expect("the box").1
}

/// A box with these parts of another one.
fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], kind, &body].concat()
}

/// Adds to a number of four bytes.
fn add(bytes: &mut [u8], at: usize, more: i32) {
    let number = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    bytes[at..at + 4].copy_from_slice(&number.saturating_add_signed(more).to_be_bytes());
}

fn assert_plays(path: &Path, bytes: &[u8], expected: &[&str]) {
    fs::write(path, bytes).unwrap();
    assert_eq!(words(&assert_agrees(path)), expected, "{}", path.display());
}

/// Sound without compression does not state where its samples end, or in units of its own.
#[test]
fn a_data_box_that_states_too_much_is_a_warning() {
    let folder = folder();
    for codec in ["pcm_s16le", "pcm_u8", "pcm_s16be -ac 2", "adpcm_ima_qt"] {
        let sound = format!("-c:v mpeg4 -c:a {codec} -movflags +faststart");
        let path = make(&folder, "pcm.mov", &[BOTH, &sound]);
        let whole = fs::read(&path).unwrap();
        let data = place(&whole, b"mdat");
        let mut long = whole.clone();
        add(&mut long, data.start, 1000);
        fs::write(&path, &long).unwrap();
        let report = probe_file(&path).0;
        assert!(
            !report.is_refused() && words(&report).contains(&"warn truncated".to_owned()),
            "{codec}: {report:?}"
        );
        fs::write(&path, &whole[..data.start + data.len() * 3 / 5]).unwrap();
        assert_eq!(words(&probe_file(&path).0)[0], "refuse truncated", "{codec}");
    }
}

/// A box of free space whose size is wrong hides the samples from a walk: players find them by the index.
#[test]
fn samples_within_another_box_are_not_lost() {
    let folder = folder();
    let path = make(&folder, "hidden.mp4", &[BOTH, H264, "-movflags +faststart"]);
    let whole = fs::read(&path).unwrap();
    let free = place(&whole, b"free");
    for size in [[0x80, 0, 0, 8], [0, 0, 0, 0]] {
        let mut bytes = whole.clone();
        bytes[free.start..free.start + 4].copy_from_slice(&size);
        let is_open = size == [0; 4];
        assert_plays(&path, &bytes, if is_open { &[] } else { &["warn truncated"] });
        fs::write(&path, &bytes[..bytes.len() * 4 / 5]).unwrap();
        assert_eq!(words(&probe_file(&path).0)[0], "refuse truncated");
    }
}

/// An index that states some bytes too many has all of its tables. One that is cut in its tables does not.
#[test]
fn an_index_that_states_too_much_is_a_warning() {
    let folder = folder();
    let path = make(&folder, "end.mp4", &[BOTH, H264]);
    let whole = fs::read(&path).unwrap();
    let index = place(&whole, b"moov");
    for more in [1, 8, 1000] {
        let mut long = whole.clone();
        add(&mut long, index.start, more);
        assert_plays(&path, &long, &["warn truncated", "warn index_at_end"]);
    }
    // Groups of samples, names and dates follow the last table.
    let table = whole.windows(4).rposition(|kind| kind == b"stco").unwrap() - 4;
    let length = u32::from_be_bytes(whole[table..table + 4].try_into().unwrap()) as usize;
    assert_plays(&path, &whole[..table + length], &["warn truncated", "warn index_at_end"]);
    fs::write(&path, &whole[..table + length - 1]).unwrap();
    assert_eq!(words(&probe_file(&path).0)[0], "refuse truncated");
}

#[test]
fn an_index_in_free_space_is_found() {
    let folder = folder();
    for (flags, findings) in [("", &["warn index_at_end"][..]), ("-movflags +faststart", &[])] {
        let path = make(&folder, "free.mp4", &[BOTH, H264, flags]);
        let mut bytes = fs::read(&path).unwrap();
        let index = place(&bytes, b"moov");
        for kind in [b"free", b"hoov"] {
            bytes[index.start + 4..index.start + 8].copy_from_slice(kind);
            assert_plays(&path, &bytes, findings);
        }
        // It is cut as any other.
        fs::write(&path, &bytes[..index.start + index.len() / 2]).unwrap();
        assert_eq!(words(&probe_file(&path).0)[0], "refuse truncated");
    }
}

/// Turns a part of a box into one with a rank.
type Order<'a> = &'a dyn Fn(&[u8; 4], &[u8]) -> (u8, Vec<u8>);

#[test]
fn a_handler_after_its_information_is_read() {
    let folder = folder();
    let path = make(&folder, "handler.mp4", &[BOTH, H264]);
    let whole = fs::read(&path).unwrap();
    let index = place(&whole, b"moov");
    let with = |range: &Range<usize>, kind: &[u8; 4], order: Order| {
        let mut parts: Vec<_> = boxes(&whole[..range.end], range.start + 8)
            .into_iter()
            .map(|(kind, place)| order(&kind, &whole[place]))
            .collect();
        parts.sort_by_key(|(rank, _)| *rank);
        boxed(kind, &parts.iter().map(|(_, part)| &part[..]).collect::<Vec<_>>())
    };
    let at = |part: &[u8]| {
        let start = part.as_ptr() as usize - whole.as_ptr() as usize;
        start..start + part.len()
    };
    let media = |kind: &[u8; 4], part: &[u8]| (u8::from(kind == b"hdlr"), part.to_vec());
    let track = |kind: &[u8; 4], part: &[u8]| {
        (0, if kind == b"mdia" { with(&at(part), kind, &media) } else { part.to_vec() })
    };
    let movie = |kind: &[u8; 4], part: &[u8]| {
        (0, if kind == b"trak" { with(&at(part), kind, &track) } else { part.to_vec() })
    };
    let turned = with(&index, b"moov", &movie);
    assert_ne!(turned, whole[index.clone()]);
    assert_plays(&path, &[&whole[..index.start], &turned].concat(), &["warn index_at_end"]);
}

/// Programs append tags of their own; what has the form of a box there is none.
#[test]
fn text_after_a_movie_is_no_box() {
    let folder = folder();
    let path = make(&folder, "tag.mp4", &[BOTH, H264]);
    let mut tag = b"TAGSong title".to_vec();
    tag.resize(128, b' ');
    let bytes = [fs::read(&path).unwrap(), tag].concat();
    assert_plays(&path, &bytes, &["warn index_at_end"]);
}

/// Packets of pictures need not state their length.
#[test]
fn program_streams_without_lengths_are_read() {
    let folder = folder();
    for codec in ["mpeg2video", "mpeg1video"] {
        let path = make(&folder, "open.vob", &[BOTH, "-c:a mp2 -f vob -c:v", codec]);
        let mut bytes = fs::read(&path).unwrap();
        let places: Vec<_> = bytes
            .windows(4)
            .enumerate()
            .filter(|(_, code)| *code == [0, 0, 1, 0xe0])
            .map(|(at, _)| at)
            .collect();
        assert!(places.len() > 5);
        for at in places {
            bytes[at + 4..at + 6].fill(0);
        }
        fs::write(&path, &bytes).unwrap();
        let report = probe_file(&path).0;
        let picture = report.video().and_then(|track| track.picture).expect("a picture");
        assert_eq!((words(&report), picture.width, picture.height), (vec![], 96, 64));
        assert_eq!(report.tracks.len(), 2);
    }
}

/// DVDs are copied with the marks of their encryption, whether it was taken off or not.
#[test]
fn marks_of_encryption_on_a_dvd_are_a_warning() {
    let folder = folder();
    let path = make(&folder, "disc.vob", &[BOTH, "-c:v mpeg2video -c:a mp2 -f vob"]);
    let mut bytes = fs::read(&path).unwrap();
    let places: Vec<_> =
        bytes.windows(4).enumerate().filter(|(_, code)| *code == [0, 0, 1, 0xe0]).map(|(at, _)| at).collect();
    for at in places {
        bytes[at + 6] |= 0x30;
    }
    assert_plays(&path, &bytes, &["warn encrypted"]);
}

/// The index of a WMV follows its data: without it the file plays, and only seeks badly.
#[test]
fn a_wmv_that_lost_only_its_index_is_a_warning() {
    let folder = folder();
    let path = make(&folder, "film.wmv", &[BOTH, "-c:v wmv2 -c:a wmav2"]);
    let whole = fs::read(&path).unwrap();
    let index = find(&whole, b"\x90\x08\x00\x33\xb1\xe5\xcf\x11\x89\xf4\x00\xa0\xc9\x03\x49\xcb");
    for end in [index, index + 30] {
        assert_plays(&path, &whole[..end], &["warn truncated"]);
    }
    fs::write(&path, &whole[..index - 1]).unwrap();
    assert_eq!(words(&probe_file(&path).0), ["refuse truncated"]);
}
