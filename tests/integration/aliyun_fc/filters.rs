//! Which objects are uploaded automatically, and under which rule.

use crate::support::{MIB, Setup, TestEnv, sample_bytes};
use bytes::Bytes;
use local_clouds::fc::AsyncState;

const EVERYTHING: &[&str] = &["oss:ObjectCreated:*", "oss:ObjectRemoved:*"];

/// Rules with a prefix each; the tag shows which one applied.
const RULES: &str = r#"[
    {bucket="videos", prefix="in/", account="main", public_type="all", tags=["short-prefix"]},
    {bucket="videos", prefix="in/deeper/", account="main", public_type="friend", tags=["long-prefix"]},
    {bucket="videos", prefix="in/mkv/", account="main", public_type="all", extensions=["MKV"], tags=["mkv-only"]},
    {bucket="videos", prefix="in/paused/", account="main", public_type="all", paused=true},
    {bucket="videos", prefix="in/.Trash-1000/all/", account="main", public_type="all", include_junk=true, tags=["junk-too"]},
    {bucket="other", account="main", public_type="all"},
]"#;

#[tokio::test]
async fn objects_without_a_rule_are_skipped_with_a_reason() {
    let rules = RULES.replace('\n', " ");
    let setup = Setup { rules: &rules, events: Some(EVERYTHING), ..Setup::default() };
    let env = TestEnv::start(setup).await;
    let (some, none) = (Bytes::from_static(b"bytes"), Bytes::new());
    let cases = [
        ("in/folder/", &none, "folder_marker"),
        ("in/folder.mp4/", &some, "folder_marker"),
        ("in/empty.mp4", &none, "empty_object"),
        ("in/note.txt", &some, "not_a_video"),
        ("in/mp4", &some, "not_a_video"),
        ("in/.mp4", &some, "not_a_video"),
        ("in/film.mp4.part", &some, "not_a_video"),
        ("in/film.mp4.youku.json", &some, "not_a_video"),
        ("in/mkv/film.mp4", &some, "not_a_video"),
        ("oss2youku/film.mp4", &some, "own_prefix"),
        ("film.mp4", &some, "no_rule"),
        ("In/film.mp4", &some, "no_rule"),
        ("in/paused/film.mp4", &some, "paused"),
        ("in/._film.mp4", &some, "junk"),
        ("in/__MACOSX/film.mp4", &some, "junk"),
        ("in/.Trash-1000/files/film.mp4", &some, "junk"),
        ("in/deeper/$RECYCLE.BIN/film.mp4", &some, "junk"),
        ("in/#recycle/film.mp4", &some, "junk"),
        ("in/.trashed-1700000000-film.mp4", &some, "junk"),
        ("in/~$film.mp4", &some, "junk"),
        ("in/.stversions/film.mp4", &some, "junk"),
        ("in/@eaDir/film.mp4", &some, "junk"),
        ("in/deeper/lost+found/film.mp4", &some, "junk"),
        ("in/System Volume Information/film.mp4", &some, "junk"),
        ("in/film.mp4.crdownload", &some, "not_a_video"),
    ];
    for (key, bytes, reason) in cases {
        env.put(key, bytes).await;
        let delivery = env.wait_for_delivery().await;
        let result = delivery.result();
        assert_eq!(
            (result["key"].as_str(), result["skipped"].as_str()),
            (Some(key), Some(reason)),
            "{delivery:?}"
        );
        assert_eq!((delivery.state, delivery.attempts), (AsyncState::Succeeded, 1));
    }
    env.bucket.delete("in/note.txt").await.unwrap();
    assert_eq!(env.wait_for_delivery().await.result()["skipped"], "not_an_arrival", "a removal");
    assert_eq!(env.clouds.youku.sessions(), []);
}

#[tokio::test]
async fn the_rule_with_the_longest_prefix_holds() {
    let rules = RULES.replace('\n', " ");
    let env = TestEnv::start(Setup { rules: &rules, ..Setup::default() }).await;
    let cases = [
        ("in/one.mp4", "short-prefix", "all"),
        ("in/deeper/two.mp4", "long-prefix", "friend"),
        ("in/deepest/three.RMVB", "short-prefix", "all"),
        ("in/mkv/four.mkv", "mkv-only", "all"),
        ("in/five.part1.mp4", "short-prefix", "all"),
        ("in/.Trash-1000/all/._six.mp4", "junk-too", "all"),
    ];
    for (number, (key, tags, public_type)) in cases.into_iter().enumerate() {
        let bytes = sample_bytes(number as u64, 1000);
        env.put(key, &bytes).await;
        env.wait_for_delivery().await;
        let (title, _) = key.rsplit('/').next().and_then(|name| name.rsplit_once('.')).expect("a file name");
        let video = env.assert_published(title, &bytes);
        assert_eq!((video.tags.as_str(), video.public_type.as_str()), (tags, public_type), "{key}");
    }
}

