use std::time::{Duration, SystemTime};

use tokio::io::AsyncReadExt;

use super::env::OssEnv;
use local_clouds::oss::{ObjectKind, Quirk};

#[tokio::test]
async fn objects_and_uploads_survive_a_restart() {
    let env = OssEnv::new();
    env.call("PUT", "/a%2Fb", &[("x-oss-meta-title", "t")], "content").await;
    env.call("PUT", "/copy", &[("x-oss-copy-source", "/bucket/a%2Fb")], "").await;
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
    env.oss.set_quirk("bucket", "copy", Quirk::ModifiedAt(then));
    let id = env.initiate("/big").await;
    let etag = env.part("/big", &id, 1, vec![7; 102_400]).await.header("etag").to_owned();
    std::fs::write(env.dir.path().join("data/left-over"), "x").unwrap();
    let before = env.get("/a%2Fb").await;

    let env = env.restart();
    assert_eq!(env.segments(), 2);
    let after = env.get("/a%2Fb").await;
    assert_eq!((&after.body, after.header("etag")), (&before.body, before.header("etag")));
    assert_eq!(
        (after.header("last-modified"), after.header("x-oss-meta-title")),
        (before.header("last-modified"), "t")
    );
    assert_eq!(env.get("/copy").await.header("last-modified"), "Sun, 13 Sep 2020 12:26:40 GMT");
    let two = env.part("/big", &id, 2, vec![8; 10]).await.header("etag").to_owned();
    assert_eq!(env.complete("/big", &id, &[(1, &etag), (2, &two)]).await.status, 200);

    let env = env.restart();
    let big = env.oss.object("bucket", "big").unwrap();
    assert_eq!((big.size, big.kind), (102_410, ObjectKind::Multipart));
    // The copy still holds the content it shares.
    env.call("DELETE", "/a%2Fb", &[], "").await;
    assert_eq!(env.get("/copy").await.text(), "content");
    assert_eq!(env.oss.keys("bucket"), ["big", "copy"]);
}

#[tokio::test]
async fn a_reader_keeps_the_content_it_began_with() {
    let env = OssEnv::new();
    env.put("/o", "before").await;
    let mut reader = env.oss.reader("bucket", "o").unwrap();
    env.put("/o", "after").await;
    let mut content = String::new();
    reader.read_to_string(&mut content).await.unwrap();
    assert_eq!(content, "before");
    drop(reader);
    assert_eq!((env.get("/o").await.text().as_str(), env.segments()), ("after", 1));
}

#[tokio::test]
async fn of_many_create_only_writers_exactly_one_wins() {
    let env = OssEnv::new();
    let bodies = (0..16).map(|number| number.to_string()).collect::<Vec<_>>();
    let create = [("x-oss-forbid-overwrite", "true")];
    let calls = bodies.iter().map(|body| env.call("PUT", "/once", &create, body.clone()));
    let statuses = futures_util::future::join_all(calls)
        .await
        .into_iter()
        .map(|answer| answer.status)
        .collect::<Vec<_>>();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!((statuses.iter().filter(|status| **status == 409).count(), env.segments()), (15, 1));
}

#[tokio::test]
async fn a_bucket_with_content_cannot_be_deleted() {
    let env = OssEnv::new();
    env.put("/o", "x").await;
    assert_eq!(env.call("DELETE", "", &[], "").await.refusal(), (409, "BucketNotEmpty".to_owned()));
    env.call("DELETE", "/o", &[], "").await;
    assert_eq!(env.call("DELETE", "", &[], "").await.status, 204);
    assert_eq!(env.get("/o").await.refusal(), (404, "NoSuchBucket".to_owned()));
    assert_eq!(env.put("", "").await.status, 200);
    assert_eq!(env.put("/o", "x").await.status, 200);
}
