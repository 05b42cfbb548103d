//! Files that no whole video can be made of.

use super::find;
use crate::support::{
    ffmpeg::{BOTH, H264, PICTURES, SOUND, folder, judge, make},
    reader::{probe_file, words},
};
use media_probe::{Language, OtherKind, Problem};
use std::fs;
use tempfile::TempDir;

/// Makes the file, cuts it to parts of its length, and returns the findings of each.
fn cut(folder: &TempDir, name: &str, arguments: &[&str]) -> Vec<(usize, Vec<String>)> {
    let path = make(folder, name, arguments);
    let whole = fs::read(&path).unwrap();
    let parts = [10, 60, 99].into_iter();
    parts
        .map(|percent| {
            fs::write(&path, &whole[..whole.len() * percent / 100]).unwrap();
            (percent, words(&probe_file(&path).0))
        })
        .collect()
}

#[test]
fn every_cut_mp4_and_mov_is_refused() {
    let folder = folder();
    for (name, flags) in [
        ("end.mp4", ""),
        ("fast.mp4", "-movflags +faststart"),
        ("end.mov", ""),
        ("fast.mov", "-movflags +faststart"),
        ("phone.3gp", "-f 3gp"),
    ] {
        for (percent, words) in cut(&folder, name, &[BOTH, H264, flags]) {
            assert_eq!(words[0], "refuse truncated", "{name} at {percent} %: {words:?}");
        }
    }
}

#[test]
fn every_cut_asf_is_refused() {
    for (percent, words) in cut(&folder(), "cut.wmv", &[BOTH, "-c:v wmv2 -c:a wmav2"]) {
        assert_eq!(words[0], "refuse truncated", "{percent} %: {words:?}");
    }
}

/// What precedes the cut may play: players differ.
#[test]
fn other_cut_files_are_at_least_warned_of() {
    let folder = folder();
    for (name, arguments) in [
        ("fragmented.mp4", &[BOTH, H264, "-g 10 -movflags frag_keyframe+empty_moov"][..]),
        ("untrailed.mp4", &[BOTH, H264, "-g 10 -movflags frag_keyframe+empty_moov+skip_trailer"]),
        ("film.mkv", &[BOTH, H264]),
        ("divx.avi", &[BOTH, "-c:v mpeg4 -c:a mp3"]),
        ("old.flv", &[BOTH, "-c:v flv1 -c:a mp3"]),
        ("real.rm", &[BOTH, "-c:v rv20 -c:a ac3"]),
    ] {
        for (percent, words) in cut(&folder, name, arguments) {
            assert!(words.iter().any(|word| word.ends_with("truncated")), "{name} at {percent} %: {words:?}");
            let is_header_whole = percent > 10;
            assert!(!is_header_whole || !words[0].starts_with("refuse"), "{name} at {percent} %: {words:?}");
        }
    }
}

