//! A worker without a valid key: it names the key at once and leaves the upload open for a worker that has one.

use super::{UNTRIGGERED, videos};
use crate::support::{
    Setup, TestEnv, add_fault,
    command_line::{CommandOutput, SWEEPING, operator_variables, run_with},
    ledger_bucket::SEAL_KEY,
    s3::{KEY, REGION, S3},
    sample_bytes,
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

type Variables = BTreeMap<String, String>;

/// Sooner than any retry budget ends, which is two minutes by default.
const AT_ONCE: Duration = Duration::from_secs(30);
/// Asks no machine for its role.
const NO_ROLE: [(&str, &str); 3] = [
    ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("OSS2YOUKU_SWEEP__DISCOVER", "false"),
];

fn with(variables: &Variables, others: &[(&str, &str)]) -> Variables {
    let others = NO_ROLE.iter().chain(others).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    variables.clone().into_iter().chain(others).collect()
}

fn without(variables: &Variables, names: &[&str]) -> Variables {
    let mut left = with(variables, &[]);
    names.iter().for_each(|name| drop(left.remove(*name)));
    left
}

async fn start_env() -> TestEnv {
    TestEnv::start(Setup { events: UNTRIGGERED, variables: &SWEEPING, ..Setup::default() }).await
}

/// Begins an upload that stays open because Youku cannot be reached.
async fn open(env: &TestEnv, variables: &Variables, source: &str) {
    let down = json!({"operation": "create", "times": 0, "fault": {"kind": "status", "status": 503}});
    add_fault(&env.clouds.youku.control(), down);
    let impatient = with(variables, &[("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1")]);
    let output = run_with(impatient, &["upload", source]).await;
    assert_ne!(output.code, Some(0), "{output:?}");
    env.clouds.youku.control().faults.clear();
}

/// Sweeps until the upload has no holder; returns that sweep's output.
async fn sweep(variables: &Variables) -> (CommandOutput, Duration) {
    let begun = Instant::now();
    loop {
        let one = Instant::now();
        let output = run_with(variables.clone(), &["sweep", "--json"]).await;
        if !output.out.contains("in_progress") {
            return (output, one.elapsed());
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "the lease never dies: {output:?}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Asserts that the sweep named the key, at once.
fn assert_key_named((output, took): &(CommandOutput, Duration), name: &str) {
    let lines = output.lines();
    let trouble = lines.iter().find(|line| line["error"] == "config");
    assert!(trouble.is_some_and(|line| line.to_string().contains(name)), "{name}: {output:?}");
    assert!(*took < AT_ONCE, "{took:?}: {output:?}");
}

/// A sweep without keys for the source says so and leaves the upload to a process that has some.
#[tokio::test]
async fn a_sweep_without_source_keys_leaves_the_upload_open() {
    let env = start_env().await;
    let bytes = sample_bytes(6, 200_000);
    env.put("film.mp4", &bytes).await;
    let good = operator_variables(&env);
    open(&env, &good, "oss://videos/film.mp4").await;
    let (id, secret, token) =
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN");
    for bad in [
        without(&good, &[id, secret]),
        without(&good, &[secret]),
        with(&good, &[(secret, "")]),
        with(&good, &[(id, " ")]),
        with(&good, &[(token, "of yesterday")]),
    ] {
        assert_key_named(&sweep(&bad).await, id);
        assert_eq!(videos(&env, "film"), 0);
    }
    let blank = with(&good, &[(token, "")]);
    let (output, _) = sweep(&blank).await;
    assert!(output.out.contains("resumed"), "an empty token is none: {output:?}");
    env.assert_published("film", &bytes);
}

#[tokio::test]
async fn a_sweep_without_s3_keys_leaves_the_upload_open() {
    let env = start_env().await;
    let folder = tempfile::tempdir().unwrap();
    let s3 = S3::start(&folder.path().join("s3"), &["films"]).await;
    let bytes = sample_bytes(7, 200_000);
    s3.put("films", "md/a.mp4", &bytes).await;
    let good = with(
        &operator_variables(&env),
        &[
            ("OSS2YOUKU_SOURCE__PROVIDER", "s3"),
            ("OSS2YOUKU_SOURCE__S3_ENDPOINT", &s3.endpoint),
            ("OSS2YOUKU_SOURCE__REGION", REGION),
            ("OSS2YOUKU_LEDGER__SEAL_KEY", SEAL_KEY),
            ("AWS_ACCESS_KEY_ID", KEY.0),
            ("AWS_SECRET_ACCESS_KEY", KEY.1),
        ],
    );
    open(&env, &good, "s3://films/md/a.mp4").await;
    for bad in [
        without(&good, &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]),
        with(&good, &[("AWS_SECRET_ACCESS_KEY", "")]),
    ] {
        assert_key_named(&sweep(&bad).await, "AWS_ACCESS_KEY_ID");
        assert_eq!(videos(&env, "a"), 0);
    }
    let output =
        run_with(with(&good, &[("AWS_SESSION_TOKEN", "")]), &["upload", "s3://films/md/a.mp4", "--json"])
            .await;
    assert_eq!(output.code, Some(0), "{output:?}");
    env.assert_published("a", &bytes);
}

#[tokio::test]
async fn the_command_line_names_its_own_bad_key_at_once() {
    let env = start_env().await;
    env.put("film.mp4", &sample_bytes(8, 1000)).await;
    let stale = with(&operator_variables(&env), &[("ALIBABA_CLOUD_SECURITY_TOKEN", "of yesterday")]);
    let begun = Instant::now();
    let output = run_with(stale, &["upload", "oss://videos/film.mp4", "--json"]).await;
    assert!(begun.elapsed() < AT_ONCE && output.code != Some(0), "{output:?}");
    assert!(
        output.out.contains("ALIBABA_CLOUD_SECURITY_TOKEN") && output.out.contains("config"),
        "{output:?}"
    );
    assert_eq!(videos(&env, "film"), 0);
}
