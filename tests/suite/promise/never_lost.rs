//! Never lost: what is odd for a moment ends no upload, and what failed for a cause is published once the cause is gone.

use super::{OPEN, PATIENCE, UNTRIGGERED, committed, naming, process_per_call, reached, task, tell};
use crate::{
    function::{MIB, Rig, Setup, bytes, script},
    operator::oss2youku,
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// One part after the other, two while an answer is awaited, and a second run that comes at once.
const SLOW: [(&str, &str); 3] = [
    ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "1"),
    ("OSS2YOUKU_TRANSFER__PART_MIB", "1"),
    ("OSS2YOUKU_TRANSFER__SECOND_RUN_SECONDS", "1"),
];
/// The rule of the usual rig takes no sidecars.
const SIDECARS: &str = r#"[{bucket="videos",account="main",public_type="all"}]"#;

async fn rig() -> Rig {
    rig_with(Setup::default().rules).await
}

async fn rig_with(rules: &str) -> Rig {
    let env: Vec<_> = OPEN.iter().chain(&SLOW).copied().collect();
    let setup = Setup { events: UNTRIGGERED, env: &env, rules, host: process_per_call, ..Setup::default() };
    Rig::start(setup).await
}

/// What the ledger says of every upload: its state.
async fn states(rig: &Rig) -> Vec<String> {
    let said = oss2youku(rig, &["list", "--json"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let states = said.lines().into_iter().filter_map(|line| line["state"].as_str().map(Into::into));
    states.collect()
}

#[tokio::test]
async fn an_object_that_was_deleted_in_mid_upload_and_is_put_back_is_published() {
    let rig = rig().await;
    let film = bytes(1, 4 * MIB);
    rig.put("film.mp4", &film).await;
    let bucket = rig.clouds.youku.bucket_control();
    let held = script(&bucket, json!({"operation": "UploadPart", "times": 2, "fault": {"kind": "hold"}}));
    let (answer, ()) = tokio::join!(tell(&rig, "film.mp4", &film), async {
        reached(&bucket, held).await;
        rig.bucket.delete("film.mp4").await.unwrap();
        bucket.faults.release(held);
    });
    assert_eq!((answer.error(), answer.comes_again()), (Some("source_missing"), false), "{answer:?}");
    assert_eq!(states(&rig).await, ["failed"]);
    assert_eq!(committed(&rig), Default::default());

    rig.put("film.mp4", &film).await;
    let answer = tell(&rig, "film.mp4", &film).await;
    let video = rig.published("film", &film);
    assert_eq!(answer.video(), Some(video.id.as_str()), "{answer:?}");
}

#[tokio::test]
async fn an_object_that_was_overwritten_and_put_back_is_published_by_a_task() {
    let rig = rig().await;
    let (film, other) = (bytes(1, 4 * MIB), bytes(2, 4 * MIB));
    rig.put("film.mp4", &film).await;
    let bucket = rig.clouds.youku.bucket_control();
    let held = script(&bucket, json!({"operation": "UploadPart", "times": 2, "fault": {"kind": "hold"}}));
    let (answer, ()) = tokio::join!(tell(&rig, "film.mp4", &film), async {
        reached(&bucket, held).await;
        rig.put("film.mp4", &other).await;
        bucket.faults.release(held);
    });
    assert_eq!(answer.error(), Some("source_changed"), "{answer:?}");
    rig.put("film.mp4", &film).await;
    let answer = task(&rig, &naming("film.mp4")).await;
    assert_eq!(answer.video(), Some(rig.published("film", &film).id.as_str()), "{answer:?}");
}

#[tokio::test]
async fn a_head_that_is_refused_once_leaves_the_event_to_come_again() {
    for status in [400, 403, 405] {
        let rig = rig().await;
        let film = bytes(1, 300_000);
        rig.put("film.mp4", &film).await;
        let fault = json!({"kind": "status", "status": status, "code": "Odd"});
        script(&rig.clouds.oss_control, json!({"operation": "HeadObject", "times": 1, "fault": fault}));
        let answer = tell(&rig, "film.mp4", &film).await;
        assert!(answer.comes_again(), "{status}: {answer:?}");
        let answer = tell(&rig, "film.mp4", &film).await;
        assert_eq!(answer.video(), Some(rig.published("film", &film).id.as_str()), "{status}: {answer:?}");
    }
}

#[tokio::test]
async fn a_sidecar_that_is_too_large_is_the_objects_fault_and_settles_the_event() {
    let rig = rig_with(SIDECARS).await;
    let film = bytes(1, 300_000);
    rig.put("film.mp4", &film).await;
    rig.put("film.mp4.youku.json", &bytes(2, 2 * MIB)).await;
    let answer = tell(&rig, "film.mp4", &film).await;
    assert_eq!((answer.error(), answer.comes_again()), (Some("invalid_job"), false), "{answer:?}");
    assert!(answer.says("the sidecar is too large") && answer.says("film.mp4.youku.json"), "{answer:?}");
    rig.bucket.delete("film.mp4.youku.json").await.unwrap();
    let answer = tell(&rig, "film.mp4", &film).await;
    assert_eq!(answer.video(), Some(rig.published("film", &film).id.as_str()), "{answer:?}");
}

#[tokio::test]
async fn a_refusal_that_nothing_explains_is_told_at_once_and_final_after_a_second_run() {
    for (operation, code) in [("UploadPart", "target_failed"), ("GetObject", "source_failed")] {
        let rig = rig().await;
        let film = bytes(1, 3 * MIB);
        rig.put("film.mp4", &film).await;
        let fault = json!({"kind": "status", "status": 400, "code": "Odd"});
        let control = if operation == "GetObject" {
            rig.clouds.oss_control.clone()
        } else {
            rig.clouds.youku.bucket_control()
        };
        script(&control, json!({"operation": operation, "times": 0, "fault": fault}));
        let answer = task(&rig, &naming("film.mp4")).await;
        assert_eq!(answer.error(), Some(code), "{answer:?}");
        assert_eq!(states(&rig).await, ["open"], "{operation}");
        let second_run = async {
            while states(&rig).await != ["failed"] {
                let swept = oss2youku(&rig, &["sweep", "--json"]).await;
                assert!(matches!(swept.code, Some(0 | 1)), "{operation}: {swept:?}");
            }
        };
        timeout(PATIENCE, second_run).await.expect("the second run is refused as well");
        control.faults.clear();
        let [told] = oss2youku(&rig, &["list", "--json"]).await.lines().try_into().unwrap();
        let id = told["upload_id"].as_str().unwrap().to_owned();
        let said = oss2youku(&rig, &["retry", &id]).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        rig.published("film", &film);
    }
}

#[tokio::test]
async fn a_run_that_its_deadline_ends_names_the_last_error() {
    let mut env: Vec<_> = OPEN.iter().chain(&SLOW).copied().collect();
    env.push(("OSS2YOUKU_LOG__LEVEL", "info"));
    let host = |function: &mut local_clouds::fc::FunctionConfig| {
        process_per_call(function);
        function.timeout = Duration::from_secs(5);
    };
    let setup = Setup { events: UNTRIGGERED, env: &env, host, ..Setup::default() };
    let rig = Rig::start(setup).await;
    let film = bytes(1, 2 * MIB);
    rig.put("film.mp4", &film).await;
    let fault = json!({"kind": "status", "status": 503});
    let bucket = rig.clouds.youku.bucket_control();
    script(&bucket, json!({"operation": "UploadPart", "times": 0, "fault": fault}));
    let answer = tell(&rig, "film.mp4", &film).await;
    assert_eq!(answer.error(), Some("deadline"), "{answer:?}");
    assert!(answer.says("target_failed in UploadPart"), "{answer:?}");
    assert!(rig.log().contains("target_failed in UploadPart"), "{}", rig.log());
    bucket.faults.clear();
    let swept = oss2youku(&rig, &["sweep", "--json"]).await;
    assert_eq!(swept.code, Some(0), "{swept:?}");
    rig.published("film", &film);
}

#[tokio::test]
async fn a_rules_callback_is_told_that_metadata_cannot_be_read() {
    use crate::callbacks::receiver::Receiver;
    let receiver = Receiver::answering(&[]).await;
    let rules = format!(
        r#"[{{bucket="videos",account="main",public_type="all",callback="http://127.0.0.1:{}/done"}}]"#,
        receiver.port
    );
    let ports = format!("[{}]", receiver.port);
    let mut env: Vec<_> = OPEN.to_vec();
    env.extend([
        ("OSS2YOUKU_CALLBACK__ALLOW_HTTP", "true"),
        ("OSS2YOUKU_CALLBACK__ALLOWED", r#"[{host="127.0.0.1",network="127.0.0.0/8"}]"#),
        ("OSS2YOUKU_CALLBACK__PORTS", &ports),
    ]);
    let setup =
        Setup { events: UNTRIGGERED, env: &env, rules: &rules, host: process_per_call, ..Setup::default() };
    let rig = Rig::start(setup).await;
    let film = bytes(1, 300_000);
    rig.put_with("film.mp4", &film, &[("youku-public-type", "everybody")]).await;
    let answer = tell(&rig, "film.mp4", &film).await;
    assert_eq!((answer.error(), answer.comes_again()), (Some("invalid_job"), false), "{answer:?}");
    let [heard] = receiver.heard().try_into().expect("one callback");
    let told: Value = heard.json();
    assert_eq!((&told["error"], &told["data"]["key"]), (&json!("invalid_job"), &json!("film.mp4")), "{told}");
}
