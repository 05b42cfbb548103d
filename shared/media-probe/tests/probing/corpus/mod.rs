//! Files as FFmpeg writes them, and the same files broken. `ffprobe` judges durations and pictures.
//!
//! | module | which files |
//! |---|---|
//! | `broken` | files that were cut, encrypted, or are something else |
//! | `other_readers` | files that crates of others read as well |
//! | `odd` | files that play whole although a header says otherwise |
//! | `whole` | files in order: nothing of them is refused |

mod broken;
mod odd;
mod other_readers;
mod whole;

use crate::support::{
    ffmpeg,
    reader::{Reads, probe_file},
};
use media_probe::{Report, TrackKind};
use std::path::Path;

/// Reads and bytes that a file in order may take.
const READS: usize = 8;
const BYTES: usize = 1024 * 1024;

/// Where these bytes first stand.
fn find(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).position(|window| window == wanted).expect("the bytes")
}

fn assert_thrifty(name: &str, reads: &Reads) {
    let bytes: usize = reads.iter().map(|(_, length)| length).sum();
    assert!(reads.len() <= READS && bytes <= BYTES, "{name}: {} reads, {bytes} bytes", reads.len());
}

/// Probes a file that plays, and holds the report against `ffprobe`.
fn assert_agrees(path: &Path) -> Report {
    let name = path.file_name().unwrap().to_str().unwrap();
    let (report, reads) = probe_file(path);
    assert_thrifty(name, &reads);
    let judgement = ffmpeg::judge(path).unwrap_or_else(|| panic!("{name}: ffprobe cannot read it"));
    assert!(!report.is_refused(), "{name}: {report:?}");
    if let Some(judged) = judgement.duration {
        let found =
            report.duration.unwrap_or_else(|| panic!("{name}: no duration, {judged} s")).as_secs_f64();
        let most = (judged * 0.01).max(0.1);
        assert!((found - judged).abs() <= most, "{name}: {found} s, ffprobe {judged} s");
    }
    let tracks = report.tracks.iter().filter_map(|track| {
        let kind = match track.kind {
            TrackKind::Video => "video",
            TrackKind::Audio => "audio",
            _ => return None,
        };
        let size = track.picture.map_or((0, 0), |picture| (picture.width.into(), picture.height.into()));
        Some((kind.to_owned(), track.codec.unwrap_or_default().to_owned(), size.0, size.1))
    });
    let judged = judgement.streams.into_iter().filter(|(kind, ..)| kind == "video" || kind == "audio");
    assert_eq!(tracks.collect::<Vec<_>>(), judged.collect::<Vec<_>>(), "{name}");
    report
}
