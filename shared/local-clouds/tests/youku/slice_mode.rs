//! Slices, from create_file to the video.

use std::time::Duration;

use axum::body::Body;
use http::Request;
use local_clouds::youku::YoukuConfig;

use super::env::*;
use crate::http_client;

#[tokio::test]
async fn slices_of_several_workers_become_the_file() {
    let env = YoukuEnv::new(|_| ()).await;
    let bytes = movie(10_500);
    let token = env.begin(&bytes).await;
    let worker = || env.deliver(&token, &bytes);
    tokio::join!(worker(), worker(), worker());
    assert_eq!(env.check(&token).await.1["status"], 1);
    assert_eq!(env.commit(&token).await.0, 200);

    let video = env.server.videos().remove(0);
    assert_eq!((video.size, video.md5.clone()), (10_500, Some(md5_hex(&bytes))));
    assert_eq!(
        (video.state.as_str(), video.account.as_str(), video.tags.as_str()),
        ("encoding", "default", "旅行,sea")
    );
    let received = env.server.received();
    assert_eq!((received[0].bytes, received[0].file_size), (10_500, 10_500));
    assert_eq!(*env.server.progress().borrow(), 10_500);
    let content = Request::get(format!("/_sandbox/videos/{}/content", video.id)).body(Body::empty()).unwrap();
    let (_, _, content) = http_client::send(&env.server.api(), content).await;
    assert_eq!(content, bytes);
}

/// A slice whose hash does not fit is refused; a slice sent again with other bytes does not replace the
/// first.
#[tokio::test]
async fn a_slice_with_a_wrong_hash_does_not_change_the_file() {
    let env = YoukuEnv::new(|_| ()).await;
    let bytes = movie(1500);
    let token = env.begin(&bytes).await;
    let slice = env.new_slice(&token).await;
    let good = part(&bytes, &slice);
    let mut flipped = good.to_vec();
    flipped[3] ^= 1;
    assert_eq!(code(&env.upload_slice(&token, &slice, &flipped, &md5_hex(good)).await), 120_010_225);
    assert_eq!(env.upload_slice(&token, &slice, good, &md5_hex(good)).await.0, 201);
    // Delivered again with other bytes that fit their own hash: what is written stays.
    assert_eq!(env.upload_slice(&token, &slice, &flipped, &md5_hex(&flipped)).await.0, 201);
    let last = serde_json::json!({"slice_task_id": 2, "offset": 1024, "length": 476});
    assert_eq!(
        env.upload_slice(&token, &last, part(&bytes, &last), &md5_hex(part(&bytes, &last))).await.0,
        201
    );
    assert_eq!(env.commit(&token).await.0, 200);
    assert_eq!(env.server.videos()[0].md5, Some(md5_hex(&bytes)));
    assert_eq!(env.server.received()[0].bytes, 3 * 1024 + 476);
}

#[tokio::test]
async fn a_slice_that_is_not_the_one_handed_out_is_refused() {
    let env = YoukuEnv::new(|_| ()).await;
    let bytes = movie(1500);
    let token = env.begin(&bytes).await;
    let good = &bytes[..1024];
    for (id, offset, length) in [(9, 0, 1024), (0, 0, 0), (1, 1, 1024), (1, 0, 1023)] {
        let slice = serde_json::json!({"slice_task_id": id, "offset": offset, "length": length});
        assert_eq!(env.upload_slice(&token, &slice, good, &md5_hex(good)).await.0, 400, "{slice}");
    }
    let first = serde_json::json!({"slice_task_id": 1, "offset": 0, "length": 1024});
    assert_eq!(env.upload_slice(&token, &first, &good[..9], &md5_hex(&good[..9])).await.0, 400);
    assert_eq!(env.check(&token).await.1["transferred_percent"], 0);
}

#[tokio::test]
async fn a_slice_that_never_came_is_handed_to_the_next_worker() {
    let env = YoukuEnv::new(|config| config.undelivered_slice_returns_after = Duration::ZERO).await;
    let bytes = movie(2048);
    let token = env.begin(&bytes).await;
    let abandoned = env.new_slice(&token).await;
    assert_eq!(env.check(&token).await.1["status"], 4);
    assert_eq!(env.new_slice(&token).await["slice_task_id"], abandoned["slice_task_id"]);
    env.deliver(&token, &bytes).await;
    assert_eq!(env.commit(&token).await.0, 200);

    let env = YoukuEnv::new(|_| ()).await;
    let token = env.begin(&bytes).await;
    env.new_slice(&token).await;
    env.deliver(&token, &bytes).await;
    assert_eq!(env.check(&token).await.1["status"], 2);
    assert_eq!(env.commit(&token).await.0, 400);
}

#[tokio::test]
async fn a_commit_needs_every_slice_written_and_the_announced_md5() {
    let env = YoukuEnv::switched(|switches| switches.confirm_after_checks = 1).await;
    let bytes = movie(2000);
    let token = env.begin(&bytes).await;
    assert_eq!(env.commit(&token).await.0, 400);
    env.deliver(&token, &bytes).await;
    assert_eq!(env.commit(&token).await.0, 400);
    assert_eq!(env.check(&token).await.1["status"], 3);
    assert_eq!(env.commit(&token).await.0, 200);

    let (_, created) = env.create(&bytes, &[("file_md5", &md5_hex(b"other"))]).await;
    let token = created["upload_token"].as_str().unwrap().to_owned();
    let form = [("upload_token", token.as_str()), ("file_size", "2000"), ("ext", "mp4")];
    assert_eq!(env.send("POST", "/gupload/create_file", &form, Vec::new()).await.0, 201);
    env.deliver(&token, &bytes).await;
    env.check(&token).await;
    let refused = env.commit(&token).await;
    assert!(refused.1["error"]["description"].as_str().unwrap().contains("MD5"));
    assert_eq!(env.server.videos().len(), 1);
}

#[tokio::test]
async fn known_bytes_may_be_committed_at_once_where_switched_so() {
    let env = YoukuEnv::switched(|switches| switches.instant_upload = true).await;
    let (status, created) = env.create(b"bytes", &[]).await;
    assert_eq!((status, &created["instant_upload_ok"]), (201, &"no".into()));
    env.publish(b"bytes").await;
    let (_, created) = env.create(b"bytes", &[]).await;
    assert_eq!(created["instant_upload_ok"], "yes");
    assert_eq!(env.commit(created["upload_token"].as_str().unwrap()).await.0, 200);
    assert_eq!(env.server.videos().len(), 2);
    assert_eq!(env.server.videos()[1].md5, Some(md5_hex(b"bytes")));
}

#[tokio::test]
async fn committed_videos_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let first = YoukuEnv::with(YoukuConfig::new(dir.path())).await;
    let (_, id) = first.publish(&movie(3000)).await;
    let before = first.server.videos();
    first.server.shutdown().await;
    let second = YoukuEnv::with(YoukuConfig::new(dir.path())).await;
    assert_eq!(second.server.videos(), before);
    assert_eq!(second.show(&id).await.0, 200);
}
