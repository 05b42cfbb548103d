//! Matroska, element by element.

use super::others::{CLUSTER, SEGMENT, TRACKS, ebml, element, video_track};
use crate::support::reader::{probe, words};

fn file(parts: &[Vec<u8>]) -> Vec<u8> {
    [ebml(b"matroska"), element(SEGMENT, &parts.concat())].concat()
}

fn data() -> Vec<u8> {
    element(CLUSTER, &[1; 10])
}

fn sound_track() -> Vec<u8> {
    element(b"\xae", &[element(b"\x83", &[2]), element(b"\x86", b"A_OPUS")].concat())
}

/// A list that breaks off proves no missing track: the pictures may be listed after the bytes that nothing claims.
#[test]
fn a_list_that_breaks_off_proves_no_missing_track() {
    for (tracks, expected) in [
        (sound_track(), &["refuse no_video_track"][..]),
        ([sound_track(), b"\0\0".to_vec(), video_track(&[])].concat(), &["warn no_video_track"]),
        ([sound_track(), b"\xec\x80".to_vec(), video_track(&[])].concat(), &[]),
    ] {
        assert_eq!(words(&probe(&file(&[element(TRACKS, &tracks), data()]))), expected, "{tracks:?}");
    }
}

/// An encryption without a cipher is a signature: the pictures can be read.
#[test]
fn signed_pictures_are_not_encrypted() {
    for (encryption, expected) in [
        (element(b"\x47\xe1", &[5]), &["refuse encrypted"][..]),
        (element(b"\x47\xe1", &[0]), &[]),
        (element(b"\x47\xe5", &[1]), &[]),
    ] {
        let fields = [element(b"\x50\x33", &[1]), element(b"\x50\x35", &encryption)].concat();
        let encodings = element(b"\x6d\x80", &element(b"\x62\x40", &fields));
        let tracks = element(TRACKS, &video_track(&encodings));
        assert_eq!(words(&probe(&file(&[tracks, data()]))), expected, "{encryption:?}");
    }
}

/// What has no size ends where the next part begins, and the data are not walked in search of more.
#[test]
fn tracks_of_unknown_size_end_before_the_data() {
    let open = [TRACKS, b"\x01\xff\xff\xff\xff\xff\xff\xff", &video_track(&[])].concat();
    let report = probe(&file(&[open, data().repeat(20_000)]));
    assert_eq!((words(&report), report.tracks.len()), (vec![], 1));
}
