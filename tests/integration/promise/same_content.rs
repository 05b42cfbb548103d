//! The same bytes are put again under the same key: one video, unless a person has reason to want another.

use super::{
    Answer, OPEN, UNTRIGGERED, naming, next_second, process_per_call, send_event, send_named_event, task,
    videos,
};
use crate::support::{Setup, TestEnv, add_fault, command_line::oss2youku, sample_bytes};
use bytes::Bytes;
use local_clouds::fc::AsyncState;
use serde_json::json;

const SIZE: usize = 1_500_000;
const REPUBLISH: &str =
    r#"[{bucket="videos",account="main",public_type="all",sidecar="off",republish=true}]"#;

async fn start_env(setup: Setup<'_>) -> TestEnv {
    let variables = [&OPEN[..], setup.variables].concat();
    let setup = Setup { events: UNTRIGGERED, variables: &variables, host: process_per_call, ..setup };
    TestEnv::start(setup).await
}

/// A source bucket that keeps every version: the same bytes are another object each time.
async fn versioned(setup: Setup<'_>) -> TestEnv {
    let env = start_env(setup).await;
    env.clouds.oss.set_versioning("videos", true);
    env
}

async fn put_and_send_event(env: &TestEnv, bytes: &Bytes) -> Answer {
    env.put("film.mp4", bytes).await;
    send_event(env, "film.mp4", bytes).await
}

fn assert_skipped(answer: &Answer) {
    assert_eq!((answer.skipped(), answer.is_redelivered()), (Some("same_content"), false), "{answer:?}");
}

/// The video that an arrival became, which no earlier one had become.
fn assert_new(answer: &Answer, earlier: &[String]) -> String {
    let video = answer.video().unwrap_or_else(|| panic!("{answer:?}")).to_owned();
    assert!(!earlier.contains(&video), "{answer:?}");
    video
}

#[tokio::test]
async fn the_same_content_again_in_a_versioned_bucket_assert_skipped() {
    for mode in ["oss", "slice"] {
        let env = versioned(Setup::with_mode(mode)).await;
        let (film, other) = (sample_bytes(1, SIZE), sample_bytes(2, SIZE));
        let first = assert_new(&put_and_send_event(&env, &film).await, &[]);
        for _ in 0..2 {
            assert_skipped(&put_and_send_event(&env, &film).await);
            // The same version once more.
            assert_skipped(&send_event(&env, "film.mp4", &film).await);
        }
        env.clouds.oss.copy("videos", "film.mp4", "film.mp4").unwrap();
        assert_skipped(&send_named_event(&env, "ObjectCreated:CopyObject", "film.mp4", &film).await);
        assert_eq!((videos(&env, "film"), env.clouds.youku.sessions().len()), (1, 1));

        // Other content of the same length is another film, and the first content after it is a new one.
        let second = assert_new(&put_and_send_event(&env, &other).await, std::slice::from_ref(&first));
        assert_skipped(&put_and_send_event(&env, &other).await);
        assert_new(&put_and_send_event(&env, &film).await, &[first, second]);
        assert_eq!(videos(&env, "film"), 3);
    }
}

#[tokio::test]
async fn the_same_parts_again_without_versions_are_skipped() {
    let env = start_env(Setup::default()).await;
    let film = sample_bytes(1, 3 * SIZE);
    for number in 0..3 {
        // The ETag of an object completed from parts is another one each time.
        env.put_in_parts("film.mp4", &film).await;
        let answer = send_named_event(&env, "ObjectCreated:CompleteMultipartUpload", "film.mp4", &film).await;
        match number {
            0 => drop(assert_new(&answer, &[])),
            _ => assert_skipped(&answer),
        }
    }
    env.assert_published("film", &film);
    // Under another key it is another film.
    env.put("copy.mp4", &film).await;
    assert!(send_event(&env, "copy.mp4", &film).await.video().is_some());
    env.assert_published("copy", &film);
}

