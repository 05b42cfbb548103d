//! The same bytes put once more under the same key: one video, unless a person has reason to want another.

use super::{Answer, OPEN, UNTRIGGERED, naming, next_second, process_per_call, task, tell, tell_of, videos};
use crate::{
    function::{Rig, Setup, bytes, script},
    operator::oss2youku,
};
use bytes::Bytes;
use local_clouds::fc::AsyncState;
use serde_json::json;

const SIZE: usize = 1_500_000;
const REPUBLISH: &str =
    r#"[{bucket="videos",account="main",public_type="all",sidecar="off",republish=true}]"#;

async fn rig(setup: Setup<'_>) -> Rig {
    let env = [&OPEN[..], setup.env].concat();
    let setup = Setup { events: UNTRIGGERED, env: &env, host: process_per_call, ..setup };
    Rig::start(setup).await
}

/// A source bucket that keeps every version: the same bytes are another object each time.
async fn versioned(setup: Setup<'_>) -> Rig {
    let rig = rig(setup).await;
    rig.clouds.oss.set_versioning("videos", true);
    rig
}

async fn arrives(rig: &Rig, bytes: &Bytes) -> Answer {
    rig.put("film.mp4", bytes).await;
    tell(rig, "film.mp4", bytes).await
}

fn is_skipped(answer: &Answer) {
    assert_eq!((answer.skipped(), answer.comes_again()), (Some("same_content"), false), "{answer:?}");
}

/// The video that an arrival became, which no earlier one had become.
fn is_new(answer: &Answer, earlier: &[String]) -> String {
    let video = answer.video().unwrap_or_else(|| panic!("{answer:?}")).to_owned();
    assert!(!earlier.contains(&video), "{answer:?}");
    video
}

#[tokio::test]
async fn the_same_content_again_in_a_versioned_bucket_is_skipped() {
    for mode in ["oss", "slice"] {
        let rig = versioned(Setup::mode(mode)).await;
        let (film, other) = (bytes(1, SIZE), bytes(2, SIZE));
        let first = is_new(&arrives(&rig, &film).await, &[]);
        for _ in 0..2 {
            is_skipped(&arrives(&rig, &film).await);
            // The same version once more.
            is_skipped(&tell(&rig, "film.mp4", &film).await);
        }
        rig.clouds.oss.copy("videos", "film.mp4", "film.mp4").unwrap();
        is_skipped(&tell_of(&rig, "ObjectCreated:CopyObject", "film.mp4", &film).await);
        assert_eq!((videos(&rig, "film"), rig.clouds.youku.sessions().len()), (1, 1));

        // Other content of the same length is another film, and the first one behind it a new one.
        let second = is_new(&arrives(&rig, &other).await, std::slice::from_ref(&first));
        is_skipped(&arrives(&rig, &other).await);
        is_new(&arrives(&rig, &film).await, &[first, second]);
        assert_eq!(videos(&rig, "film"), 3);
    }
}

#[tokio::test]
async fn the_same_parts_again_without_versions_are_skipped() {
    let rig = rig(Setup::default()).await;
    let film = bytes(1, 3 * SIZE);
    for number in 0..3 {
        // The ETag of an object completed from parts is another one each time.
        rig.put_in_parts("film.mp4", &film).await;
        let answer = tell_of(&rig, "ObjectCreated:CompleteMultipartUpload", "film.mp4", &film).await;
        match number {
            0 => drop(is_new(&answer, &[])),
            _ => is_skipped(&answer),
        }
    }
    rig.published("film", &film);
    // Under another key it is another film.
    rig.put("copy.mp4", &film).await;
    assert!(tell(&rig, "copy.mp4", &film).await.video().is_some());
    rig.published("copy", &film);
}

#[tokio::test]
async fn the_same_content_is_published_where_its_video_is_no_more() {
    let rig = versioned(Setup::default()).await;
    let film = bytes(1, SIZE);
    let mut published = vec![is_new(&arrives(&rig, &film).await, &[])];
    for state in ["fail", "blocked", "gone"] {
        let last = published.last().unwrap();
        assert!(rig.clouds.youku.set_video_state(last, Some(state)).unwrap());
        let next = is_new(&arrives(&rig, &film).await, &published);
        published.push(next);
        is_skipped(&arrives(&rig, &film).await);
    }
    assert_eq!(videos(&rig, "film"), published.len());
    // What is being encoded, looked at or limited is there.
    for state in ["encoding", "in_review", "limited", "normal"] {
        assert!(rig.clouds.youku.set_video_state(published.last().unwrap(), Some(state)).unwrap());
        is_skipped(&arrives(&rig, &film).await);
    }
    assert_eq!(videos(&rig, "film"), published.len());
}

