//! The console of `oss2youku dev`: faults on purpose, and the player.

use super::browser::walk_at;
use crate::support::{MIB, dev_terminal::DevTerminal, sample_bytes, workspace};
use bytes::Bytes;
use object_storage::PutOptions;
use serde_json::json;
use std::fs;

/// The function is killed in the middle of an upload: the page shows how another instance publishes it.
#[tokio::test]
async fn a_killed_function_recovers_its_upload() {
    let data = tempfile::tempdir().unwrap();
    let mut dev = DevTerminal::start(data.path(), &[]);
    let browser = crate::support::console::Browser::open(dev.url(0)).await;
    let slow = json!({"fault": "slow_link", "on": true});
    let (status, faults) = browser.post_json("/console/faults", &slow).await;
    let link = &faults[2];
    assert_eq!(
        (status, &link["fault"], &link["lasts"], &link["on"]),
        (200, &json!("slow_link"), &json!(true), &json!(true))
    );
    let chinese = browser.get("/console/faults?lang=zh").await;
    assert_eq!(
        (link["name"].as_str(), chinese[2]["name"].as_str()),
        (Some("Slow link to Youku"), Some("到优酷的慢速链路"))
    );
    let bytes = sample_bytes(1, 40 * MIB);
    dev.bucket("videos").put("film.mp4", bytes, &PutOptions::default()).await.unwrap();
    walk_at(dev.url(0), "kill", json!({"moving": "film"})).await;
    assert_eq!(dev.end(), Some(130));
}

#[tokio::test]
async fn faults_are_switched_on_and_off() {
    let data = tempfile::tempdir().unwrap();
    let mut dev = DevTerminal::start(data.path(), &[]);
    walk_at(dev.url(0), "switches", json!({})).await;
    assert_eq!(dev.end(), Some(130));
}

/// The video that the local Youku holds is played in the page, with ranges.
#[tokio::test]
async fn a_published_video_is_played() {
    let data = tempfile::tempdir().unwrap();
    let mut dev = DevTerminal::start(data.path(), &[]);
    let browser = crate::support::console::Browser::open(dev.url(0)).await;
    let sample = fs::read(workspace().join("functions/cli/assets/demo.mp4")).unwrap();
    dev.bucket("videos").put("demo.mp4", Bytes::from(sample.clone()), &PutOptions::default()).await.unwrap();
    let list = browser.wait_for("?state=published", |list| list["total"] == 1).await;
    let video = format!("/console/videos/{}", list["rows"][0]["videoid"].as_str().unwrap());
    for (range, status, part) in [
        (None, 200, &sample[..]),
        (Some("bytes=0-9"), 206, &sample[..10]),
        (Some("bytes=1000-"), 206, &sample[1000..]),
        (Some("bytes=-5"), 206, &sample[sample.len() - 5..]),
        (Some("bytes=99999999-"), 416, &[]),
    ] {
        let (answered, bytes) = browser.get_range(&video, range).await;
        assert!((answered, &bytes[..]) == (status, part), "{range:?}: {answered}, {} bytes", bytes.len());
    }
    assert_eq!(browser.get_range("/console/videos/nothing", None).await.0, 404);
    walk_at(dev.url(0), "play", json!({"seconds": 6})).await;
    assert_eq!(dev.end(), Some(130));
}
