//! Objects in an S3 server by another author.

use super::start_env;
use crate::support::{
    MIB, TestEnv,
    command_line::{CommandOutput, command, run_command},
    ledger_bucket::SEAL_KEY,
    s3::{KEY, REGION, S3},
    sample_bytes,
};
use std::path::Path;

/// The program, with that S3 and a ledger in it.
async fn run(env: &TestEnv, s3: &S3, folder: &Path, arguments: &[&str]) -> CommandOutput {
    let mut command = command(env, folder, arguments);
    command.envs([
        ("OSS2YOUKU_SOURCE__S3_ENDPOINT", s3.endpoint.as_str()),
        ("OSS2YOUKU_SOURCE__REGION", REGION),
        ("OSS2YOUKU_LEDGER__LOCATION", "s3://ledger/oss2youku/"),
        ("OSS2YOUKU_LEDGER__SEAL_KEY", SEAL_KEY),
        ("AWS_ACCESS_KEY_ID", KEY.0),
        ("AWS_SECRET_ACCESS_KEY", KEY.1),
    ]);
    run_command(command).await
}

#[tokio::test]
async fn s3_objects_and_prefixes_are_published() {
    let env = start_env().await;
    let folder = tempfile::tempdir().unwrap();
    let s3 = S3::start(&folder.path().join("s3"), &["films", "ledger"]).await;
    let all: Vec<_> = (1..=3).map(|seed| sample_bytes(seed, 9 * MIB)).collect();
    for (key, bytes) in [("in/1 a+b.mp4", &all[0]), ("in/deep/2.mp4", &all[1]), ("other/3.mp4", &all[2])] {
        s3.put("films", key, bytes).await;
    }
    let output = run(&env, &s3, folder.path(), &["upload", "s3://films/other/3.mp4"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    env.assert_published("3", &all[2]);
    let output = run(&env, &s3, folder.path(), &["upload", "-r", "s3://films/in/", "--parallel", "2"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    env.assert_published("1 a+b", &all[0]);
    env.assert_published("2", &all[1]);
    assert!(s3.has("ledger", "oss2youku"), "the ledger lies there too");
    let output = run(&env, &s3, folder.path(), &["explain", "s3://films/other/3.mp4"]).await;
    assert!(output.code == Some(0) && output.out.contains("object   s3://films/other/3.mp4"), "{output:?}");
    let output = run(&env, &s3, folder.path(), &["upload", "s3://films/nowhere.mp4"]).await;
    assert_eq!(output.code, Some(3), "{output:?}");
    assert_eq!(env.clouds.youku.videos().len(), 3);
}

/// `doctor` refuses a ledger in a store that replaces what it was asked to create.
#[tokio::test]
async fn doctor_refuses_a_ledger_store_without_create_only() {
    let env = start_env().await;
    let folder = tempfile::tempdir().unwrap();
    for (name, replaces) in [("faithful", false), ("replacing", true)] {
        let s3 = S3::start_with(&folder.path().join(name), &["ledger"], replaces).await;
        let output = run(&env, &s3, folder.path(), &["doctor", "--json"]).await;
        let lines = output.lines();
        let ledger = lines.iter().find(|line| line["check"] == "ledger").unwrap();
        assert_eq!(ledger["ok"], !replaces, "{ledger}");
        let result = ledger["result"].as_str().unwrap();
        assert_eq!(result.contains("cannot keep a ledger"), replaces, "{result}");
        assert_eq!(ledger["advice"].is_string(), replaces, "{ledger}");
    }
}
