//! Headers of every container with mutations: nothing panics, and the bounds hold.

use crate::support::{
    ffmpeg::{BOTH, H264, folder, make},
    reader::{Bytes, run},
};
use media_probe::{Language, MAX_BYTES, MAX_READS, Probe};
use proptest::prelude::*;
use std::{fs, sync::LazyLock};

/// One file of each container, and two more layouts of MP4.
static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = folder();
    let files = [
        ("end.mp4", H264),
        ("fragmented.mp4", "-c:v mpeg4 -c:a aac -g 10 -movflags frag_keyframe+empty_moov"),
        ("dash.mp4", "-c:v mpeg4 -c:a aac -g 10 -movflags dash+global_sidx+frag_keyframe+empty_moov"),
        ("film.mkv", H264),
        ("h264.flv", H264),
        ("h264.ts", H264),
        ("mpeg2.vob", "-c:v mpeg2video -c:a ac3 -f vob"),
        ("divx.avi", "-c:v mpeg4 -c:a mp3"),
        ("windows.wmv", "-c:v wmv2 -c:a wmav2"),
        ("real.rm", "-c:v rv20 -c:a ac3"),
    ];
    files.iter().map(|(name, arguments)| fs::read(make(&folder, name, &[BOTH, arguments])).unwrap()).collect()
});

/// What is done to a file.
#[derive(Debug, Clone)]
enum Mutation {
    /// Bytes are written over: extreme numbers and codes as well as any.
    Overwrite(prop::sample::Index, Vec<u8>),
    /// A part is left out, or the end.
    Remove(prop::sample::Index, usize),
    /// A part is doubled.
    Repeat(prop::sample::Index, usize),
}

/// Mutations are more often among the headers than anywhere.
fn mutation() -> impl Strategy<Value = Mutation> {
    let numbers = prop_oneof![
        any::<u8>().prop_map(|one| vec![one]),
        Just(vec![0xff; 4]),
        Just(vec![0xff; 8]),
        Just(vec![0x7f, 0xff, 0xff, 0xff]),
        Just(vec![0; 4]),
        Just(vec![0, 0, 0, 1]),
        Just(vec![0, 0, 0, 8]),
        prop::sample::select(vec![*b"moov", *b"moof", *b"mdat", *b"trak", *b"mfra", *b"stsd", *b"RIFF"])
            .prop_map(|code| code.to_vec()),
        prop::collection::vec(any::<u8>(), 1..12),
    ];
    prop_oneof![
        6 => (any::<prop::sample::Index>(), numbers).prop_map(|(at, bytes)| Mutation::Overwrite(at, bytes)),
        1 => (any::<prop::sample::Index>(), 1..5000_usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        1 => (any::<prop::sample::Index>(), 1..5000_usize).prop_map(|(at, length)| Mutation::Repeat(at, length)),
    ]
}

fn apply(file: &mut Vec<u8>, mutation: &Mutation, is_early: bool) {
    if file.is_empty() {
        return;
    }
    let among = if is_early { file.len().min(2000) } else { file.len() };
    match mutation {
        Mutation::Overwrite(at, bytes) => {
            let at = at.index(among);
            let length = bytes.len().min(file.len() - at);
            file[at..at + length].copy_from_slice(&bytes[..length]);
        }
        Mutation::Remove(at, length) => {
            let at = at.index(among);
            file.drain(at..(at + length).min(file.len()));
        }
        Mutation::Repeat(at, length) => {
            let at = at.index(among);
            let part = file[at..(at + length).min(file.len())].to_vec();
            file.splice(at..at, part);
        }
    }
}

/// Probes a file that is said to have `size` bytes, and checks every read.
fn check(file: Vec<u8>, size: u64) -> Result<(), TestCaseError> {
    let length = file.len() as u64;
    let (report, reads) = run(&Probe::new(size).file_name("x.mp4"), Bytes::Memory(file));
    let total: u64 = reads.iter().map(|(_, length)| *length as u64).sum();
    prop_assert!(reads.len() <= MAX_READS as usize && total <= MAX_BYTES, "{} reads, {total}", reads.len());
    let mut spans: Vec<_> = reads.iter().map(|(at, length)| (*at, at + *length as u64)).collect();
    spans.sort_unstable();
    prop_assert!(spans.iter().all(|(start, end)| start < end && *end <= size), "{spans:?}");
    // What a short read did not bring may be asked for again.
    let is_disjoint = spans.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    prop_assert!(is_disjoint || size > length, "{spans:?}");
    for finding in &report.findings {
        prop_assert!(finding.sentence(Language::Chinese).chars().all(|one| !one.is_control()));
        prop_assert!(!finding.advice(Language::English).is_empty());
    }
    prop_assert!(report.tracks.iter().all(|track| track.code.len() <= 32 && track.code.is_ascii()));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_headers_never_panic(
        seed in 0..10_usize,
        mutations in prop::collection::vec((mutation(), prop::bool::weighted(0.8)), 1..6),
        longer in prop_oneof![4 => Just(0), 1 => any::<u64>()],
    ) {
        let mut file = SEEDS[seed].clone();
        for (mutation, is_early) in &mutations {
            apply(&mut file, mutation, *is_early);
        }
        let size = (file.len() as u64).saturating_add(longer);
        check(file, size)?;
    }

    #[test]
    fn bytes_after_a_magic_number_never_panic(
        seed in 0..10_usize,
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        kept in 0..64_usize,
    ) {
        let file = [&SEEDS[seed][..kept], &bytes].concat();
        let size = file.len() as u64;
        check(file, size)?;
    }
}
