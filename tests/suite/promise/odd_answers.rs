//! One odd answer of a store, or of something in between, at any call: it is asked again, and nothing ends by it.

use super::{OPEN, UNTRIGGERED, process_per_call, tell, videos};
use crate::function::{MIB, Rig, Setup, bytes, records, script};
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

fn control(rig: &Rig, place: &str) -> Control {
    if place == YOUKUS { rig.clouds.youku.bucket_control() } else { rig.clouds.oss_control.clone() }
}

/// Publishes an object while one call is answered so; answers what the event came to.
async fn with_fault(rig: &Rig, number: u64, place: &str, operation: &str, fault: &Value) {
    let call = format!("{operation} of {place:?}: {fault}");
    // A list is asked for the bucket itself.
    let place_of = if operation.starts_with("List") { place.trim_end_matches('/') } else { place };
    let control = control(rig, place);
    let rule = json!({"operation": operation, "match": place_of, "fault": fault});
    let id = script(&control, rule);
    let bytes = bytes(number, 3 * MIB);
    rig.put(&format!("film {number}.mp4"), &bytes).await;
    let deliveries = rig.deliveries().await;
    rig.published(&format!("film {number}"), &bytes);
    assert_eq!(control.faults.state(id).map(|state| state.fired), Some(1), "{call}");
    assert_eq!(deliveries[0].attempts, 1, "{call}: {deliveries:?}");
    control.faults.clear();
}

#[tokio::test]
async fn a_page_of_something_in_between_is_not_the_store_speaking_whatever_its_status() {
    let rig = Rig::start(Setup { ledger_in_bucket: true, ..Setup::default() }).await;
    // What the stores' own answers carry is seen first.
    rig.put("first.mp4", &bytes(99, 1000)).await;
    rig.delivery().await;
    let mut number = 0;
    for status in [200, 302, 400, 403, 404, 412] {
        for (place, operation, _) in CALLS {
            number += 1;
            with_fault(&rig, number, place, operation, &json!({"kind": "page", "status": status})).await;
        }
    }
}

#[tokio::test]
async fn the_whole_object_in_place_of_a_range_is_asked_for_again() {
    let rig = Rig::start(Setup { ledger_in_bucket: true, ..Setup::default() }).await;
    let ranged = CALLS.into_iter().filter(|(.., ranged)| *ranged);
    for (number, (place, operation, _)) in (1..).zip(ranged) {
        with_fault(&rig, number, place, operation, &json!({"kind": "ignore_range"})).await;
    }
}

#[tokio::test]
async fn a_source_that_denies_reading_leaves_the_object_to_a_later_event() {
    let setup = Setup {
        events: UNTRIGGERED,
        env: &OPEN,
        ledger_in_bucket: true,
        host: process_per_call,
        ..Setup::default()
    };
    let rig = Rig::start(setup).await;
    let bytes = bytes(5, 200_000);
    rig.put("film.mp4", &bytes).await;
    let statement = json!({
        "Effect": "Deny", "Principal": ["*"], "Action": ["oss:GetObject"], "Resource": ["acs:oss:*:*:videos/*"],
    });
    let denying: Policy = serde_json::from_value(json!({"Version": "1", "Statement": [statement]})).unwrap();
    rig.clouds.oss.set_bucket_policy("videos", Some(denying));
    let answer = tell(&rig, "film.mp4", &bytes).await;
    assert_eq!(
        (answer.error(), answer.comes_again(), videos(&rig, "film")),
        (Some("source_denied"), true, 0)
    );
    rig.clouds.oss.set_bucket_policy("videos", None);
    let answer = tell(&rig, "film.mp4", &bytes).await;
    assert!(answer.video().is_some(), "{answer:?}");
    rig.published("film", &bytes);
    assert_eq!(records::open_marks(&rig), Vec::<String>::new());
}
