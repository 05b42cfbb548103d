//! A worker without a good key of its own: it says so by name and at once, and what it cannot do stays open for who can.

use super::{UNTRIGGERED, videos};
use crate::{
    function::{Rig, Setup, bytes, records::SEAL_KEY},
    lambda::store::{KEY, REGION, S3},
    operator::{SWEPT, Said, run, variables},
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

type Variables = BTreeMap<String, String>;

/// Sooner than any patience ends: two minutes by default.
const AT_ONCE: Duration = Duration::from_secs(30);
/// No machine's role is asked for.
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

async fn rig() -> Rig {
    Rig::start(Setup { events: UNTRIGGERED, env: &SWEPT, ..Setup::default() }).await
}

/// Begins an upload that stays open, for Youku cannot be reached.
async fn open(rig: &Rig, variables: &Variables, source: &str) {
    let down = json!({"operation": "create", "times": 0, "fault": {"kind": "status", "status": 503}});
    crate::function::script(&rig.clouds.youku.control(), down);
    let impatient = with(variables, &[("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1")]);
    let said = run(impatient, &["upload", source]).await;
    assert_ne!(said.code, Some(0), "{said:?}");
    rig.clouds.youku.control().faults.clear();
}

/// Sweeps until nobody holds the upload; what is said of it then.
async fn sweep(variables: &Variables) -> (Said, Duration) {
    let begun = Instant::now();
    loop {
        let one = Instant::now();
        let said = run(variables.clone(), &["sweep", "--json"]).await;
        if !said.out.contains("in_progress") {
            return (said, one.elapsed());
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "the lease never dies: {said:?}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// That the sweep told of the key by this name, soon.
fn told_by_name((said, took): &(Said, Duration), name: &str) {
    let lines = said.lines();
    let trouble = lines.iter().find(|line| line["error"] == "config");
    assert!(trouble.is_some_and(|line| line.to_string().contains(name)), "{name}: {said:?}");
    assert!(*took < AT_ONCE, "{took:?}: {said:?}");
}

#[tokio::test]
async fn a_sweep_without_keys_of_the_source_leaves_the_upload_to_who_has_some() {
    let rig = rig().await;
    let bytes = bytes(6, 200_000);
    rig.put("film.mp4", &bytes).await;
    let good = variables(&rig);
    open(&rig, &good, "oss://videos/film.mp4").await;
    let (id, secret, token) =
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN");
    for bad in [
        without(&good, &[id, secret]),
        without(&good, &[secret]),
        with(&good, &[(secret, "")]),
        with(&good, &[(id, " ")]),
        with(&good, &[(token, "of yesterday")]),
    ] {
        told_by_name(&sweep(&bad).await, id);
        assert_eq!(videos(&rig, "film"), 0);
    }
    let blank = with(&good, &[(token, "")]);
    let (said, _) = sweep(&blank).await;
    assert!(said.out.contains("resumed"), "an empty token is none: {said:?}");
    rig.published("film", &bytes);
}

#[tokio::test]
async fn a_sweep_without_keys_of_s3_leaves_the_upload_to_who_has_some() {
    let rig = rig().await;
    let folder = tempfile::tempdir().unwrap();
    let s3 = S3::start(&folder.path().join("s3"), &["films"]).await;
    let bytes = bytes(7, 200_000);
    s3.put("films", "md/a.mp4", &bytes).await;
    let good = with(
        &variables(&rig),
        &[
            ("OSS2YOUKU_SOURCE__PROVIDER", "s3"),
            ("OSS2YOUKU_SOURCE__S3_ENDPOINT", &s3.endpoint),
            ("OSS2YOUKU_SOURCE__REGION", REGION),
            ("OSS2YOUKU_LEDGER__SEAL_KEY", SEAL_KEY),
            ("AWS_ACCESS_KEY_ID", KEY.0),
            ("AWS_SECRET_ACCESS_KEY", KEY.1),
        ],
    );
    open(&rig, &good, "s3://films/md/a.mp4").await;
    for bad in [
        without(&good, &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]),
        with(&good, &[("AWS_SECRET_ACCESS_KEY", "")]),
    ] {
        told_by_name(&sweep(&bad).await, "AWS_ACCESS_KEY_ID");
        assert_eq!(videos(&rig, "a"), 0);
    }
    let said =
        run(with(&good, &[("AWS_SESSION_TOKEN", "")]), &["upload", "s3://films/md/a.mp4", "--json"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    rig.published("a", &bytes);
}

#[tokio::test]
async fn the_command_line_tells_of_its_own_key_at_once() {
    let rig = rig().await;
    rig.put("film.mp4", &bytes(8, 1000)).await;
    let stale = with(&variables(&rig), &[("ALIBABA_CLOUD_SECURITY_TOKEN", "of yesterday")]);
    let begun = Instant::now();
    let said = run(stale, &["upload", "oss://videos/film.mp4", "--json"]).await;
    assert!(begun.elapsed() < AT_ONCE && said.code != Some(0), "{said:?}");
    assert!(said.out.contains("ALIBABA_CLOUD_SECURITY_TOKEN") && said.out.contains("config"), "{said:?}");
    assert_eq!(videos(&rig, "film"), 0);
}
