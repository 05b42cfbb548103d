//! OSS mode, with an object put the plain way: one PUT with a URL signed V1.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use axum::body::Body;
use http::Request;
use local_clouds::control::Cloud;
use local_clouds::youku::{ExpiredSts, Switches};
use serde_json::Value;

use super::env::*;
use crate::http_client;

/// PUTs with the credentials of `sts` into the object of `created`; the status.
async fn put(env: &YoukuEnv, created: &Value, sts: &Value, bytes: &[u8]) -> u16 {
    put_and_read(env, created, sts, bytes).await.0
}

/// The same; the status and the answer's text.
async fn put_and_read(env: &YoukuEnv, created: &Value, sts: &Value, bytes: &[u8]) -> (u16, String) {
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
    let host = env.server.bucket().replace("http://", "");
    let request = Request::put(uri).header("host", host).header("content-length", bytes.len());
    let request = request.body(Body::from(bytes.to_vec())).unwrap();
    let answer = env.server.oss().handle(request).await;
    let status = answer.status().as_u16();
    let body = axum::body::to_bytes(answer.into_body(), 64 * 1024).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn commit(env: &YoukuEnv, created: &Value) -> (u16, Value) {
    let token = created["upload_token"].as_str().unwrap();
    env.api("POST", "/uploads/commit.json", &[("upload_token", token)]).await
}

async fn create(env: &YoukuEnv, bytes: &[u8]) -> Value {
    let (status, created) = env.create(bytes, &[("isnew", "1")]).await;
    assert_eq!(status, 201, "{created}");
    created
}

#[tokio::test]
async fn the_object_of_the_session_becomes_the_video() {
    let env = YoukuEnv::new(|_| ()).await;
    let bytes = movie(5000);
    let created = create(&env, &bytes).await;
    let mut progress = env.server.progress();
    assert_eq!(put(&env, &created, &created, &bytes).await, 200);
    progress.changed().await.unwrap();
    assert_eq!(*progress.borrow(), 5000);
    assert_eq!(commit(&env, &created).await, (200, serde_json::json!({"video_id": created["video_id"]})));
    let video = env.server.videos().remove(0);
    assert_eq!((video.size, video.md5), (5000, Some(md5_hex(&bytes))));
    assert_eq!(env.server.received()[0].bytes, 5000);
    // The credentials ended with the commit: the bytes of a video stay what they are.
    assert_eq!(put(&env, &created, &created, b"other").await, 403);
    let content = Request::get(format!("/_sandbox/videos/{}/content", video.id)).body(Body::empty()).unwrap();
    let (_, _, content) = http_client::send(&env.server.api(), content).await;
    assert_eq!(content, bytes);
}

#[tokio::test]
async fn a_commit_without_the_object_or_with_other_bytes_is_refused() {
    let env = YoukuEnv::new(|_| ()).await;
    let created = create(&env, b"bytes").await;
    assert_eq!(commit(&env, &created).await.0, 400);
    assert_eq!(put(&env, &created, &created, b"byte").await, 200);
    assert!(commit(&env, &created).await.1["error"]["description"].as_str().unwrap().contains("size"));
    assert_eq!(put(&env, &created, &created, b"bytez").await, 200);
    assert!(commit(&env, &created).await.1["error"]["description"].as_str().unwrap().contains("MD5"));
    assert!(env.server.videos().is_empty());
    assert_eq!(put(&env, &created, &created, b"bytes").await, 200);
    assert_eq!(commit(&env, &created).await.0, 200);
}

/// With `discard` no byte is kept, a commit checks only the size, and the video says so. Switched off, the
/// MD5 is checked again.
#[tokio::test]
async fn discarded_bytes_are_committed_by_size() {
    let env = YoukuEnv::new(|_| ()).await;
    let size = |dir: &std::path::Path| {
        let files = std::fs::read_dir(dir.join("bucket/data")).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>()
    };
    let discard = Body::from(r#"{"discard": true}"#);
    let switched = Request::post("/_sandbox/switches").body(discard).unwrap();
    assert_eq!(http_client::send(&env.server.api(), switched).await.0, 200);
    let bytes = movie(5000);
    let created = create(&env, &bytes).await;
    assert_eq!(put(&env, &created, &created, &bytes[1..]).await, 200);
    assert!(commit(&env, &created).await.1["error"]["description"].as_str().unwrap().contains("size"));
    assert_eq!(put(&env, &created, &created, &bytes).await, 200);
    assert_eq!(commit(&env, &created).await.0, 200);
    assert_eq!(size(env.dir.as_ref().unwrap().path()), 0);

    let video = &env.server.videos()[0];
    let crc64 = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Xz, &bytes).to_string();
    assert_eq!((video.size, &video.md5, &video.crc64, video.discarded), (5000, &None, &Some(crc64), true));
    let content = Request::get(format!("/_sandbox/videos/{}/content", video.id)).body(Body::empty()).unwrap();
    assert_eq!(http_client::send(&env.server.api(), content).await.0, 404);

    // Switched off, bytes are held again, and held against their MD5.
    env.server.set_switches(Switches::default());
    let created = create(&env, b"bytes").await;
    assert_eq!(put(&env, &created, &created, b"bytez").await, 200);
    assert!(commit(&env, &created).await.1["error"]["description"].as_str().unwrap().contains("MD5"));
}

/// STS credentials open one object, expire, and are renewed by `get_sts_inf` for the object of the same
/// upload only.
#[tokio::test]
async fn credentials_open_one_object_and_can_be_renewed() {
    let env = YoukuEnv::new(|_| ()).await;
    let (mine, other) = (create(&env, b"bytes").await, create(&env, b"bytes").await);
    assert_eq!(put(&env, &other, &mine, b"bytes").await, 403);
    assert!(env.server.expire_sts(mine["video_id"].as_str().unwrap()));
    assert_eq!(put(&env, &mine, &mine, b"bytes").await, 403);

    let text = |name: &str| mine[name].as_str().unwrap();
    let params = [
        ("upload_token", text("upload_token")),
        ("oss_bucket", text("oss_bucket")),
        ("oss_object", text("oss_object")),
    ];
    let (status, fresh) = env.api("GET", "/uploads/get_sts_inf.json", &params).await;
    assert_eq!((status, &fresh["endpoint"]), (200, &mine["endpoint"]));
    assert_eq!(put(&env, &mine, &fresh, b"bytes").await, 200);
    let foreign = [params[0], params[1], ("oss_object", other["oss_object"].as_str().unwrap())];
    assert_eq!(env.api("GET", "/uploads/get_sts_inf.json", &foreign).await.0, 400);
}

/// Credentials end when they say so, and are refused with the switch's code, or taken until the upload is over.
#[tokio::test]
async fn credentials_that_are_over_are_refused_as_the_switch_says() {
    for (at, code) in [
        (ExpiredSts::Expired, Some("SecurityTokenExpired")),
        (ExpiredSts::Unknown, Some("InvalidAccessKeyId")),
        (ExpiredSts::Denied, Some("AccessDenied")),
        (ExpiredSts::Taken, None),
    ] {
        let env = YoukuEnv::switched(|switches| {
            (switches.sts_life_ms, switches.expired_sts) = (Some(0), at);
        })
        .await;
        let created = create(&env, b"bytes").await;
        let (status, text) = put_and_read(&env, &created, &created, b"bytes").await;
        match code {
            None => assert_eq!(status, 200, "{text}"),
            Some(code) => {
                assert!(status == 403 && text.contains(&format!("<Code>{code}</Code>")), "{text}");
                env.server.set_switches(Switches::default());
                let (bucket, object) = (&created["oss_bucket"], &created["oss_object"]);
                let named = [
                    ("upload_token", created["upload_token"].as_str().unwrap()),
                    ("oss_bucket", bucket.as_str().unwrap()),
                    ("oss_object", object.as_str().unwrap()),
                ];
                let (_, fresh) = env.api("GET", "/uploads/get_sts_inf.json", &named).await;
                assert_eq!(put(&env, &created, &fresh, b"bytes").await, 200);
            }
        }
        assert_eq!(commit(&env, &created).await.0, 200);
        assert_eq!(put(&env, &created, &created, b"other").await, 403, "a commit ends every key");
    }
}

/// An upload that is not committed in time is over.
#[tokio::test]
async fn a_session_ends_when_its_life_is_over() {
    let env = YoukuEnv::switched(|switches| switches.session_life_ms = Some(0)).await;
    let created = create(&env, b"bytes").await;
    assert_eq!(put(&env, &created, &created, b"bytes").await, 200, "the bucket does not know of it");
    assert_eq!(code(&commit(&env, &created).await), EXPIRED_UPLOAD_TOKEN);
    env.server.set_switches(Switches::default());
    let created = create(&env, b"bytes").await;
    assert_eq!(put(&env, &created, &created, b"bytes").await, 200);
    assert_eq!(commit(&env, &created).await.0, 200);
}