#[tokio::test]
async fn a_multipart_put_under_a_wildcard_trigger_becomes_one_video() {
    for mode in ["oss", "slice"] {
        let env = TestEnv::start(Setup { events: Some(EVERYTHING), ..Setup::with_mode(mode) }).await;
        let bytes = sample_bytes(1, 5 * MIB);
        env.put_in_parts("film.mp4", &bytes).await;
        let deliveries = env.wait_for_deliveries().await;
        let skipped = deliveries.iter().filter(|delivery| delivery.result()["skipped"] == "not_an_arrival");
        let published = deliveries.iter().filter(|delivery| delivery.result()["code"] == "200");
        // One to begin with, four parts, one to complete.
        assert_eq!((skipped.count(), published.count(), deliveries.len()), (5, 1, 6), "{deliveries:?}");
        env.assert_published("film", &bytes);
        assert_eq!(env.clouds.youku.sessions().len(), 1);
    }
}

#[tokio::test]
async fn events_of_whole_objects_start_an_upload_and_no_others() {
    // A trigger that never fires: the test calls the function itself.
    let env = TestEnv::start(Setup { events: Some(&["oss:ObjectModified:*"]), ..Setup::default() }).await;
    let arrivals = ["PutObject", "PostObject", "CompleteMultipartUpload", "CopyObject"];
    for (number, call) in arrivals.into_iter().enumerate() {
        let (key, bytes) = (format!("{call}.mp4"), sample_bytes(number as u64, 1000));
        env.put(&key, &bytes).await;
        let result = env.call_with_event(&format!("ObjectCreated:{call}"), &key, bytes.len()).await;
        assert_eq!(result["code"], "200", "{result}");
        env.assert_published(call, &bytes);
    }
    let others = [
        "ObjectCreated:InitiateMultipartUpload",
        "ObjectCreated:UploadPart",
        "ObjectCreated:UploadPartCopy",
        "ObjectCreated:SomethingNew",
        "ObjectRemoved:DeleteObject",
        "ObjectRemoved:DeleteObjects",
        "ObjectModified:UpdateObjectMeta",
        "ObjectReplication:ObjectCreated",
        "ObjectDownloaded:GetObject",
    ];
    env.put("other.mp4", &sample_bytes(9, 1000)).await;
    for event in others {
        let result = env.call_with_event(event, "other.mp4", 1000).await;
        assert_eq!(result["skipped"], "not_an_arrival", "{event}");
    }
    assert_eq!(env.clouds.youku.sessions().len(), arrivals.len());
}

#[tokio::test]
async fn a_paused_function_uploads_nothing() {
    let env = TestEnv::start(Setup { variables: &[("OSS2YOUKU_PAUSED", "true")], ..Setup::default() }).await;
    env.put("film.mp4", &sample_bytes(1, 1000)).await;
    assert_eq!(env.wait_for_delivery().await.result()["skipped"], "paused");
    assert_eq!(env.clouds.youku.sessions(), []);
}

#[tokio::test]
async fn invalid_settings_are_named_and_prevent_the_start() {
    let unknown_account = r#"[{bucket="videos",account="nobody",public_type="all"}]"#;
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);
    let cases: [Case<'_>; 4] = [
        (r#"[{bucket="videos",prefix="in/",account="main"}]"#, &[], &["public_type", "videos", "in/"]),
        (unknown_account, &[], &["account", "nobody"]),
        ("[]", &[("OSS2YOUKU_TRANSFER__IN_FLIGHT", "65")], &["in_flight", "1 to 64", "65"]),
        ("[]", &[("OSS2YOUKU_TRANSFERS__IN_FLIGHT", "6")], &["transfers"]),
    ];
    for (rules, variables, words) in cases {
        let env = TestEnv::start(Setup { rules, variables, ..Setup::default() }).await;
        env.put("in/film.mp4", &sample_bytes(1, 1000)).await;
        let delivery = env.wait_for_delivery().await;
        assert!(delivery.state == AsyncState::Failed && delivery.error_type.is_some(), "{delivery:?}");
        let log = env.log();
        let line = log.lines().find(|line| line.contains("the settings do not fit")).expect("it says why");
        assert!(words.iter().all(|word| line.contains(word)), "{line}");
        assert_eq!(env.clouds.youku.sessions(), []);
    }
}