#[tokio::test]
async fn a_rule_that_republishes_publishes_the_same_content_again() {
    let rig = versioned(Setup { rules: REPUBLISH, ..Setup::default() }).await;
    let film = bytes(1, SIZE);
    let mut published = Vec::new();
    for _ in 0..3 {
        let next = is_new(&arrives(&rig, &film).await, &published);
        // The same version is no new arrival, whatever the rule says.
        assert_eq!(tell(&rig, "film.mp4", &film).await.video(), Some(next.as_str()));
        published.push(next);
    }
    assert_eq!(videos(&rig, "film"), published.len());
}

#[tokio::test]
async fn a_task_publishes_the_same_content_again() {
    let rig = versioned(Setup::default()).await;
    let film = bytes(1, SIZE);
    let first = is_new(&arrives(&rig, &film).await, &[]);
    rig.put("film.mp4", &film).await;
    is_new(&task(&rig, &naming("film.mp4")).await, &[first]);
    assert_eq!(videos(&rig, "film"), 2);
}

#[tokio::test]
async fn while_youku_cannot_be_asked_the_same_content_waits() {
    let env = [("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1")];
    let rig = versioned(Setup { env: &env, ..Setup::default() }).await;
    let film = bytes(1, SIZE);
    is_new(&arrives(&rig, &film).await, &[]);
    let control = rig.clouds.youku.control();
    let fault = json!({"kind": "status", "status": 503});
    script(&control, json!({"operation": "show", "times": 0, "fault": fault}));
    let answer = arrives(&rig, &film).await;
    assert!(answer.comes_again() && answer.video().is_none() && answer.skipped().is_none(), "{answer:?}");
    assert_eq!((videos(&rig, "film"), rig.clouds.youku.sessions().len()), (1, 1));
    control.faults.clear();
    is_skipped(&tell(&rig, "film.mp4", &film).await);
    assert_eq!((videos(&rig, "film"), rig.clouds.youku.sessions().len()), (1, 1));
}

#[tokio::test]
async fn a_sweep_passes_the_same_content_by_and_asks_youku_once() {
    let rig = versioned(Setup::default()).await;
    let film = bytes(1, SIZE);
    is_new(&arrives(&rig, &film).await, &[]);
    let sweep = async || {
        let said = oss2youku(&rig, &["sweep", "--json"]).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(said.lines().iter().all(|line| line["event"] != "found"), "{said:?}");
    };
    sweep().await;
    next_second().await;
    rig.put("film.mp4", &film).await;
    next_second().await;
    // Counts the calls, and lets all pass.
    let control = rig.clouds.youku.control();
    let passing = json!({"operation": "show", "times": 0, "probability": 0.0, "fault": {"kind": "reset"}});
    let shows = script(&control, passing);
    let asked = || control.faults.state(shows).map_or(0, |state| state.seen);
    sweep().await;
    let once = asked();
    sweep().await;
    assert!(once >= 1 && asked() == once, "asked {once} times, then {}", asked());
    assert_eq!((videos(&rig, "film"), rig.clouds.youku.sessions().len()), (1, 1));
}

#[tokio::test]
async fn events_of_the_platform_that_are_skipped_are_done_with() {
    let setup = Setup { env: &OPEN, host: process_per_call, ..Setup::default() };
    let rig = Rig::start(setup).await;
    rig.clouds.oss.set_versioning("videos", true);
    let film = bytes(1, SIZE);
    for skipped in [false, true, true] {
        rig.put("film.mp4", &film).await;
        let delivery = rig.delivery().await;
        assert_eq!((delivery.state, delivery.attempts), (AsyncState::Succeeded, 1), "{delivery:?}");
        assert_eq!(delivery.result()["skipped"] == "same_content", skipped, "{delivery:?}");
    }
    rig.published("film", &film);
}
