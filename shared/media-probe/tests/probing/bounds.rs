//! How much is read, of files in order and of files that were made to cost.

use crate::{
    headers::mp4::{boxed, file_type, movie_header, track},
    support::reader::{Bytes, block_on, run, words},
};
use media_probe::{MAX_BYTES, MAX_READS, Probe, Report};

/// A file in order: at most 8 reads and 1 MiB.
fn assert_thrifty(size: u64, bytes: Bytes) -> Report {
    let (report, reads) = run(&Probe::new(size), bytes);
    let total: usize = reads.iter().map(|(_, length)| length).sum();
    assert!(reads.len() <= 8 && total <= 1024 * 1024, "{reads:?}");
    report
}

/// Any file.
fn assert_bounded(size: u64, bytes: Bytes) -> Report {
    let (report, reads) = run(&Probe::new(size), bytes);
    let total: u64 = reads.iter().map(|(_, length)| *length as u64).sum();
    assert!(reads.len() <= MAX_READS as usize && total <= MAX_BYTES, "{} reads, {total} bytes", reads.len());
    report
}

/// Three hours with eleven tracks, whose tables have 2 MiB each: before and after 2 GiB of pictures and sound.
#[test]
fn a_long_film_with_many_languages_takes_few_reads() {
    let tables = boxed(b"stsz", &vec![1; 2 << 20]);
    let sound = track(b"soun", b"mp4a", 0, &tables);
    let tracks = [track(b"vide", b"avc1", 1, &tables), sound.repeat(10)].concat();
    let index = boxed(b"moov", &[movie_header(10_800_000), tracks].concat());
    let begin = file_type().len() as u64;
    let length = 2 << 30;
    let data = |kind: &[u8; 4]| [&u32::try_from(length).unwrap().to_be_bytes()[..], kind].concat();
    let size = begin + length + index.len() as u64;
    let at_end = vec![(0, file_type()), (begin, data(b"mdat")), (begin + length, index.clone())];
    let at_start =
        vec![(0, [file_type(), index.clone()].concat()), (begin + index.len() as u64, data(b"mdat"))];
    for (parts, expected) in [(at_end, &["warn index_at_end"][..]), (at_start, &[])] {
        let report = assert_thrifty(size, Bytes::Sparse(parts));
        assert_eq!((words(&report), report.duration.unwrap().as_secs()), (strings(expected), 10_800));
    }
}

/// Above 1 GiB an AVI continues in further RIFFs.
#[test]
fn a_long_avi_takes_few_reads() {
    let riff = |kind: &[u8; 4]| {
        [&b"RIFF"[..], &((1_u32 << 30) - 8).to_le_bytes(), kind, b"LIST\x04\0\0\0movi"].concat()
    };
    let parts = (0..40).map(|number| (number << 30, riff(if number == 0 { b"AVI " } else { b"AVIX" })));
    let report = assert_thrifty(40 << 30, Bytes::Sparse(parts.clone().collect()));
    assert_eq!(words(&report), ["warn no_video_track"]);
    // The second one is cut.
    let report = assert_thrifty((2 << 30) - 1, Bytes::Sparse(parts.take(2).collect()));
    assert_eq!(words(&report), ["warn truncated"]);
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Boxes without end, and 256 tracks between tables that no read spans.
#[test]
fn files_that_were_made_to_cost_are_bounded() {
    let report = assert_bounded(1 << 40, Bytes::Pattern(b"\0\0\0\x08free".to_vec()));
    assert_eq!(words(&report), ["warn unchecked"]);
    // Each a read away from the next.
    let far = [&b"\0\x01\0\0free"[..], &[0; 65_528]].concat();
    assert_eq!(words(&assert_bounded(1 << 40, Bytes::Pattern(far))), ["warn unchecked"]);
    let sound = track(b"soun", b"mp4a", 0, &boxed(b"stsz", &[0; 60_000]));
    let index = boxed(b"moov", &[movie_header(1), sound.repeat(256)].concat());
    let bytes = [file_type(), index].concat();
    let report = assert_bounded(bytes.len() as u64, Bytes::Memory(bytes));
    assert_eq!(words(&report), ["warn no_video_track", "warn unchecked"]);
}

#[test]
fn nested_boxes_are_not_followed() {
    let mut nested = Vec::new();
    for depth in 1..=100_000_u32 {
        nested.extend((8 * (100_001 - depth)).to_be_bytes());
        nested.extend(b"moov");
    }
    let report = assert_bounded(nested.len() as u64, Bytes::Memory(nested));
    assert_eq!(words(&report), ["refuse no_video_track"]);
}

/// An object that was shortened meanwhile: what is missing was the end.
#[test]
fn short_reads_end_the_object() {
    let bytes = boxed(b"ftyp", &[b' '; 100]);
    let (report, reads) = run(&Probe::new(1 << 20), Bytes::Memory(bytes));
    assert_eq!(words(&report), ["refuse no_index"]);
    assert_eq!(reads, [(0, 64 * 1024)]);
}

/// A server spawns it.
#[test]
fn a_probe_can_move_between_threads() {
    fn assert_send<T: Send>(_: &T) {}
    let reader = |_: u64, length: usize| async move { Ok::<_, ()>(vec![0; length]) };
    let probe = Probe::new(10);
    assert_send(&probe.run(&reader));
}

#[test]
fn the_error_of_a_reader_is_handed_on() {
    let reader = |_: u64, _: usize| async { Err("no such object") };
    assert_eq!(block_on(Probe::new(10).run(&reader)), Err("no such object"));
}

/// Limits of the caller: of Youku's pages, for one.
#[test]
fn limits_of_the_caller_are_warnings() {
    let index = boxed(b"moov", &[movie_header(5000), track(b"vide", b"avc1", 0, &[])].concat());
    let bytes = [file_type(), index].concat();
    let size = bytes.len() as u64;
    let second = std::time::Duration::from_secs(1);
    for (seconds, most, expected) in
        [(5, size, &[][..]), (4, size, &["warn too_long"]), (5, size - 1, &["warn too_large"])]
    {
        let probe = Probe::new(size).max_duration(second * seconds).max_size(most);
        assert_eq!(words(&run(&probe, Bytes::Memory(bytes.clone())).0), expected);
    }
}