#[tokio::test]
async fn the_same_content_is_published_where_its_video_is_gone() {
    let env = versioned(Setup::default()).await;
    let film = sample_bytes(1, SIZE);
    let mut published = vec![assert_new(&put_and_send_event(&env, &film).await, &[])];
    for state in ["fail", "blocked", "gone"] {
        let last = published.last().unwrap();
        assert!(env.clouds.youku.set_video_state(last, Some(state)).unwrap());
        let next = assert_new(&put_and_send_event(&env, &film).await, &published);
        published.push(next);
        assert_skipped(&put_and_send_event(&env, &film).await);
    }
    assert_eq!(videos(&env, "film"), published.len());
    // A video that is encoding, in review or limited exists.
    for state in ["encoding", "in_review", "limited", "normal"] {
        assert!(env.clouds.youku.set_video_state(published.last().unwrap(), Some(state)).unwrap());
        assert_skipped(&put_and_send_event(&env, &film).await);
    }
    assert_eq!(videos(&env, "film"), published.len());
}

#[tokio::test]
async fn a_rule_that_republishes_publishes_the_same_content_again() {
    let env = versioned(Setup { rules: REPUBLISH, ..Setup::default() }).await;
    let film = sample_bytes(1, SIZE);
    let mut published = Vec::new();
    for _ in 0..3 {
        let next = assert_new(&put_and_send_event(&env, &film).await, &published);
        // The same version is no new arrival, whatever the rule says.
        assert_eq!(send_event(&env, "film.mp4", &film).await.video(), Some(next.as_str()));
        published.push(next);
    }
    assert_eq!(videos(&env, "film"), published.len());
}

#[tokio::test]
async fn a_task_publishes_the_same_content_again() {
    let env = versioned(Setup::default()).await;
    let film = sample_bytes(1, SIZE);
    let first = assert_new(&put_and_send_event(&env, &film).await, &[]);
    env.put("film.mp4", &film).await;
    assert_new(&task(&env, &naming("film.mp4")).await, &[first]);
    assert_eq!(videos(&env, "film"), 2);
}

#[tokio::test]
async fn the_same_content_waits_while_youku_is_unreachable() {
    let variables = [("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1")];
    let env = versioned(Setup { variables: &variables, ..Setup::default() }).await;
    let film = sample_bytes(1, SIZE);
    assert_new(&put_and_send_event(&env, &film).await, &[]);
    let control = env.clouds.youku.control();
    let fault = json!({"kind": "status", "status": 503});
    add_fault(&control, json!({"operation": "show", "times": 0, "fault": fault}));
    let answer = put_and_send_event(&env, &film).await;
    assert!(answer.is_redelivered() && answer.video().is_none() && answer.skipped().is_none(), "{answer:?}");
    assert_eq!((videos(&env, "film"), env.clouds.youku.sessions().len()), (1, 1));
    control.faults.clear();
    assert_skipped(&send_event(&env, "film.mp4", &film).await);
    assert_eq!((videos(&env, "film"), env.clouds.youku.sessions().len()), (1, 1));
}

#[tokio::test]
async fn a_sweep_skips_the_same_content_and_asks_youku_once() {
    let env = versioned(Setup::default()).await;
    let film = sample_bytes(1, SIZE);
    assert_new(&put_and_send_event(&env, &film).await, &[]);
    let sweep = async || {
        let output = oss2youku(&env, &["sweep", "--json"]).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        assert!(output.lines().iter().all(|line| line["event"] != "found"), "{output:?}");
    };
    sweep().await;
    next_second().await;
    env.put("film.mp4", &film).await;
    next_second().await;
    // Counts the calls, and lets all pass.
    let control = env.clouds.youku.control();
    let passing = json!({"operation": "show", "times": 0, "probability": 0.0, "fault": {"kind": "reset"}});
    let shows = add_fault(&control, passing);
    let asked = || control.faults.state(shows).map_or(0, |state| state.seen);
    sweep().await;
    let once = asked();
    sweep().await;
    assert!(once >= 1 && asked() == once, "asked {once} times, then {}", asked());
    assert_eq!((videos(&env, "film"), env.clouds.youku.sessions().len()), (1, 1));
}

#[tokio::test]
async fn skipped_events_of_the_platform_are_acknowledged() {
    let setup = Setup { variables: &OPEN, host: process_per_call, ..Setup::default() };
    let env = TestEnv::start(setup).await;
    env.clouds.oss.set_versioning("videos", true);
    let film = sample_bytes(1, SIZE);
    for skipped in [false, true, true] {
        env.put("film.mp4", &film).await;
        let delivery = env.wait_for_delivery().await;
        assert_eq!((delivery.state, delivery.attempts), (AsyncState::Succeeded, 1), "{delivery:?}");
        assert_eq!(delivery.result()["skipped"] == "same_content", skipped, "{delivery:?}");
    }
    env.assert_published("film", &film);
}
