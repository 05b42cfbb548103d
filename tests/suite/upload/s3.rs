//! Objects in an S3 that nobody here wrote.

use super::{Rig, bytes, command, rig, said};
use crate::{
    function::{MIB, records::SEAL_KEY},
    lambda::store::{KEY, REGION, S3},
    operator::Said,
};
use std::path::Path;

/// The program, with that S3 and a ledger in it.
async fn run(rig: &Rig, s3: &S3, folder: &Path, arguments: &[&str]) -> Said {
    let mut command = command(rig, folder, arguments);
    command.envs([
        ("OSS2YOUKU_SOURCE__S3_ENDPOINT", s3.endpoint.as_str()),
        ("OSS2YOUKU_SOURCE__REGION", REGION),
        ("OSS2YOUKU_LEDGER__LOCATION", "s3://ledger/oss2youku/"),
        ("OSS2YOUKU_LEDGER__SEAL_KEY", SEAL_KEY),
        ("AWS_ACCESS_KEY_ID", KEY.0),
        ("AWS_SECRET_ACCESS_KEY", KEY.1),
    ]);
    said(command).await
}

#[tokio::test]
async fn objects_of_s3_and_what_lies_under_a_prefix_there_are_published() {
    let rig = rig().await;
    let folder = tempfile::tempdir().unwrap();
    let s3 = S3::start(&folder.path().join("s3"), &["films", "ledger"]).await;
    let all: Vec<_> = (1..=3).map(|seed| bytes(seed, 9 * MIB)).collect();
    for (key, bytes) in [("in/1 a+b.mp4", &all[0]), ("in/deep/2.mp4", &all[1]), ("other/3.mp4", &all[2])] {
        s3.put("films", key, bytes).await;
    }
    let said = run(&rig, &s3, folder.path(), &["upload", "s3://films/other/3.mp4"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    rig.published("3", &all[2]);
    let said = run(&rig, &s3, folder.path(), &["upload", "-r", "s3://films/in/", "--parallel", "2"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    rig.published("1 a+b", &all[0]);
    rig.published("2", &all[1]);
    assert!(s3.has("ledger", "oss2youku"), "the ledger lies there too");
    let said = run(&rig, &s3, folder.path(), &["explain", "s3://films/other/3.mp4"]).await;
    assert!(said.code == Some(0) && said.out.contains("object   s3://films/other/3.mp4"), "{said:?}");
    let said = run(&rig, &s3, folder.path(), &["upload", "s3://films/nowhere.mp4"]).await;
    assert_eq!(said.code, Some(3), "{said:?}");
    assert_eq!(rig.clouds.youku.videos().len(), 3);
}

#[tokio::test]
async fn doctor_refuses_a_ledger_in_a_store_that_replaces_what_it_was_asked_to_create() {
    let rig = rig().await;
    let folder = tempfile::tempdir().unwrap();
    for (name, replaces) in [("faithful", false), ("replacing", true)] {
        let s3 = S3::start_as(&folder.path().join(name), &["ledger"], replaces).await;
        let said = run(&rig, &s3, folder.path(), &["doctor", "--json"]).await;
        let lines = said.lines();
        let ledger = lines.iter().find(|line| line["check"] == "ledger").unwrap();
        assert_eq!(ledger["ok"], !replaces, "{ledger}");
        let result = ledger["result"].as_str().unwrap();
        assert_eq!(result.contains("cannot keep a ledger"), replaces, "{result}");
        assert_eq!(ledger["advice"].is_string(), replaces, "{ledger}");
    }
}
