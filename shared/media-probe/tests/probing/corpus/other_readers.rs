//! Readers that others wrote agree, where they know.

use super::find;
use crate::support::{
    ffmpeg::{BOTH, H264, folder, make},
    reader::probe_file,
};
use matroska_demuxer::MatroskaFile;
use media_probe::{Report, TrackKind};
use mp4_atom::{Any, Codec, Decode};
use re_mp4::Mp4;
use std::fs::{self, File};

const FRAGMENTED: &str = "-g 10 -movflags frag_keyframe+empty_moov";
const LAYOUTS: [(&str, &str); 4] = [
    ("end.mp4", ""),
    ("fast.mp4", "-movflags +faststart"),
    ("fragmented.mp4", FRAGMENTED),
    ("untrailed.mp4", "-g 10 -movflags frag_keyframe+empty_moov+skip_trailer"),
];

fn seconds(report: &Report) -> f64 {
    report.duration.expect("a duration").as_secs_f64()
}

fn size(report: &Report) -> (u32, u32) {
    let picture = report.video().unwrap().picture.unwrap();
    (picture.width, picture.height)
}

#[test]
fn mp4_atom_agrees() {
    let folder = folder();
    for (name, flags) in LAYOUTS {
        let path = make(&folder, name, &[BOTH, H264, flags]);
        let report = probe_file(&path).0;
        let bytes = fs::read(&path).unwrap();
        let Any::Moov(index) = Any::decode(&mut &bytes[find(&bytes, b"moov") - 4..]).unwrap() else {
            panic!("{name}: no index")
        };
        assert_eq!(index.trak.len(), report.tracks.len(), "{name}");
        let Codec::Avc1(entry) = &index.trak[0].mdia.minf.stbl.stsd.codecs[0] else { panic!("{name}") };
        assert_eq!((entry.visual.width.into(), entry.visual.height.into()), size(&report), "{name}");
        // It does not add up fragments.
        if index.mvex.is_none() {
            let ticks = u32::try_from(index.mvhd.duration).unwrap();
            assert_eq!(seconds(&report), f64::from(ticks) / f64::from(index.mvhd.timescale), "{name}");
        }
    }
}

#[test]
fn re_mp4_agrees() {
    let folder = folder();
    for (name, flags) in LAYOUTS {
        let path = make(&folder, name, &[BOTH, H264, flags]);
        let report = probe_file(&path).0;
        let movie = Mp4::read_bytes(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(movie.tracks().len(), report.tracks.len(), "{name}");
        let video =
            movie.tracks().values().find(|track| track.kind == Some(re_mp4::TrackKind::Video)).unwrap();
        assert_eq!((video.width.into(), video.height.into()), size(&report), "{name}");
        let longest = movie.tracks().values().map(|track| {
            let ticks: u64 = track.samples.iter().map(|sample| sample.duration).sum();
            f64::from(u32::try_from(ticks).unwrap()) / f64::from(u32::try_from(track.timescale).unwrap())
        });
        let longest = longest.fold(0.0, f64::max);
        assert!((seconds(&report) - longest).abs() <= 0.1, "{name}: {longest} {report:?}");
    }
}

#[test]
fn matroska_demuxer_agrees() {
    let folder = folder();
    for (name, arguments) in [
        ("film.mkv", H264),
        ("front.mkv", "-c:v libx264 -c:a aac -cues_to_front 1"),
        ("web.webm", "-c:v libvpx -deadline realtime -c:a libopus"),
    ] {
        let path = make(&folder, name, &[BOTH, arguments]);
        let report = probe_file(&path).0;
        let file = MatroskaFile::open(File::open(&path).unwrap()).unwrap();
        let milliseconds = file.info().duration().unwrap();
        assert!((seconds(&report) - milliseconds / 1000.0).abs() < 0.001, "{name}");
        let codes: Vec<_> = file.tracks().iter().map(|track| track.codec_id()).collect();
        assert_eq!(
            codes,
            report.tracks.iter().map(|track| track.code.as_str()).collect::<Vec<_>>(),
            "{name}"
        );
        let video = file.tracks()[0].video().unwrap();
        let sides = (video.pixel_width().get(), video.pixel_height().get());
        assert_eq!(sides, (size(&report).0.into(), size(&report).1.into()), "{name}");
        assert_eq!(report.tracks[0].kind, TrackKind::Video);
    }
}
