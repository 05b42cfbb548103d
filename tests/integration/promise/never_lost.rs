//! Never lost: a momentary oddity ends no upload, and an upload that failed for a cause is published once the cause is gone.

use super::{
    OPEN, TIMEOUT, called_by_test, count_committed_sessions, naming, process_per_call, send_event, task,
};
use crate::support::{
    MIB, Setup, TestEnv, add_fault, callback_receiver::Receiver, command_line::oss2youku, sample_bytes,
    wait_fired,
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// One part after the other, two while a response is awaited, and a second run that follows at once.
const SLOW: [(&str, &str); 3] = [
    ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "1"),
    ("OSS2YOUKU_TRANSFER__PART_MIB", "1"),
    ("OSS2YOUKU_TRANSFER__SECOND_RUN_SECONDS", "1"),
];
/// The usual rule reads no sidecars.
const SIDECARS: &str = r#"[{bucket="videos",account="main",public_type="all"}]"#;

async fn start_env() -> TestEnv {
    start_env_with(Setup::default().rules).await
}

async fn start_env_with(rules: &str) -> TestEnv {
    let variables: Vec<_> = OPEN.iter().chain(&SLOW).copied().collect();
    let setup = Setup { variables: &variables, rules, ..called_by_test() };
    TestEnv::start(setup).await
}

