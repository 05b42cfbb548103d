//! Films of FFmpeg, made once for all tests of the process.

use bytes::Bytes;
use std::{fs, path::Path, process::Command, sync::LazyLock};

/// Two seconds of moving pictures of 96 by 64 pixels, and a tone.
pub(super) const BOTH: &str =
    "-f lavfi -i testsrc2=size=96x64:rate=25:duration=2 -f lavfi -i sine=sample_rate=44100:duration=2";
/// The tone alone.
pub(super) const SOUND: &str = "-f lavfi -i sine=sample_rate=44100:duration=2";
/// H.264 and AAC.
pub(super) const H264: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac";

/// Makes a file with these arguments, which white space separates.
pub(super) fn make(path: &Path, arguments: &[&str]) {
    let words = arguments.iter().flat_map(|arguments| arguments.split_whitespace());
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-threads", "1", "-filter_threads", "1"])
        .args(words)
        .args(["-threads", "1"])
        .arg(path)
        .output()
        .expect("ffmpeg, which tests/tools.sh installs");
    assert!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
}

static WHOLE: LazyLock<Bytes> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whole.mp4");
    make(&path, &[BOTH, H264]);
    fs::read(path).unwrap().into()
});

/// An MP4 in order, its index at the end.
pub(super) fn whole() -> Bytes {
    WHOLE.clone()
}

/// The same as its encoder leaves it when it is killed: the size of `mdat` is 0, and there is no index.
pub(super) fn unfinished() -> Bytes {
    let whole = whole();
    let data = whole.windows(4).position(|kind| kind == b"mdat").unwrap();
    let index = whole.windows(4).rposition(|kind| kind == b"moov").unwrap();
    let mut bytes = whole[..index - 4].to_vec();
    bytes[data - 4..data].fill(0);
    bytes.into()
}
