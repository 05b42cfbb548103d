//! AVI, chunk by chunk.

use crate::support::reader::{Bytes, probe, run, words};
use media_probe::Probe;

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [id, &u32::try_from(body.len()).unwrap().to_le_bytes()[..], body].concat()
}

/// A stream of two seconds, with more chunks after its format.
fn stream(kind: &[u8; 4], more: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 48];
    header[..4].copy_from_slice(kind);
    header[4..8].copy_from_slice(b"XVID");
    (header[20], header[24], header[32]) = (1, 25, 50);
    let mut format = vec![0; 40];
    (format[4], format[8]) = (96, 64);
    format[16..20].copy_from_slice(b"XVID");
    let list = [&b"strl"[..], &chunk(b"strh", &header), &chunk(b"strf", &format), more].concat();
    chunk(b"LIST", &list)
}

/// A header that states so many streams.
fn headers(streams: u8, lists: &[Vec<u8>]) -> Vec<u8> {
    let mut main = vec![0; 56];
    main[24] = streams;
    chunk(b"LIST", &[&b"hdrl"[..], &chunk(b"avih", &main), &lists.concat()].concat())
}

fn file(parts: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"RIFF", &[&b"AVI "[..], &parts.concat(), &chunk(b"LIST", b"movi....")].concat())
}

/// The list of streams must be as long as the file says, and lead to its end.
#[test]
fn a_list_that_breaks_off_proves_no_missing_track() {
    let (sound, pictures) = (|| stream(b"auds", &[]), || stream(b"vids", &[]));
    let broken = || b"JUNK\xff\xff\xff\x7f".to_vec();
    for (streams, lists, expected) in [
        (1, vec![sound()], &["refuse no_video_track"][..]),
        (0, vec![sound()], &["refuse no_video_track"]),
        (2, vec![sound()], &["warn no_video_track"]),
        (1, vec![sound(), broken(), pictures()], &["warn no_video_track"]),
        (2, vec![sound(), pictures()], &[]),
    ] {
        assert_eq!(words(&probe(&file(&[headers(streams, &lists)]))), expected, "{streams}");
    }
}

/// Above 1 GiB an AVI continues in further RIFFs, too many to visit; the index of the whole tells whether the last ones are there.
#[test]
fn a_long_avi_that_was_cut_is_warned_of() {
    const RIFFS: u64 = 40;
    let whole = RIFFS << 30;
    let index = (1..=RIFFS).flat_map(|number| {
        let entry = [&((number << 30) - 1000).to_le_bytes()[..], &1000_u32.to_le_bytes(), &[0; 4]];
        entry.concat()
    });
    let index = [&[4, 0, 0, 0, 40, 0, 0, 0][..], b"00dc", &[0; 12]].concat().into_iter().chain(index);
    let list = headers(1, &[stream(b"vids", &chunk(b"indx", &index.collect::<Vec<_>>()))]);
    let riff = |kind: &[u8; 4], list: &[u8]| {
        [&b"RIFF"[..], &((1_u32 << 30) - 8).to_le_bytes(), kind, list, b"LIST\x04\0\0\0movi"].concat()
    };
    let parts: Vec<_> = (0..RIFFS)
        .map(|number| (number << 30, if number == 0 { riff(b"AVI ", &list) } else { riff(b"AVIX", &[]) }))
        .collect();
    for (size, expected) in
        [(whole, &[][..]), (whole - 1, &["warn truncated"]), (20 << 30, &["warn truncated"])]
    {
        let (report, reads) = run(&Probe::new(size), Bytes::Sparse(parts.clone()));
        assert_eq!(
            (words(&report), reads.len()),
            (expected.iter().map(|word| (*word).to_owned()).collect(), 8)
        );
    }
}

#[test]
fn a_recorder_that_crashed_leaves_an_avi_that_plays() {
    let headers = chunk(b"LIST", &[&b"hdrl"[..], &stream(b"vids", &[])].concat());
    let body = [headers, chunk(b"LIST", b"movi....")].concat();
    let size = u32::try_from(body.len() + 4).unwrap();
    for (stated, expected) in [(size, &[][..]), (0, &["warn truncated"]), (size + 1, &["warn truncated"])] {
        let report = probe(&[&b"RIFF"[..], &stated.to_le_bytes(), b"AVI ", &body].concat());
        assert_eq!(words(&report), expected);
        assert_eq!(report.duration.unwrap().as_secs(), 2);
        assert_eq!(report.video().unwrap().codec, Some("mpeg4"));
    }
}