/// The state of every upload in the ledger.
async fn states(env: &TestEnv) -> Vec<String> {
    let output = oss2youku(env, &["list", "--json"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    let states = output.lines().into_iter().filter_map(|line| line["state"].as_str().map(Into::into));
    states.collect()
}

/// An object that was deleted in mid-upload and is put back is published.
#[tokio::test]
async fn an_object_deleted_and_restored_is_published() {
    let env = start_env().await;
    let film = sample_bytes(1, 4 * MIB);
    env.put("film.mp4", &film).await;
    let bucket = env.clouds.youku.bucket_control();
    let held = add_fault(&bucket, json!({"operation": "UploadPart", "times": 2, "fault": {"kind": "hold"}}));
    let (answer, ()) = tokio::join!(send_event(&env, "film.mp4", &film), async {
        wait_fired(&bucket, held, 1).await;
        env.bucket.delete("film.mp4").await.unwrap();
        bucket.faults.release(held);
    });
    assert_eq!((answer.error(), answer.is_redelivered()), (Some("source_missing"), false), "{answer:?}");
    assert_eq!(states(&env).await, ["failed"]);
    assert_eq!(count_committed_sessions(&env), Default::default());

    env.put("film.mp4", &film).await;
    let answer = send_event(&env, "film.mp4", &film).await;
    let video = env.assert_published("film", &film);
    assert_eq!(answer.video(), Some(video.id.as_str()), "{answer:?}");
}

/// An object that was overwritten in mid-upload and put back is published by a task.
#[tokio::test]
async fn an_object_overwritten_and_restored_is_published() {
    let env = start_env().await;
    let (film, other) = (sample_bytes(1, 4 * MIB), sample_bytes(2, 4 * MIB));
    env.put("film.mp4", &film).await;
    let bucket = env.clouds.youku.bucket_control();
    let held = add_fault(&bucket, json!({"operation": "UploadPart", "times": 2, "fault": {"kind": "hold"}}));
    let (answer, ()) = tokio::join!(send_event(&env, "film.mp4", &film), async {
        wait_fired(&bucket, held, 1).await;
        env.put("film.mp4", &other).await;
        bucket.faults.release(held);
    });
    assert_eq!(answer.error(), Some("source_changed"), "{answer:?}");
    env.put("film.mp4", &film).await;
    let answer = task(&env, &naming("film.mp4")).await;
    assert_eq!(answer.video(), Some(env.assert_published("film", &film).id.as_str()), "{answer:?}");
}

#[tokio::test]
async fn a_head_refused_once_leaves_the_event_to_redelivery() {
    for status in [400, 403, 405] {
        let env = start_env().await;
        let film = sample_bytes(1, 300_000);
        env.put("film.mp4", &film).await;
        let fault = json!({"kind": "status", "status": status, "code": "Odd"});
        add_fault(&env.clouds.oss_control, json!({"operation": "HeadObject", "times": 1, "fault": fault}));
        let answer = send_event(&env, "film.mp4", &film).await;
        assert!(answer.is_redelivered(), "{status}: {answer:?}");
        let answer = send_event(&env, "film.mp4", &film).await;
        assert_eq!(
            answer.video(),
            Some(env.assert_published("film", &film).id.as_str()),
            "{status}: {answer:?}"
        );
    }
}

/// A sidecar that is too large is the object's fault: the event is not delivered again.
#[tokio::test]
async fn a_sidecar_that_is_too_large_settles_the_event() {
    let env = start_env_with(SIDECARS).await;
    let film = sample_bytes(1, 300_000);
    env.put("film.mp4", &film).await;
    env.put("film.mp4.youku.json", &sample_bytes(2, 2 * MIB)).await;
    let answer = send_event(&env, "film.mp4", &film).await;
    assert_eq!((answer.error(), answer.is_redelivered()), (Some("invalid_job"), false), "{answer:?}");
    assert!(answer.says("the sidecar is too large") && answer.says("film.mp4.youku.json"), "{answer:?}");
    env.bucket.delete("film.mp4.youku.json").await.unwrap();
    let answer = send_event(&env, "film.mp4", &film).await;
    assert_eq!(answer.video(), Some(env.assert_published("film", &film).id.as_str()), "{answer:?}");
}

/// A refusal without an explanation is reported at once and becomes final after a second run.
#[tokio::test]
async fn an_unexplained_refusal_is_final_after_a_second_run() {
    for (operation, code) in [("UploadPart", "target_failed"), ("GetObject", "source_failed")] {
        let env = start_env().await;
        let film = sample_bytes(1, 3 * MIB);
        env.put("film.mp4", &film).await;
        let fault = json!({"kind": "status", "status": 400, "code": "Odd"});
        let control = if operation == "GetObject" {
            env.clouds.oss_control.clone()
        } else {
            env.clouds.youku.bucket_control()
        };
        add_fault(&control, json!({"operation": operation, "times": 0, "fault": fault}));
        let answer = task(&env, &naming("film.mp4")).await;
        assert_eq!(answer.error(), Some(code), "{answer:?}");
        assert_eq!(states(&env).await, ["open"], "{operation}");
        let second_run = async {
            while states(&env).await != ["failed"] {
                let swept = oss2youku(&env, &["sweep", "--json"]).await;
                assert!(matches!(swept.code, Some(0 | 1)), "{operation}: {swept:?}");
            }
        };
        timeout(TIMEOUT, second_run).await.expect("the second run is refused as well");
        control.faults.clear();
        let [report] = oss2youku(&env, &["list", "--json"]).await.lines().try_into().unwrap();
        let id = report["upload_id"].as_str().unwrap().to_owned();
        let output = oss2youku(&env, &["retry", &id]).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        env.assert_published("film", &film);
    }
}

#[tokio::test]
async fn a_run_that_its_deadline_ends_names_the_last_error() {
    let mut variables: Vec<_> = OPEN.iter().chain(&SLOW).copied().collect();
    variables.push(("OSS2YOUKU_LOG__LEVEL", "info"));
    let host = |function: &mut local_clouds::fc::FunctionConfig| {
        process_per_call(function);
        function.timeout = Duration::from_secs(5);
    };
    let setup = Setup { variables: &variables, host, ..called_by_test() };
    let env = TestEnv::start(setup).await;
    let film = sample_bytes(1, 2 * MIB);
    env.put("film.mp4", &film).await;
    let fault = json!({"kind": "status", "status": 503});
    let bucket = env.clouds.youku.bucket_control();
    add_fault(&bucket, json!({"operation": "UploadPart", "times": 0, "fault": fault}));
    let answer = send_event(&env, "film.mp4", &film).await;
    assert_eq!(answer.error(), Some("deadline"), "{answer:?}");
    assert!(answer.says("target_failed in UploadPart"), "{answer:?}");
    assert!(env.log().contains("target_failed in UploadPart"), "{}", env.log());
    bucket.faults.clear();
    let swept = oss2youku(&env, &["sweep", "--json"]).await;
    assert_eq!(swept.code, Some(0), "{swept:?}");
    env.assert_published("film", &film);
}

#[tokio::test]
async fn a_rules_callback_learns_of_unreadable_metadata() {
    for ledger_in_bucket in [false, true] {
        report_unreadable_metadata(ledger_in_bucket).await;
    }
}

/// The first event of a process: its ledger is still being opened while the metadata is read.
async fn report_unreadable_metadata(ledger_in_bucket: bool) {
    let receiver = Receiver::start(&[]).await;
    let rules = format!(
        r#"[{{bucket="videos",account="main",public_type="all",callback="http://127.0.0.1:{}/done"}}]"#,
        receiver.port
    );
    let ports = format!("[{}]", receiver.port);
    let mut variables: Vec<_> = OPEN.to_vec();
    variables.extend([
        ("OSS2YOUKU_CALLBACK__ALLOW_HTTP", "true"),
        ("OSS2YOUKU_CALLBACK__ALLOWED", r#"[{host="127.0.0.1",network="127.0.0.0/8"}]"#),
        ("OSS2YOUKU_CALLBACK__PORTS", &ports),
    ]);
    let setup = Setup { variables: &variables, rules: &rules, ledger_in_bucket, ..called_by_test() };
    let env = TestEnv::start(setup).await;
    let film = sample_bytes(1, 300_000);
    env.put_with("film.mp4", &film, &[("youku-public-type", "everybody")]).await;
    let answer = send_event(&env, "film.mp4", &film).await;
    assert_eq!((answer.error(), answer.is_redelivered()), (Some("invalid_job"), false), "{answer:?}");
    let [request] = receiver.requests().try_into().expect("one callback");
    let report: Value = request.json();
    assert_eq!(
        (&report["error"], &report["data"]["key"]),
        (&json!("invalid_job"), &json!("film.mp4")),
        "{report}"
    );
}
