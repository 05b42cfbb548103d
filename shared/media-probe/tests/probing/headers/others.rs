//! The other containers: what refuses, and what does not.

use crate::support::reader::{probe, words};
use media_probe::Container;

/// An element of EBML, whose size is stated in eight bytes.
pub(super) fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    let size = (1_u64 << 56 | body.len() as u64).to_be_bytes();
    [id, &size, body].concat()
}

pub(super) const SEGMENT: &[u8] = b"\x18\x53\x80\x67";
const SEEK_HEAD: &[u8] = b"\x11\x4d\x9b\x74";
pub(super) const TRACKS: &[u8] = b"\x16\x54\xae\x6b";
pub(super) const CLUSTER: &[u8] = b"\x1f\x43\xb6\x75";

pub(super) fn ebml(document: &[u8]) -> Vec<u8> {
    element(b"\x1a\x45\xdf\xa3", &element(b"\x42\x82", document))
}

pub(super) fn video_track(more: &[u8]) -> Vec<u8> {
    let size = element(b"\xe0", &[element(b"\xb0", &[2, 128]), element(b"\xba", &[1, 104])].concat());
    let fields = [element(b"\x83", &[1]), element(b"\x86", b"V_VP9\0\0"), size, more.to_vec()].concat();
    element(b"\xae", &fields)
}

/// Programs strip the first bytes that all frames have in common, which is listed next to encryption.
#[test]
fn stripped_headers_are_no_encryption() {
    for (kind, algorithm, expected) in [(0, 3, &[][..]), (1, 5, &["refuse encrypted"])] {
        let fields =
            [element(b"\x50\x33", &[kind]), element(b"\x50\x34", &element(b"\x42\x54", &[algorithm]))];
        let encodings = element(b"\x6d\x80", &element(b"\x62\x40", &fields.concat()));
        let tracks = element(TRACKS, &video_track(&encodings));
        let segment = element(SEGMENT, &[tracks, element(CLUSTER, &[1; 10])].concat());
        let report = probe(&[ebml(b"matroska"), segment].concat());
        assert_eq!(words(&report), expected);
    }
}

#[test]
fn tracks_after_the_data_are_found_by_the_seek_head() {
    let seek = |position: u8| {
        let fields = [element(b"\x53\xab", TRACKS), element(b"\x53\xac", &[position])].concat();
        element(SEEK_HEAD, &element(b"\x4d\xbb", &fields))
    };
    let cluster = element(CLUSTER, &[1; 10]);
    let before = u8::try_from(seek(0).len() + cluster.len()).unwrap();
    for (position, expected) in [(before, &[][..]), (before + 1, &["warn no_video_track"])] {
        let body = [seek(position), cluster.clone(), element(TRACKS, &video_track(&[]))].concat();
        let report = probe(&[ebml(b"webm"), element(SEGMENT, &body)].concat());
        assert_eq!(report.container, Some(Container::WebM));
        assert_eq!(words(&report), expected);
    }
}

#[test]
fn other_documents_in_ebml_are_no_matroska() {
    let report = probe(&[ebml(b"other"), element(SEGMENT, &[])].concat());
    assert_eq!((report.container, words(&report)), (None, vec!["warn unrecognised".to_owned()]));
}

fn flv(flags: u8, tags: &[(u8, &[u8])]) -> Vec<u8> {
    let mut file = [b"FLV\x01", &[flags, 0, 0, 0, 9, 0, 0, 0, 0][..]].concat();
    for (kind, body) in tags {
        let length = u32::try_from(body.len()).unwrap();
        file.push(*kind);
        file.extend(&length.to_be_bytes()[1..]);
        file.extend([0, 0, 0, 0, 0, 0, 0]);
        file.extend(*body);
        file.extend((length + 11).to_be_bytes());
    }
    file
}

/// The header's flags are often wrong in either direction.
#[test]
fn flags_of_flv_prove_nothing() {
    let (picture, sound) = (&b"\x12\x00\x00"[..], &b"\x2f\xff"[..]);
    for flags in [0, 1, 4, 5] {
        assert_eq!(
            words(&probe(&flv(flags, &[(9, picture), (8, sound)]))),
            ["warn zero_duration"],
            "{flags}"
        );
        let report = probe(&flv(flags, &[(8, sound), (8, sound)]));
        assert_eq!(words(&report), ["refuse no_video_track", "warn zero_duration"], "{flags}");
    }
    let report = probe(&flv(5, &[(0x29, picture)]));
    assert_eq!(words(&report), ["refuse encrypted", "warn zero_duration"]);
    // HEVC as platforms in China write it.
    let report = probe(&flv(1, &[(9, b"\x1c\x01\0\0\0")]));
    assert_eq!(report.video().unwrap().codec, Some("hevc"));
}
