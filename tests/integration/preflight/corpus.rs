//! A hundred films of every kind, whole and broken: what `ffprobe` cannot play never reaches Youku, and what it plays is never kept back.

use super::films::{BOTH, H264, SOUND, make};
use crate::support::{Setup, TestEnv};
use bytes::Bytes;
use std::{fs, path::Path, process::Command};

/// Whether FFmpeg decodes pictures of the file to its end without an error.
fn plays(path: &Path) -> bool {
    let decoded = Command::new("ffmpeg")
        .args(["-v", "error", "-xerror", "-threads", "1", "-i"])
        .arg(path)
        .args(["-map", "0:v:0", "-f", "null", "-"])
        .output()
        .expect("ffmpeg runs");
    decoded.status.success() && decoded.stderr.is_empty()
}

/// Containers of Youku's list, with what FFmpeg needs to write them.
const KINDS: [(&str, &str); 10] = [
    ("mp4", H264),
    ("faststart.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -movflags +faststart"),
    (
        "fragmented.mp4",
        "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -movflags +frag_keyframe+empty_moov",
    ),
    ("mov", H264),
    ("m4v", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -f mp4"),
    ("mkv", H264),
    ("flv", "-c:v flv1 -c:a libmp3lame"),
    ("avi", "-c:v mpeg4 -c:a libmp3lame"),
    ("wmv", "-c:v wmv2 -c:a wmav2"),
    ("mpg", "-c:v mpeg2video -c:a mp2"),
];

/// Ten of each kind, and whether each is whole and plays: one as FFmpeg wrote it, seven that are cut at so many hundredths, and two that are something else.
fn write_films(folder: &Path) -> Vec<(String, Bytes, bool)> {
    let mut films = Vec::new();
    for (kind, arguments) in KINDS {
        let extension = kind.rsplit('.').next().unwrap();
        let name = |variant: &str| format!("{}-{variant}.{extension}", kind.replace('.', "-"));
        make(&folder.join(name("whole")), &[BOTH, arguments]);
        let whole = fs::read(folder.join(name("whole"))).unwrap();
        for hundredths in [10, 25, 40, 60, 75, 90, 99] {
            let cut = &whole[..whole.len() * hundredths / 100];
            fs::write(folder.join(name(&format!("cut{hundredths}"))), cut).unwrap();
        }
        let page = "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>".as_bytes();
        fs::write(folder.join(name("page")), page).unwrap();
        fs::write(folder.join(name("zeros")), vec![0; 50_000]).unwrap();
        let variants =
            ["whole", "cut10", "cut25", "cut40", "cut60", "cut75", "cut90", "cut99", "page", "zeros"];
        films.extend(variants.map(|variant| {
            let path = folder.join(name(variant));
            // A player need not notice what is missing, such as the index that ends a WMV.
            let is_whole = !variant.starts_with("cut") && plays(&path);
            (name(variant), fs::read(&path).unwrap().into(), is_whole)
        }));
    }
    make(&folder.join("sound.mp4"), &[SOUND, "-c:a aac"]);
    films.push(("sound.mp4".into(), fs::read(folder.join("sound.mp4")).unwrap().into(), false));
    films
}

/// What the preflight must refuse: a cut MP4 or MOV that is not fragmented, a cut WMV, and what is no video. Cut files of the other
/// kinds play as far as they go, and are warned of.
fn must_be_refused(name: &str) -> bool {
    let is_cut = name.contains("-cut");
    let is_whole_or_nothing =
        ["mp4-cut", "faststart", "mov-", "m4v-", "wmv-"].iter().any(|kind| name.contains(kind))
            && !name.starts_with("fragmented");
    name.contains("-page.")
        || name.contains("-zeros.")
        || name == "sound.mp4"
        || is_cut && is_whole_or_nothing
}

#[tokio::test]
async fn nothing_broken_reaches_youku_and_nothing_good_is_kept_back() {
    let folder = tempfile::tempdir().unwrap();
    let films = write_films(folder.path());
    assert!(films.len() > 100, "{}", films.len());
    let env = TestEnv::start(Setup::default()).await;
    for (name, bytes, _) in &films {
        env.put(name, bytes).await;
    }
    let outcomes = env.wait_for_deliveries().await;
    assert_eq!(outcomes.len(), films.len());
    for (name, _, is_whole) in &films {
        let outcome =
            outcomes.iter().map(|delivery| delivery.result()).find(|one| one["data"]["key"] == **name);
        let outcome = outcome.unwrap_or_else(|| panic!("no outcome of {name}"));
        let is_refused = outcome["error"] == "not_publishable";
        assert_eq!(is_refused, outcome["code"] != "200", "{name}: {outcome}");
        assert!(!(*is_whole && is_refused), "{name} is whole and is refused: {outcome}");
        if must_be_refused(name) {
            assert!(is_refused, "{name}: {outcome}");
        } else if !is_whole && !name.starts_with("mpg-cut") {
            // A cut MPEG-PS is a shorter film: its headers state no size.
            let words = outcome["data"]["findings"].as_array().map_or(0, Vec::len);
            assert!(words > 0, "{name} is not whole, and nothing is said of it: {outcome}");
        }
    }
    let refused = outcomes.iter().filter(|delivery| delivery.result()["error"] == "not_publishable").count();
    assert_eq!(env.clouds.youku.sessions().len(), films.len() - refused, "a refused film has no session");
}
