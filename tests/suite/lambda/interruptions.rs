//! Deliveries that come twice, at once, or are cut short.

use super::{Rig, fixture};
use crate::function::{MIB, bytes};
use nix::sys::signal::{Signal, kill};
use sandbox::control::LinkSettings;
use serde_json::json;
use std::{num::NonZeroU64, time::Duration};
use tokio::time::{sleep, timeout};

const SMALL_PARTS: [(&str, &str); 2] =
    [("OSS2YOUKU_TRANSFER__PART_MIB", "1"), ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "2")];

/// Slows Youku down to so many MiB a second.
fn slow(rig: &Rig, mib: usize) {
    let rate = NonZeroU64::new((mib * MIB) as u64);
    rig.clouds.youku.control().link.set(LinkSettings { bytes_per_second: rate, ..LinkSettings::default() });
}

/// Waits until Youku's bucket has taken some bytes in.
async fn moving(rig: &Rig) {
    let moving = async {
        while rig.clouds.youku.received().iter().all(|view| view.bytes < MIB as u64) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(30), moving).await.expect("bytes are moving");
}

#[tokio::test]
async fn an_event_that_comes_again_changes_nothing() {
    let rig = Rig::start(&[]).await;
    let host = rig.host("lambda.log", 60).await;
    let bytes = bytes(1, MIB);
    rig.s3.put("videos", "in/twice (final)+第.mp4", &bytes).await;
    let first = host.invoke(&fixture("s3", "twice")).await;
    let again = host.invoke(&fixture("s3", "twice")).await;
    assert_eq!((&first["results"][0]["code"], &first), (&json!("200"), &again));
    rig.published("twice (final)+第", &bytes);
    assert_eq!(rig.clouds.youku.sessions().len(), 1);
}

#[tokio::test]
async fn two_at_once_publish_one_video() {
    let rig = Rig::start(&SMALL_PARTS).await;
    let (one, other) = (rig.host("one.log", 60).await, rig.host("other.log", 60).await);
    let bytes = bytes(1, 4 * MIB);
    rig.s3.put("videos", "in/both (final)+第.mp4", &bytes).await;
    slow(&rig, 4);
    let event = fixture("s3", "both");
    let ((first, _), (second, _)) = tokio::join!(one.deliver(&event), other.deliver(&event));
    assert_eq!(first["results"][0]["data"]["videoid"], second["results"][0]["data"]["videoid"]);
    rig.published("both (final)+第", &bytes);
    assert_eq!(rig.clouds.youku.sessions().len(), 1);
}

#[tokio::test]
async fn an_upload_longer_than_the_time_out_is_continued_by_the_next_delivery() {
    let rig = Rig::start(&SMALL_PARTS).await;
    let host = rig.host("lambda.log", 3).await;
    let bytes = bytes(1, 16 * MIB);
    rig.s3.put("videos", "in/long (final)+第.mp4", &bytes).await;
    slow(&rig, 4);
    let event = fixture("s3", "long");
    let first = host.invoke(&event).await;
    assert_eq!(first["errorType"], "deadline", "{first}: {}", host.log());
    let process = host.function();
    let (answer, deliveries) = host.deliver(&event).await;
    assert_eq!(answer["results"][0]["code"], "200", "{answer}");
    assert_eq!(host.function(), process, "no call was cut off");
    rig.published("long (final)+第", &bytes);
    let received = rig.clouds.youku.received();
    let [session] = received.as_slice() else { panic!("one session: {received:?}") };
    // Each run may leave the parts behind that it had in flight.
    let most = bytes.len() + (deliveries + 1) * 2 * MIB;
    assert!(session.bytes <= most as u64, "{} bytes in {deliveries} more deliveries", session.bytes);
}

#[tokio::test]
async fn with_a_sweep_the_schedule_finishes_what_one_call_cannot() {
    let settings = [SMALL_PARTS[0], SMALL_PARTS[1], ("OSS2YOUKU_SWEEP__ENABLED", "true")];
    let rig = Rig::start(&settings).await;
    let host = rig.host("lambda.log", 3).await;
    let bytes = bytes(1, 12 * MIB);
    rig.s3.put("videos", "in/long (final)+第.mp4", &bytes).await;
    slow(&rig, 4);
    let first = host.invoke(&fixture("s3", "long")).await;
    assert_eq!(first["results"][0]["error"], "deadline", "it is left to the sweep: {first}");
    let sweeping = async {
        while rig.clouds.youku.videos().is_empty() {
            host.invoke(&fixture("schedule", "")).await;
        }
    };
    timeout(Duration::from_secs(60), sweeping).await.unwrap_or_else(|_| panic!("{}", host.log()));
    rig.published("long (final)+第", &bytes);
    host.invoke(&fixture("schedule", "")).await;
    assert!(!rig.s3.has("ledger", "oss2youku/open"), "nothing is left open");
}

#[tokio::test]
async fn a_killed_process_costs_no_upload() {
    let rig = Rig::start(&SMALL_PARTS).await;
    let host = rig.host("lambda.log", 60).await;
    let bytes = bytes(1, 8 * MIB);
    rig.s3.put("videos", "in/killed (final)+第.mp4", &bytes).await;
    slow(&rig, 4);
    let event = fixture("s3", "killed");
    let (answer, ()) = tokio::join!(host.invoke(&event), async {
        moving(&rig).await;
        kill(host.function().expect("a process"), Signal::SIGKILL).expect("it runs");
    });
    assert!(answer.to_string().contains("Runtime.ExitError"), "{answer}");
    let (answer, _) = host.deliver(&event).await;
    assert_eq!(answer["results"][0]["code"], "200", "{answer}");
    rig.published("killed (final)+第", &bytes);
    let received = rig.clouds.youku.received();
    assert_eq!(received.len(), 1, "the same session is continued");
}

#[tokio::test]
async fn a_process_that_is_told_to_stop_does_so_in_order_and_the_next_call_has_another() {
    let rig = Rig::start(&[]).await;
    let host = rig.host("lambda.log", 60).await;
    let test_event = fixture("s3-test", "");
    assert_eq!(host.invoke(&test_event).await, json!({"results": []}));
    let process = host.function().expect("a process");
    kill(process, Signal::SIGTERM).expect("it runs");
    let (answer, _) = host.deliver(&test_event).await;
    assert_eq!(answer, json!({"results": []}));
    assert!(host.function().is_some_and(|next| next != process), "another process");
    assert!(host.log().contains(r#""message":"stopping""#), "{}", host.log());
}
