//! Objects that are replaced or deleted while they are looked at or read.

use super::{MIB, Rig, Setup, bytes, script};
use bytes::Bytes;
use local_clouds::{fc::AsyncState, youku::SessionState};
use serde_json::json;

/// Replaces an object while its first bytes are being read: the old version ends as changed, the new one is published.
async fn replaced_mid_read(mode: &str, in_parts: bool) {
    let env = [("OSS2YOUKU_TRANSFER__IN_FLIGHT", "2"), ("OSS2YOUKU_TRANSFER__SLICE_WORKERS", "2")];
    let rig = Rig::start(Setup { env: &env, ..Setup::mode(mode) }).await;
    let control = &rig.clouds.oss_control;
    let (old, new) = (bytes(1, 20 * MIB), bytes(2, 20 * MIB));
    let stall = json!({"operation": "GetObject", "times": 2, "fault": {"kind": "stall", "after": 1000}});
    let id = script(control, stall);
    put(&rig, &old, in_parts).await;
    assert!(control.faults.wait_fired(id, 2).await, "both readers have begun");
    put(&rig, &new, in_parts).await;
    control.faults.clear();

    let deliveries = rig.deliveries().await;
    assert!(deliveries.iter().all(|d| d.state == AsyncState::Succeeded && d.attempts == 1), "{deliveries:?}");
    let mut codes: Vec<_> = deliveries.iter().map(|d| d.result()["code"].as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [Some("200"), Some("409")], "{deliveries:?}");
    let changed = deliveries.iter().find(|d| d.result()["code"] == "409").expect("one of them");
    assert_eq!(changed.result()["error"], "source_changed");
    rig.published("film", &new);
    assert_eq!(rig.clouds.youku.videos().len(), 1);
    let sessions = rig.clouds.youku.sessions();
    let committed = sessions.iter().filter(|session| session.state == SessionState::Committed);
    assert_eq!(committed.count(), 1);
}

async fn put(rig: &Rig, bytes: &Bytes, in_parts: bool) {
    if in_parts {
        rig.put_in_parts("film.mp4", bytes).await;
    } else {
        rig.put("film.mp4", bytes).await;
    }
}

#[tokio::test]
async fn nothing_of_an_object_replaced_on_its_way_to_the_bucket_is_published() {
    replaced_mid_read("oss", false).await;
}

#[tokio::test]
async fn nothing_of_an_object_replaced_on_its_way_to_the_slice_server_is_published() {
    replaced_mid_read("slice", false).await;
}

#[tokio::test]
async fn nothing_of_an_object_replaced_while_its_md5_is_taken_is_published() {
    replaced_mid_read("oss", true).await;
}

#[tokio::test]
async fn an_object_replaced_before_the_function_looks_is_published_in_its_new_version() {
    let rig = Rig::start(Setup::default()).await;
    let control = &rig.clouds.oss_control;
    let id =
        script(control, json!({"operation": "HeadObject", "times": 0, "fault": {"kind": "hold_before"}}));
    let new = bytes(2, MIB);
    rig.put("film.mp4", &bytes(1, MIB)).await;
    assert!(control.faults.wait_fired(id, 1).await);
    rig.put("film.mp4", &new).await;
    assert!(control.faults.wait_fired(id, 2).await);
    control.faults.clear();
    rig.deliveries().await;
    let videos = rig.clouds.youku.videos();
    // Both events found the new version, so both ask for the same upload.
    let held: Vec<_> = videos.iter().map(|video| (video.md5.clone(), video.commits)).collect();
    assert_eq!(held, [(Some(super::md5_hex(&new)), 1)]);
}

#[tokio::test]
async fn an_object_deleted_before_the_function_looks_is_answered_as_missing_and_not_asked_for_again() {
    for mode in ["oss", "slice"] {
        let rig = Rig::start(Setup::mode(mode)).await;
        let control = &rig.clouds.oss_control;
        let id = script(control, json!({"operation": "HeadObject", "fault": {"kind": "hold_before"}}));
        rig.put("film.mp4", &bytes(1, MIB)).await;
        assert!(control.faults.wait_fired(id, 1).await);
        rig.bucket.delete("film.mp4").await.unwrap();
        control.faults.release(id);
        let delivery = rig.delivery().await;
        assert_eq!((delivery.state, delivery.attempts), (AsyncState::Succeeded, 1));
        let result = delivery.result();
        assert_eq!(
            (result["code"].as_str(), result["error"].as_str()),
            (Some("404"), Some("source_missing"))
        );
        assert_eq!(result["msg"], "oss key not found");
        assert_eq!(control.faults.state(id).map(|state| state.seen), Some(1), "it asked once");
        assert_eq!(rig.clouds.youku.sessions(), []);
    }
}

#[tokio::test]
async fn an_object_deleted_mid_read_is_not_published() {
    let env = [("OSS2YOUKU_TRANSFER__IN_FLIGHT", "2")];
    let rig = Rig::start(Setup { env: &env, ..Setup::default() }).await;
    let control = &rig.clouds.oss_control;
    let stall = json!({"operation": "GetObject", "times": 2, "fault": {"kind": "stall", "after": 1000}});
    let id = script(control, stall);
    rig.put("film.mp4", &bytes(1, 20 * MIB)).await;
    assert!(control.faults.wait_fired(id, 2).await);
    rig.bucket.delete("film.mp4").await.unwrap();
    control.faults.clear();
    let delivery = rig.delivery().await;
    assert_eq!((delivery.attempts, delivery.result()["code"].as_str()), (1, Some("404")), "{delivery:?}");
    assert_eq!(rig.clouds.youku.videos(), []);
}
