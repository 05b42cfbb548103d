//! Objects that are replaced or deleted before their HEAD or while they are read.

use crate::support::{MIB, Setup, TestEnv, add_fault, md5_hex, sample_bytes, wait_fired};
use bytes::Bytes;
use local_clouds::{fc::AsyncState, youku::SessionState};
use serde_json::json;

/// Replaces an object while its first bytes are being read: the old version ends as changed, the new one is published.
async fn replaced_mid_read(mode: &str, in_parts: bool) {
    let variables = [("OSS2YOUKU_TRANSFER__IN_FLIGHT", "2"), ("OSS2YOUKU_TRANSFER__SLICE_WORKERS", "2")];
    let env = TestEnv::start(Setup { variables: &variables, ..Setup::with_mode(mode) }).await;
    let control = &env.clouds.oss_control;
    let (old, new) = (sample_bytes(1, 20 * MIB), sample_bytes(2, 20 * MIB));
    let stall = json!({"operation": "GetObject", "times": 2, "fault": {"kind": "stall", "after": 1000}});
    let id = add_fault(control, stall);
    put(&env, &old, in_parts).await;
    wait_fired(control, id, 2).await;
    put(&env, &new, in_parts).await;
    control.faults.clear();

    let deliveries = env.wait_for_deliveries().await;
    assert!(deliveries.iter().all(|d| d.state == AsyncState::Succeeded && d.attempts == 1), "{deliveries:?}");
    let mut codes: Vec<_> = deliveries.iter().map(|d| d.result()["code"].as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [Some("200"), Some("409")], "{deliveries:?}");
    let changed = deliveries.iter().find(|d| d.result()["code"] == "409").expect("one of them");
    assert_eq!(changed.result()["error"], "source_changed");
    env.assert_published("film", &new);
    assert_eq!(env.clouds.youku.videos().len(), 1);
    let sessions = env.clouds.youku.sessions();
    let committed = sessions.iter().filter(|session| session.state == SessionState::Committed);
    assert_eq!(committed.count(), 1);
}

async fn put(env: &TestEnv, bytes: &Bytes, in_parts: bool) {
    if in_parts {
        env.put_in_parts("film.mp4", bytes).await;
    } else {
        env.put("film.mp4", bytes).await;
    }
}

#[tokio::test]
async fn an_object_replaced_while_sent_is_not_published() {
    replaced_mid_read("oss", false).await;
}

#[tokio::test]
async fn an_object_replaced_while_sent_in_slices_is_not_published() {
    replaced_mid_read("slice", false).await;
}

#[tokio::test]
async fn an_object_replaced_while_hashed_is_not_published() {
    replaced_mid_read("oss", true).await;
}

/// An object that is replaced before the function's HEAD is published in its new version.
#[tokio::test]
async fn an_object_replaced_before_its_head_is_published_anew() {
    let env = TestEnv::start(Setup::default()).await;
    let control = &env.clouds.oss_control;
    let id =
        add_fault(control, json!({"operation": "HeadObject", "times": 0, "fault": {"kind": "hold_before"}}));
    let new = sample_bytes(2, MIB);
    env.put("film.mp4", &sample_bytes(1, MIB)).await;
    wait_fired(control, id, 1).await;
    env.put("film.mp4", &new).await;
    wait_fired(control, id, 2).await;
    control.faults.clear();
    env.wait_for_deliveries().await;
    let videos = env.clouds.youku.videos();
    // Both events found the new version, so both ask for the same upload.
    let held: Vec<_> = videos.iter().map(|video| (video.md5.clone(), video.commits)).collect();
    assert_eq!(held, [(Some(md5_hex(&new)), 1)]);
}

/// An object that is deleted before the function's HEAD is answered as missing, and no request follows.
#[tokio::test]
async fn an_object_deleted_before_its_head_is_missing() {
    for mode in ["oss", "slice"] {
        let env = TestEnv::start(Setup::with_mode(mode)).await;
        let control = &env.clouds.oss_control;
        let id = add_fault(control, json!({"operation": "HeadObject", "fault": {"kind": "hold_before"}}));
        env.put("film.mp4", &sample_bytes(1, MIB)).await;
        wait_fired(control, id, 1).await;
        env.bucket.delete("film.mp4").await.unwrap();
        control.faults.release(id);
        let delivery = env.wait_for_delivery().await;
        assert_eq!((delivery.state, delivery.attempts), (AsyncState::Succeeded, 1));
        let result = delivery.result();
        assert_eq!(
            (result["code"].as_str(), result["error"].as_str()),
            (Some("404"), Some("source_missing"))
        );
        assert_eq!(result["msg"], "oss key not found");
        assert_eq!(control.faults.state(id).map(|state| state.seen), Some(1), "it asked once");
        assert_eq!(env.clouds.youku.sessions(), []);
    }
}

#[tokio::test]
async fn an_object_deleted_mid_read_is_not_published() {
    let variables = [("OSS2YOUKU_TRANSFER__IN_FLIGHT", "2")];
    let env = TestEnv::start(Setup { variables: &variables, ..Setup::default() }).await;
    let control = &env.clouds.oss_control;
    let stall = json!({"operation": "GetObject", "times": 2, "fault": {"kind": "stall", "after": 1000}});
    let id = add_fault(control, stall);
    env.put("film.mp4", &sample_bytes(1, 20 * MIB)).await;
    wait_fired(control, id, 2).await;
    env.bucket.delete("film.mp4").await.unwrap();
    control.faults.clear();
    let delivery = env.wait_for_delivery().await;
    assert_eq!((delivery.attempts, delivery.result()["code"].as_str()), (1, Some("404")), "{delivery:?}");
    assert_eq!(env.clouds.youku.videos(), []);
}
