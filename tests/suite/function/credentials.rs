//! Credentials that end while they are needed, and signature versions that are refused.

use super::{MIB, Rig, Setup, bytes, script};
use local_clouds::{
    control::LinkSettings,
    fc::{AsyncState, Runtime},
};
use nix::sys::signal::Signal;
use serde_json::json;
use std::{num::NonZeroU64, time::Duration};

#[tokio::test]
async fn youkus_credentials_that_live_for_a_second_are_renewed_as_often_as_it_takes() {
    let setup = Setup { youku: |youku| youku.sts_life = Duration::from_secs(1), ..Setup::default() };
    let rig = Rig::start(setup).await;
    let slow = LinkSettings { bytes_per_second: NonZeroU64::new(5 << 20), ..LinkSettings::default() };
    rig.clouds.youku.control().link.set(slow);
    let bytes = bytes(1, 10 * MIB);
    rig.put("film.mp4", &bytes).await;
    assert_eq!(rig.delivery().await.attempts, 1);
    rig.published("film", &bytes);
}

#[tokio::test]
async fn a_renewal_of_youkus_credentials_that_fails_is_tried_again() {
    let rig = Rig::start(Setup::default()).await;
    let (bucket, youku) = (rig.clouds.youku.bucket_control(), rig.clouds.youku.control());
    script(&bucket, json!({"operation": "UploadPart", "skip": 1, "fault": {"kind": "expire"}}));
    let failing = json!({"operation": "sts", "times": 2, "fault": {"kind": "status", "status": 503}});
    let id = script(&youku, failing);
    let bytes = bytes(2, 10 * MIB);
    rig.put("film.mp4", &bytes).await;
    assert_eq!(rig.delivery().await.attempts, 1);
    rig.published("film", &bytes);
    assert_eq!(youku.faults.state(id).map(|state| state.fired), Some(2));
}

/// Each call brings the role's credentials.
fn credentials_in_headers() -> Setup<'static> {
    Setup { runtime: Runtime::CustomDebian10, ..Setup::default() }
}

#[tokio::test]
async fn the_functions_role_may_get_new_credentials_between_two_calls() {
    let rig = Rig::start(credentials_in_headers()).await;
    let mut pids = Vec::new();
    for title in ["one", "two", "three"] {
        let bytes = bytes(title.len() as u64, 300_000);
        rig.put(&format!("{title}.mp4"), &bytes).await;
        assert_eq!(rig.delivery().await.attempts, 1);
        rig.published(title, &bytes);
        pids.push(rig.clouds.fc.instances(&rig.clouds.function)[0].pid);
        rig.clouds.rotate_role();
    }
    assert!(pids.iter().all(|pid| *pid == pids[0]), "the same process had to take the new ones: {pids:?}");
}

#[tokio::test]
async fn role_credentials_that_end_in_the_middle_of_a_call_are_cured_by_the_next_delivery() {
    for mode in ["oss", "slice"] {
        let rig = Rig::start(Setup { mode, ..credentials_in_headers() }).await;
        let control = &rig.clouds.oss_control;
        let id = script(control, json!({"operation": "GetObject", "fault": {"kind": "hold_before"}}));
        let bytes = bytes(3, 3 * MIB);
        rig.put("film.mp4", &bytes).await;
        assert!(control.faults.wait_fired(id, 1).await);
        rig.clouds.rotate_role();
        control.faults.clear();
        let delivery = rig.delivery().await;
        assert_eq!((delivery.state, delivery.attempts), (AsyncState::Succeeded, 2), "{delivery:?}");
        rig.published("film", &bytes);
    }
}

#[tokio::test]
async fn role_credentials_of_the_environment_that_have_ended_fail_the_event_until_there_is_a_new_process() {
    let rig = Rig::start(Setup::default()).await;
    let (first, second) = (bytes(1, 1000), bytes(2, 1000));
    rig.put("first.mp4", &first).await;
    rig.delivery().await;
    rig.clouds.rotate_role();
    rig.put("second.mp4", &second).await;
    let delivery = rig.delivery().await;
    // Not answered as done: whoever watches failed events gets it.
    assert_eq!((delivery.state, &delivery.body["errorType"]), (AsyncState::Failed, &json!("config")));
    rig.clouds.fc.kill_instance(&rig.clouds.function, Signal::SIGKILL).await;
    let result = rig.tell("ObjectCreated:PutObject", "second.mp4", second.len()).await;
    assert_eq!(result["code"], "200", "{result}");
    rig.published("second", &second);
}

#[tokio::test]
async fn a_bucket_of_youkus_that_takes_one_signature_version_is_signed_for_in_that_one() {
    let v1_only = Setup { youku: |youku| youku.bucket_allows_v4 = false, ..Setup::default() };
    let v4_only = Setup { youku: |youku| youku.bucket_allows_v1 = false, ..Setup::default() };
    for setup in [v1_only, v4_only] {
        let rig = Rig::start(setup).await;
        for title in ["one", "two"] {
            let bytes = bytes(title.len() as u64, 3 * MIB);
            rig.put(&format!("{title}.mp4"), &bytes).await;
            assert_eq!(rig.delivery().await.attempts, 1);
            rig.published(title, &bytes);
        }
    }
}
