//! One odd response of a store, or of a gateway, at any call: the request is retried, and no upload ends by it.

use super::{called_by_test, send_event, videos};
use crate::support::{MIB, Setup, TestEnv, add_fault, ledger_bucket, sample_bytes};
use local_clouds::{control::Control, oss::Policy};
use serde_json::{Value, json};

const SOURCE: &str = "/videos/";
const LEDGER: &str = "/records/";
const YOUKUS: &str = "";

/// Where, which operation, and whether it asks for a range.
const CALLS: [(&str, &str, bool); 8] = [
    (SOURCE, "HeadObject", false),
    (SOURCE, "GetObject", true),
    (YOUKUS, "InitiateMultipartUpload", false),
    (YOUKUS, "UploadPart", false),
    (YOUKUS, "CompleteMultipartUpload", false),
    (LEDGER, "PutObject", false),
    (LEDGER, "GetObject", false),
    (LEDGER, "ListObjectsV2", false),
];

fn control(env: &TestEnv, place: &str) -> Control {
    if place == YOUKUS { env.clouds.youku.bucket_control() } else { env.clouds.oss_control.clone() }
}

/// Publishes an object while one call gets this fault.
async fn with_fault(env: &TestEnv, number: u64, place: &str, operation: &str, fault: &Value) {
    let call = format!("{operation} of {place:?}: {fault}");
    // A list request names the bucket itself.
    let place_of = if operation.starts_with("List") { place.trim_end_matches('/') } else { place };
    let control = control(env, place);
    let rule = json!({"operation": operation, "match": place_of, "fault": fault});
    let id = add_fault(&control, rule);
    let bytes = sample_bytes(number, 3 * MIB);
    env.put(&format!("film {number}.mp4"), &bytes).await;
    let deliveries = env.wait_for_deliveries().await;
    env.assert_published(&format!("film {number}"), &bytes);
    assert_eq!(control.faults.state(id).map(|state| state.fired), Some(1), "{call}");
    assert_eq!(deliveries[0].attempts, 1, "{call}: {deliveries:?}");
    control.faults.clear();
}

/// A page of a gateway, whatever its status, is not taken for a response of the store.
#[tokio::test]
async fn a_gateways_page_is_not_taken_for_the_store() {
    let env = TestEnv::start(Setup { ledger_in_bucket: true, ..Setup::default() }).await;
    // The first upload shows what the stores' own responses carry.
    env.put("first.mp4", &sample_bytes(99, 1000)).await;
    env.wait_for_delivery().await;
    let mut number = 0;
    for status in [200, 302, 400, 403, 404, 412] {
        for (place, operation, _) in CALLS {
            number += 1;
            with_fault(&env, number, place, operation, &json!({"kind": "page", "status": status})).await;
        }
    }
}

#[tokio::test]
async fn the_whole_object_in_place_of_a_range_is_asked_for_again() {
    let env = TestEnv::start(Setup { ledger_in_bucket: true, ..Setup::default() }).await;
    let ranged = CALLS.into_iter().filter(|(.., ranged)| *ranged);
    for (number, (place, operation, _)) in (1..).zip(ranged) {
        with_fault(&env, number, place, operation, &json!({"kind": "ignore_range"})).await;
    }
}

#[tokio::test]
async fn a_source_that_denies_reading_is_left_to_a_later_event() {
    let setup = Setup { ledger_in_bucket: true, ..called_by_test() };
    let env = TestEnv::start(setup).await;
    let bytes = sample_bytes(5, 200_000);
    env.put("film.mp4", &bytes).await;
    let statement = json!({
        "Effect": "Deny", "Principal": ["*"], "Action": ["oss:GetObject"], "Resource": ["acs:oss:*:*:videos/*"],
    });
    let denying: Policy = serde_json::from_value(json!({"Version": "1", "Statement": [statement]})).unwrap();
    env.clouds.oss.set_bucket_policy("videos", Some(denying));
    let answer = send_event(&env, "film.mp4", &bytes).await;
    assert_eq!(
        (answer.error(), answer.is_redelivered(), videos(&env, "film")),
        (Some("source_denied"), true, 0)
    );
    env.clouds.oss.set_bucket_policy("videos", None);
    let answer = send_event(&env, "film.mp4", &bytes).await;
    assert!(answer.video().is_some(), "{answer:?}");
    env.assert_published("film", &bytes);
    assert_eq!(ledger_bucket::open_marks(&env), Vec::<String>::new());
}
