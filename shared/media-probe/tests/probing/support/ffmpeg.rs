//! FFmpeg as the maker of files and `ffprobe` as their judge. `tests/tools.sh` of the workspace installs both.

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// Two seconds of moving pictures of 96 by 64 pixels.
pub(crate) const PICTURES: &str = "-f lavfi -i testsrc2=size=96x64:rate=25:duration=2";
/// The same with a tone.
pub(crate) const BOTH: &str =
    "-f lavfi -i testsrc2=size=96x64:rate=25:duration=2 -f lavfi -i sine=sample_rate=44100:duration=2";
/// The tone alone.
pub(crate) const SOUND: &str = "-f lavfi -i sine=sample_rate=44100:duration=2";
/// H.264 and AAC.
pub(crate) const H264: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac";

/// A folder for one test's files.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Makes the file `name` with these arguments, which white space separates.
pub(crate) fn make(folder: &TempDir, name: &str, arguments: &[&str]) -> PathBuf {
    let path = folder.path().join(name);
    let words = arguments.iter().flat_map(|arguments| arguments.split_whitespace());
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-threads", "1", "-filter_threads", "1"])
        .args(words)
        .args(["-threads", "1"])
        .arg(&path)
        .output()
        .expect("ffmpeg runs: tests/tools.sh installs it");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    path
}

/// As [`make`], but written into a pipe.
pub(crate) fn make_in_pipe(folder: &TempDir, name: &str, format: &str, arguments: &[&str]) -> PathBuf {
    let path = folder.path().join(name);
    let words = arguments.iter().flat_map(|arguments| arguments.split_whitespace());
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-threads", "1", "-filter_threads", "1"])
        .args(words)
        .args(["-threads", "1", "-f", format, "-"])
        .output()
        .expect("ffmpeg runs: tests/tools.sh installs it");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    fs::write(&path, output.stdout).expect("the file");
    path
}

/// What `ffprobe` says of a file.
#[derive(Debug)]
pub(crate) struct Judgement {
    /// Seconds.
    pub(crate) duration: Option<f64>,
    /// Kind, codec, width and height; no pictures of covers.
    pub(crate) streams: Vec<(String, String, u64, u64)>,
}

/// Asks `ffprobe`; `None` if it cannot read the file.
pub(crate) fn judge(path: &Path) -> Option<Judgement> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-show_format", "-show_streams", "-of", "json"])
        .arg(path)
        .output()
        .expect("ffprobe runs: tests/tools.sh installs it");
    if !output.status.success() {
        return None;
    }
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let streams = json["streams"].as_array().into_iter().flatten().map(|stream| {
        let side = |name| stream[name].as_u64().unwrap_or_default();
        (text(&stream["codec_type"]), text(&stream["codec_name"]), side("width"), side("height"))
    });
    let duration = json["format"]["duration"].as_str().map(|duration| duration.parse().expect("seconds"));
    Some(Judgement { duration, streams: streams.collect() })
}
