//! OSS mode, with an object put the plain way: one PUT with a URL signed V1.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::*;

/// PUTs with the credentials of `sts` into the object of `created`; the status.
async fn put(rig: &Rig, created: &Value, sts: &Value, bytes: &[u8]) -> u16 {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let expires = SystemTime::now() + Duration::from_secs(60);
    let expires = expires.duration_since(UNIX_EPOCH).unwrap().as_secs().to_string();
    let path = format!("/{}/{}", text(&created["oss_bucket"]), text(&created["oss_object"]));
    let token = text(&sts["security_token"]);
    let to_sign = format!("PUT\n\n\n{expires}\n{path}?security-token={token}");
    let mut mac = Hmac::<Sha1>::new_from_slice(text(&sts["temp_access_secret"]).as_bytes()).unwrap();
    mac.update(to_sign.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let id = text(&sts["temp_access_id"]);
    let query = [
        ("OSSAccessKeyId", id.as_str()),
        ("Expires", &expires),
        ("Signature", &signature),
        ("security-token", &token),
    ];
    let uri = format!("{path}?{}", serde_urlencoded::to_string(query).unwrap());
    let host = rig.server.bucket().replace("http://", "");
    let request = Request::put(uri).header("host", host).header("content-length", bytes.len());
    let request = request.body(Body::from(bytes.to_vec())).unwrap();
    rig.server.oss().handle(request).await.status().as_u16()
}

async fn commit(rig: &Rig, created: &Value) -> (u16, Value) {
    let token = created["upload_token"].as_str().unwrap();
    rig.api("POST", "/uploads/commit.json", &[("upload_token", token)]).await
}

async fn create(rig: &Rig, bytes: &[u8]) -> Value {
    let (status, created) = rig.create(bytes, &[("isnew", "1")]).await;
    assert_eq!(status, 201, "{created}");
    created
}

#[tokio::test]
async fn the_object_of_the_session_becomes_the_video() {
    let rig = Rig::new(|_| ()).await;
    let bytes = movie(5000);
    let created = create(&rig, &bytes).await;
    let mut progress = rig.server.progress();
    assert_eq!(put(&rig, &created, &created, &bytes).await, 200);
    progress.changed().await.unwrap();
    assert_eq!(*progress.borrow(), 5000);
    assert_eq!(commit(&rig, &created).await, (200, serde_json::json!({"video_id": created["video_id"]})));
    let video = rig.server.videos().remove(0);
    assert_eq!((video.size, video.md5), (5000, Some(md5_hex(&bytes))));
    assert_eq!(rig.server.received()[0].bytes, 5000);
    // The credentials ended with the commit: the bytes of a video stay what they are.
    assert_eq!(put(&rig, &created, &created, b"other").await, 403);
    let content = Request::get(format!("/_sandbox/videos/{}/content", video.id)).body(Body::empty()).unwrap();
    let content =
        axum::body::to_bytes(rig.youku().handle(content).await.into_body(), usize::MAX).await.unwrap();
    assert_eq!(content, bytes);
}

#[tokio::test]
async fn a_commit_without_the_object_or_with_other_bytes_is_refused() {
    let rig = Rig::new(|_| ()).await;
    let created = create(&rig, b"bytes").await;
    assert_eq!(commit(&rig, &created).await.0, 400);
    assert_eq!(put(&rig, &created, &created, b"byte").await, 200);
    assert!(commit(&rig, &created).await.1["error"]["description"].as_str().unwrap().contains("size"));
    assert_eq!(put(&rig, &created, &created, b"bytez").await, 200);
    assert!(commit(&rig, &created).await.1["error"]["description"].as_str().unwrap().contains("MD5"));
    assert!(rig.server.videos().is_empty());
    assert_eq!(put(&rig, &created, &created, b"bytes").await, 200);
    assert_eq!(commit(&rig, &created).await.0, 200);
}

#[tokio::test]
async fn discarded_bytes_take_no_disk_are_committed_by_size_and_say_so() {
    let rig = Rig::new(|_| ()).await;
    let size = |dir: &std::path::Path| {
        let files = std::fs::read_dir(dir.join("bucket/data")).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>()
    };
    let discard = Body::from(r#"{"discard": true}"#);
    let switched = Request::post("/_sandbox/switches").body(discard).unwrap();
    assert_eq!(rig.youku().handle(switched).await.status(), 200);
    let bytes = movie(5000);
    let created = create(&rig, &bytes).await;
    assert_eq!(put(&rig, &created, &created, &bytes[1..]).await, 200);
    assert!(commit(&rig, &created).await.1["error"]["description"].as_str().unwrap().contains("size"));
    assert_eq!(put(&rig, &created, &created, &bytes).await, 200);
    assert_eq!(commit(&rig, &created).await.0, 200);
    assert_eq!(size(rig._dir.as_ref().unwrap().path()), 0);

    let video = &rig.server.videos()[0];
    let crc64 = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Xz, &bytes).to_string();
    assert_eq!((video.size, &video.md5, &video.crc64, video.discarded), (5000, &None, &Some(crc64), true));
    let content = Request::get(format!("/_sandbox/videos/{}/content", video.id)).body(Body::empty()).unwrap();
    assert_eq!(rig.youku().handle(content).await.status(), 404);

    // Switched off, bytes are held again, and held against their MD5.
    rig.server.set_switches(Switches::default());
    let created = create(&rig, b"bytes").await;
    assert_eq!(put(&rig, &created, &created, b"bytez").await, 200);
    assert!(commit(&rig, &created).await.1["error"]["description"].as_str().unwrap().contains("MD5"));
}

#[tokio::test]
async fn credentials_open_one_object_only_end_and_are_handed_out_anew() {
    let rig = Rig::new(|_| ()).await;
    let (mine, other) = (create(&rig, b"bytes").await, create(&rig, b"bytes").await);
    assert_eq!(put(&rig, &other, &mine, b"bytes").await, 403);
    assert!(rig.server.expire_sts(mine["video_id"].as_str().unwrap()));
    assert_eq!(put(&rig, &mine, &mine, b"bytes").await, 403);

    let text = |name: &str| mine[name].as_str().unwrap();
    let params = [
        ("upload_token", text("upload_token")),
        ("oss_bucket", text("oss_bucket")),
        ("oss_object", text("oss_object")),
    ];
    let (status, fresh) = rig.api("GET", "/uploads/get_sts_inf.json", &params).await;
    assert_eq!((status, &fresh["endpoint"]), (200, &mine["endpoint"]));
    assert_eq!(put(&rig, &mine, &fresh, b"bytes").await, 200);
    let foreign = [params[0], params[1], ("oss_object", other["oss_object"].as_str().unwrap())];
    assert_eq!(rig.api("GET", "/uploads/get_sts_inf.json", &foreign).await.0, 400);
}