/// `mdat` without an end and no index: what a program leaves behind that still writes.
#[test]
fn a_recording_in_progress_has_no_index() {
    let folder = folder();
    let path = make(&folder, "rec.mp4", &[BOTH, H264]);
    let mut bytes = fs::read(&path).unwrap();
    bytes.truncate(find(&bytes, b"moov") - 4);
    let data = find(&bytes, b"mdat");
    bytes[data - 4..data].fill(0);
    fs::write(&path, &bytes).unwrap();
    assert_eq!(words(&probe_file(&path).0), ["refuse no_index"]);
    assert!(judge(&path).is_none());
    // It is closed, but the index did not follow.
    let length = u32::try_from(bytes.len() - data + 4).unwrap();
    bytes[data - 4..data].copy_from_slice(&length.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    assert_eq!(words(&probe_file(&path).0), ["refuse no_index"]);
}

/// MPEG program streams do not list their streams: what was not met may follow.
#[test]
fn sound_alone_is_refused_where_it_is_proven() {
    let folder = folder();
    for (name, arguments, finding) in [
        ("sound.mp4", "-c:a aac", "refuse no_video_track"),
        ("sound.mov", "-c:a pcm_s16le", "refuse no_video_track"),
        ("fragmented.mp4", "-c:a aac -movflags frag_keyframe+empty_moov", "refuse no_video_track"),
        ("sound.mkv", "-c:a aac", "refuse no_video_track"),
        ("sound.flv", "-c:a mp3", "refuse no_video_track"),
        ("sound.ts", "-c:a aac -f mpegts", "refuse no_video_track"),
        ("private.ts", "-c:a aac -f mpegts -mpegts_m2ts_mode 1", "warn no_video_track"),
        ("sound.avi", "-c:a mp3", "refuse no_video_track"),
        ("sound.wmv", "-c:a wmav2", "refuse no_video_track"),
        ("sound.rm", "-c:a ac3", "refuse no_video_track"),
        ("short.mpg", "-c:a mp2 -f vob", "refuse no_video_track"),
        ("long.mpg", "-t 30 -c:a mp2 -b:a 384k -f vob", "warn no_video_track"),
    ] {
        let input = if name == "long.mpg" { "-f lavfi -i sine=sample_rate=44100" } else { SOUND };
        let path = make(&folder, name, &[input, arguments]);
        let words = words(&probe_file(&path).0);
        assert!(words.contains(&finding.to_owned()), "{name}: {words:?}");
    }
}

#[test]
fn encrypted_pictures_are_refused() {
    let keys = "-encryption_scheme cenc-aes-ctr -encryption_key 76a6c65c5ea762046bd749a2e632ccbb \
        -encryption_kid a7e61c373e219033c21091fa607bf3b8";
    let folder = folder();
    let path = make(&folder, "drm.mp4", &[BOTH, H264, keys]);
    let (report, _) = probe_file(&path);
    assert_eq!(words(&report), ["refuse encrypted", "warn index_at_end"]);
    assert_eq!(
        report.tracks.iter().map(|track| track.codec).collect::<Vec<_>>(),
        [Some("h264"), Some("aac")]
    );
}

#[test]
fn other_files_under_a_videos_name_are_refused() {
    let folder = folder();
    let page = b"\xef\xbb\xbf\r\n <!DOCTYPE html>\n<html><body>404 Not Found</body></html>";
    let comment = b"<!-- nginx --><html><head>";
    let error = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>\n  <Code>AccessDenied</Code>";
    let spread = [&[0; 200_000][..], b"x", &[0; 200_000]].concat();
    for (bytes, finding) in [
        (&page[..], Some(OtherKind::Html)),
        (comment, Some(OtherKind::Html)),
        (error, Some(OtherKind::Xml)),
        (b"PK\x03\x04\x14\0\0\0\x08\0", Some(OtherKind::Zip)),
        (&[0; 300_000], Some(OtherKind::Zeros)),
        (&[0], Some(OtherKind::Zeros)),
        (b"", Some(OtherKind::Empty)),
        (b"\0\0\0\x14ftypavif\0\0\0\0mif1\0\0\0\x08meta", Some(OtherKind::StillPicture)),
        (b"< this is no tag", None),
        (b"<\0\x01\x02", None),
        (b"#EXTM3U\n", None),
        (&spread, None),
    ] {
        let path = folder.path().join("clip.mp4");
        fs::write(&path, bytes).unwrap();
        let problems: Vec<_> =
            probe_file(&path).0.findings.into_iter().map(|finding| finding.problem).collect();
        let expected = finding.map_or(Problem::Unrecognized, Problem::NotAVideo);
        assert_eq!(problems, [expected], "{bytes:?}");
    }
}

#[test]
fn an_extension_of_another_format_is_a_warning() {
    let folder = folder();
    for (name, format, words_of_it) in [
        ("film.mp4", "flv", &["warn wrong_extension"][..]),
        ("FILM.AVI", "mp4", &["warn wrong_extension", "warn index_at_end"]),
        ("film.mov", "mp4", &["warn index_at_end"]),
        ("film.bin", "mp4", &["warn index_at_end"]),
        ("film", "mp4", &["warn index_at_end"]),
        ("film.mpg", "mpegts", &[]),
    ] {
        let path = make(&folder, name, &[PICTURES, H264, "-f", format]);
        assert_eq!(words(&probe_file(&path).0), words_of_it, "{name}");
    }
    let path = make(&folder, "film.mkv", &[PICTURES, H264, "-f flv"]);
    let finding = &probe_file(&path).0.findings[0];
    assert!(finding.sentence(Language::English).ends_with("its content is FLV."));
    assert!(finding.sentence(Language::Chinese).ends_with("文件内容是 FLV。"));
}
