//! Open marks that cannot be read, and uploads that cannot be resumed: each is one entry of trouble, in a ledger in a folder or a bucket,
//! and the rest continues.

use super::{UNTRIGGERED, next_second};
use crate::support::{
    Setup, TestEnv, add_fault,
    command_line::{SWEEPING, operator_variables, oss2youku, run_with, upload_id},
    ledger_bucket, sample_bytes,
    store::oss_store,
};
use app::storage::PutOptions;
use bytes::Bytes;
use serde_json::{Value, json};
use std::fs;

const DAMAGED: &str = "open/00112233445566778899aabbccddeeff";
const NEWER: &str = "open/ffeeddccbbaa99887766554433221100.0123abcd";
/// Entries among the marks that are no marks, or cannot be read.
const PLANTED: [(&str, &str); 4] =
    [("open/.DS_Store", ""), ("open/folder/file", "x"), (DAMAGED, "no JSON"), (NEWER, "{\"v\":9}\n")];

async fn start_env(ledger_in_bucket: bool) -> TestEnv {
    TestEnv::start(Setup { events: UNTRIGGERED, variables: &SWEEPING, ledger_in_bucket, ..Setup::default() })
        .await
}

async fn plant(env: &TestEnv, ledger_in_bucket: bool) {
    if ledger_in_bucket {
        let region = &env.variables["OSS2YOUKU_SOURCE__REGION"];
        let (id, secret) = ("local-access-key", "local-access-secret");
        let store = oss_store(ledger_bucket::BUCKET, &env.clouds.endpoints.oss, region, id, secret);
        for (key, text) in PLANTED {
            store.put(key, Bytes::from_static(text.as_bytes()), &PutOptions::default()).await.unwrap();
        }
        return;
    }
    for (key, text) in PLANTED {
        let path = env.ledger_folder().join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Asserts that these lines name every planted key.
fn assert_names_all(lines: &[Value]) {
    let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
    for (key, _) in PLANTED {
        assert!(lines.iter().any(|line| line.contains(key)), "{key}: {lines:?}");
    }
}

fn events<'a>(lines: &'a [Value], event: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["event"] == event).collect()
}

/// An upload whose source is denied in the middle: it is open, and paused.
async fn stuck(env: &TestEnv, bytes: &Bytes) -> String {
    let denied = json!({"kind": "status", "status": 403, "code": "AccessDenied"});
    let rule = json!({"operation": "GetObject", "match": "/videos/stuck.mp4", "times": 0, "fault": denied});
    add_fault(&env.clouds.oss_control, rule);
    env.put("stuck.mp4", bytes).await;
    let output = oss2youku(env, &["upload", "--json", "oss://videos/stuck.mp4"]).await;
    assert_ne!(output.code, Some(0), "{output:?}");
    upload_id(env, "oss://videos/stuck.mp4").await
}

async fn one_bad_mark_stops_nothing(ledger_in_bucket: bool) {
    let env = start_env(ledger_in_bucket).await;
    // The ledger and its rule are older than what a sweep finds.
    assert_eq!(oss2youku(&env, &["sweep"]).await.code, Some(0));
    next_second().await;
    let (stuck_bytes, fresh_bytes) = (sample_bytes(1, 1000), sample_bytes(2, 2000));
    let id = stuck(&env, &stuck_bytes).await;
    plant(&env, ledger_in_bucket).await;
    env.put("fresh.mp4", &fresh_bytes).await;

    let listed = oss2youku(&env, &["list", "--open", "--json"]).await;
    let lines = listed.lines();
    assert_eq!((listed.code, events(&lines, "trouble").len()), (Some(0), 4), "{listed:?}");
    assert_names_all(&lines);
    let open: Vec<_> = lines.iter().filter(|line| line["upload_id"] == id.as_str()).collect();
    assert_eq!(open.len(), 1, "{listed:?}");
    assert!(open[0]["not_before"].is_string(), "it is paused: {listed:?}");

    let swept = oss2youku(&env, &["sweep", "--json"]).await;
    let lines = swept.lines();
    assert_eq!((swept.code, events(&lines, "trouble").len()), (Some(1), 4), "{swept:?}");
    assert_names_all(&lines);
    assert_eq!(events(&lines, "found").len(), 1, "{swept:?}");
    env.assert_published("fresh", &fresh_bytes);

    let looked = oss2youku(&env, &["doctor", "--json"]).await;
    let marks: Vec<_> = looked.lines().into_iter().filter(|line| line["check"] == "open marks").collect();
    assert!(looked.code == Some(1) && marks.len() == 4, "{looked:?}");
    assert!(marks.iter().all(|mark| mark["ok"] == false && mark["advice"].is_string()), "{looked:?}");
    assert_names_all(&marks);

    // A person's retry ends the pause at once, whatever is among the marks.
    let output = oss2youku(&env, &["retry", &id]).await;
    assert_ne!(output.code, Some(0), "still denied: {output:?}");
    env.clouds.oss_control.faults.clear();
    let output = oss2youku(&env, &["retry", &id, "--json"]).await;
    assert_eq!((output.code, &output.lines()[0]["event"]), (Some(0), &json!("published")), "{output:?}");
    env.assert_published("stuck", &stuck_bytes);
}

/// A bad mark stops neither sweep nor list nor discovery, where the ledger is in a folder.
#[tokio::test]
async fn one_bad_mark_in_a_folder_stops_nothing() {
    one_bad_mark_stops_nothing(false).await;
}

/// A bad mark stops neither sweep nor list nor discovery, where the ledger is in a bucket.
#[tokio::test]
async fn one_bad_mark_in_a_bucket_stops_nothing() {
    one_bad_mark_stops_nothing(true).await;
}

#[tokio::test]
async fn a_missing_marks_folder_is_no_empty_list() {
    let env = start_env(false).await;
    env.put("a.mp4", &sample_bytes(1, 1000)).await;
    let output = oss2youku(&env, &["upload", "oss://videos/a.mp4"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    let open = env.ledger_folder().join("open");
    fs::remove_dir_all(&open).unwrap();
    let output = oss2youku(&env, &["list", "--open"]).await;
    assert_eq!(output.code, Some(0), "a folder is made with its first entry: {output:?}");
    fs::write(&open, "").unwrap();
    for command in ["list", "sweep"] {
        let output = oss2youku(&env, &[command]).await;
        assert!(output.code == Some(2) && output.err.contains("no folder"), "{command}: {output:?}");
    }
    let mut variables = operator_variables(&env);
    variables.insert("OSS2YOUKU_LEDGER__LOCATION".into(), "oss://nowhere/x/".into());
    variables.insert("OSS2YOUKU_LEDGER__SEAL_KEY".into(), ledger_bucket::SEAL_KEY.into());
    variables.insert("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS".into(), "1".into());
    let output = run_with(variables, &["list", "--open"]).await;
    assert!(output.code != Some(0) && output.out.is_empty(), "{output:?}");
}
