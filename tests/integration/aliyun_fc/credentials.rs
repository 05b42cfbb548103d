//! Credentials that expire while they are needed, and signature versions that are refused.

use crate::support::{MIB, Setup, TestEnv, add_fault, sample_bytes, wait_fired};
use local_clouds::{
    control::LinkSettings,
    fc::{AsyncState, Runtime},
};
use nix::sys::signal::Signal;
use serde_json::json;
use std::{num::NonZeroU64, time::Duration};

/// Upload credentials that live for a second are renewed as often as the transfer needs.
#[tokio::test]
async fn upload_credentials_of_a_second_are_renewed_repeatedly() {
    let setup = Setup { youku: |youku| youku.sts_life = Duration::from_secs(1), ..Setup::default() };
    let env = TestEnv::start(setup).await;
    let slow = LinkSettings { bytes_per_second: NonZeroU64::new(5 << 20), ..LinkSettings::default() };
    env.clouds.youku.control().link.set(slow);
    let bytes = sample_bytes(1, 10 * MIB);
    env.put("film.mp4", &bytes).await;
    assert_eq!(env.wait_for_delivery().await.attempts, 1);
    env.assert_published("film", &bytes);
}

#[tokio::test]
async fn a_failed_renewal_of_upload_credentials_is_retried() {
    let env = TestEnv::start(Setup::default()).await;
    let (bucket, youku) = (env.clouds.youku.bucket_control(), env.clouds.youku.control());
    add_fault(&bucket, json!({"operation": "UploadPart", "skip": 1, "fault": {"kind": "expire"}}));
    let failing = json!({"operation": "sts", "times": 2, "fault": {"kind": "status", "status": 503}});
    let id = add_fault(&youku, failing);
    let bytes = sample_bytes(2, 10 * MIB);
    env.put("film.mp4", &bytes).await;
    assert_eq!(env.wait_for_delivery().await.attempts, 1);
    env.assert_published("film", &bytes);
    assert_eq!(youku.faults.state(id).map(|state| state.fired), Some(2));
}

/// Each call carries the role's credentials.
fn credentials_in_headers() -> Setup<'static> {
    Setup { runtime: Runtime::CustomDebian10, ..Setup::default() }
}

#[tokio::test]
async fn the_functions_role_may_get_new_credentials_between_two_calls() {
    let env = TestEnv::start(credentials_in_headers()).await;
    let mut pids = Vec::new();
    for title in ["one", "two", "three"] {
        let bytes = sample_bytes(title.len() as u64, 300_000);
        env.put(&format!("{title}.mp4"), &bytes).await;
        assert_eq!(env.wait_for_delivery().await.attempts, 1);
        env.assert_published(title, &bytes);
        pids.push(env.clouds.fc.instances(&env.clouds.function)[0].pid);
        env.clouds.rotate_role();
    }
    assert!(pids.iter().all(|pid| *pid == pids[0]), "the same process had to take the new ones: {pids:?}");
}

/// Role credentials that expire in the middle of a call are replaced by those of the next delivery.
#[tokio::test]
async fn expired_role_credentials_are_cured_by_redelivery() {
    for mode in ["oss", "slice"] {
        let env = TestEnv::start(Setup { mode, ..credentials_in_headers() }).await;
        let control = &env.clouds.oss_control;
        let id = add_fault(control, json!({"operation": "GetObject", "fault": {"kind": "hold_before"}}));
        let bytes = sample_bytes(3, 3 * MIB);
        env.put("film.mp4", &bytes).await;
        wait_fired(control, id, 1).await;
        env.clouds.rotate_role();
        control.faults.clear();
        let delivery = env.wait_for_delivery().await;
        assert_eq!((delivery.state, delivery.attempts), (AsyncState::Succeeded, 2), "{delivery:?}");
        env.assert_published("film", &bytes);
    }
}

/// Role credentials of the environment that have expired fail the event until there is a new process.
#[tokio::test]
async fn expired_environment_credentials_need_a_new_process() {
    let env = TestEnv::start(Setup::default()).await;
    let (first, second) = (sample_bytes(1, 1000), sample_bytes(2, 1000));
    env.put("first.mp4", &first).await;
    env.wait_for_delivery().await;
    env.clouds.rotate_role();
    env.put("second.mp4", &second).await;
    let delivery = env.wait_for_delivery().await;
    // Not acknowledged: the destination of failed events gets it.
    assert_eq!((delivery.state, &delivery.body["errorType"]), (AsyncState::Failed, &json!("config")));
    env.clouds.fc.kill_instance(&env.clouds.function, Signal::SIGKILL).await;
    let result = env.call_with_event("ObjectCreated:PutObject", "second.mp4", second.len()).await;
    assert_eq!(result["code"], "200", "{result}");
    env.assert_published("second", &second);
}

#[tokio::test]
async fn a_target_bucket_gets_the_signature_version_it_takes() {
    let v1_only = Setup { youku: |youku| youku.bucket_allows_v4 = false, ..Setup::default() };
    let v4_only = Setup { youku: |youku| youku.bucket_allows_v1 = false, ..Setup::default() };
    for setup in [v1_only, v4_only] {
        let env = TestEnv::start(setup).await;
        for title in ["one", "two"] {
            let bytes = sample_bytes(title.len() as u64, 3 * MIB);
            env.put(&format!("{title}.mp4"), &bytes).await;
            assert_eq!(env.wait_for_delivery().await.attempts, 1);
            env.assert_published(title, &bytes);
        }
    }
}
