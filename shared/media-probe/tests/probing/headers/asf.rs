//! ASF, object by object.

use crate::support::reader::{probe, words};

type Guid = [u8; 16];

const HEADER: Guid = *b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
const FILE_PROPERTIES: Guid = *b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65";
const STREAM_PROPERTIES: Guid = *b"\x91\x07\xdc\xb7\xb7\xa9\xcf\x11\x8e\xe6\x00\xc0\x0c\x20\x53\x65";
const DATA: Guid = *b"\x36\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
const VIDEO: Guid = *b"\xc0\xef\x19\xbc\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b";
const AUDIO: Guid = *b"\x40\x9e\x69\xf8\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b";

fn object(id: Guid, body: &[u8]) -> Vec<u8> {
    [&id[..], &(body.len() as u64 + 24).to_le_bytes(), body].concat()
}

fn stream(kind: Guid) -> Vec<u8> {
    let mut data = vec![0; 51];
    (data[0], data[1], data[4]) = (0x61, 1, 64);
    data[27..31].copy_from_slice(b"WMV2");
    object(STREAM_PROPERTIES, &[&kind[..], &[0; 38], &data].concat())
}

/// A file that states to be `more` bytes longer than its header and data.
fn file(objects: &[Vec<u8>], data: &[u8], more: u64) -> Vec<u8> {
    let data = object(DATA, data);
    let with = |size: u64| {
        let mut properties = vec![0; 80];
        properties[16..24].copy_from_slice(&size.to_le_bytes());
        (properties[69], properties[73]) = (1, 1);
        properties[40..48].copy_from_slice(&20_000_000_u64.to_le_bytes());
        let list = [&[0, 0, 0, 0, 1, 2][..], &object(FILE_PROPERTIES, &properties), &objects.concat()];
        [object(HEADER, &list.concat()), data.clone()].concat()
    };
    with(with(0).len() as u64 + more)
}

#[test]
fn a_header_that_breaks_off_proves_no_missing_track() {
    let broken = || [&[1; 16][..], &[0; 8]].concat();
    for (objects, expected) in [
        (vec![stream(AUDIO)], &["refuse no_video_track"][..]),
        (vec![stream(AUDIO), broken(), stream(VIDEO)], &["warn no_video_track"]),
        (vec![stream(AUDIO), object([7; 16], &[1; 10]), stream(VIDEO)], &[]),
    ] {
        assert_eq!(words(&probe(&file(&objects, &[1; 50], 0))), expected);
    }
}

/// Indexes follow the data: a file without them plays, and a file without all of its data does not.
#[test]
fn only_lost_data_is_refused() {
    let streams = [stream(VIDEO)];
    assert_eq!(words(&probe(&file(&streams, &[1; 50], 0))), [""; 0]);
    let without_index = file(&streams, &[1; 50], 80);
    assert_eq!(words(&probe(&without_index)), ["warn truncated"]);
    assert_eq!(words(&probe(&without_index[..without_index.len() - 1])), ["refuse truncated"]);
    let without_data = &without_index[..without_index.len() - 74];
    assert_eq!(words(&probe(without_data)), ["refuse truncated"]);
}

/// Header and data may state more bytes than they have, as a program leaves them behind that writes in place: the packets tell.
#[test]
fn sizes_that_are_too_large_lose_nothing() {
    let mut data = vec![0; 26 + 512];
    data[16] = 2;
    let whole = file(&[stream(VIDEO)], &data, 0);
    let place = whole.windows(16).position(|id| id == DATA).unwrap() + 16;
    for at in [16, place] {
        let mut long = whole.clone();
        long[at + 4] = 1;
        assert_eq!(words(&probe(&long)), ["warn truncated"], "{at}");
        assert_eq!(words(&probe(&long[..long.len() - 1])), ["refuse truncated"], "{at}");
    }
}
