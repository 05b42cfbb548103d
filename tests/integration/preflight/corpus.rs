//! A hundred films of every kind, whole and broken, through `dev` whose Youku rejects what `ffprobe` cannot read: nothing broken reaches it, and
//! what plays is never kept back.

use super::films::{BOTH, H264, SOUND, make, unfinished};
use crate::support::dev::{DevProcess, bucket, videos};
use bytes::Bytes;
use object_storage::PutOptions;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path, process::Command};

/// The name of the film that is published without the preflight, so that the review is seen to reject it.
const FORCED: &str = "forced";
/// What precedes state and result in the line about an event.
const ATTEMPTS: &str = "attempts: ";

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

/// Puts the films into the bucket of `dev`, and reads from its log what the function said of each.
async fn publish(dev: &mut DevProcess, films: &[(String, Bytes, bool)]) -> BTreeMap<String, Value> {
    let bucket = bucket(&dev.places["oss"]);
    let films: Vec<_> = films.iter().map(|(name, bytes, _)| (name.clone(), bytes.clone())).collect();
    let count = films.len();
    let putting = tokio::spawn(async move {
        for (name, bytes) in films {
            let user_metadata = match name.strip_prefix(FORCED) {
                Some(_) => BTreeMap::from([("youku-preflight".into(), "off".into())]),
                None => BTreeMap::new(),
            };
            let options = PutOptions { user_metadata, ..PutOptions::default() };
            bucket.put(&name, bytes, &options).await.unwrap();
        }
    });
    // A lease may die on a busy machine: then the sweep ends the upload, and its result has the upload's id in place of the film's key.
    let (mut films, mut ended) = (BTreeMap::new(), BTreeMap::new());
    while ended.keys().filter(|id| films.contains_key(*id)).count() < count {
        let line = dev.log.wait_for(|line| line.contains(ATTEMPTS));
        let Some((_, body)) = line.split_once(ATTEMPTS).and_then(|(_, rest)| rest.split_once(' ')) else {
            continue;
        };
        let body: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{line}"));
        for result in body["results"].as_array().into_iter().flatten() {
            let data = &result["data"];
            let key = data["key"].as_str().unwrap_or_else(|| panic!("{line}"));
            let id = data["upload_id"].as_str().unwrap_or_else(|| panic!("{line}")).to_owned();
            if id != key {
                films.insert(id.clone(), key.to_owned());
            }
            if result["code"] == "200" || result["error"] == "not_publishable" {
                ended.insert(id, result.clone());
            }
        }
    }
    putting.await.unwrap();
    ended.into_iter().filter_map(|(id, result)| Some((films.remove(&id)?, result))).collect()
}

/// Review is real: the local Youku rejects what ffprobe cannot read.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_broken_reaches_youku_and_nothing_good_is_kept_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut films = write_films(folder.path());
    assert!(films.len() > 100, "{}", films.len());
    let forced = format!("{FORCED}.mp4");
    films.push((forced.clone(), unfinished(), false));
    let mut dev = DevProcess::start(&["--lang", "en"]);
    let url = format!("{}/_sandbox/switches", dev.places["youku"]["api"].as_str().unwrap());
    let review = json!({"reject_unreadable": true, "encoding_ms": 0}).to_string();
    let switched = app::http_client().unwrap().post(url).body(review).send().await.unwrap();
    assert_eq!(switched.status(), 200, "there is no ffprobe");

    let outcomes = publish(&mut dev, &films).await;
    let videos = videos(&dev.places).await;
    let videos: BTreeMap<_, _> =
        videos.as_array().unwrap().iter().map(|video| (video["id"].as_str().unwrap(), video)).collect();
    let mut published = 0;
    for (name, _, is_whole) in &films {
        let outcome = &outcomes[name];
        let is_refused = outcome["error"] == "not_publishable";
        assert_eq!(is_refused, outcome["code"] != "200", "{name}: {outcome}");
        assert!(!(*is_whole && is_refused), "{name} is whole and is refused: {outcome}");
        if !is_refused {
            published += 1;
            let state = &videos[outcome["data"]["videoid"].as_str().unwrap()]["state"];
            let expected = if *name == forced { "fail" } else { "normal" };
            assert_eq!(state, expected, "{name}: {outcome}");
        }
        if must_be_refused(name) {
            assert!(is_refused, "{name}: {outcome}");
        } else if !is_whole && *name != forced && !name.starts_with("mpg-cut") {
            // A cut MPEG-PS is a shorter film: its headers state no size.
            let words = outcome["data"]["findings"].as_array().map_or(0, Vec::len);
            assert!(words > 0, "{name} is not whole, and nothing is said of it: {outcome}");
        }
    }
    assert_eq!(videos.len(), published, "a refused film has no video");
}
