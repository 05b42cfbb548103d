//! Deliveries that come twice, at once, or are cut short.

use super::{Rig, emulator::Emulator, fixture};
use crate::function::{MIB, bytes};
use local_clouds::control::LinkSettings;
use nix::sys::signal::{Signal, kill};
use serde_json::{Value, json};
use std::{num::NonZeroU64, time::Duration};
use tokio::time::{sleep, timeout};

pub(crate) const SMALL_PARTS: [(&str, &str); 2] =
    [("OSS2YOUKU_TRANSFER__PART_MIB", "1"), ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "2")];

/// Slows Youku down to so many MiB a second.
pub(crate) fn slow(rig: &Rig, mib: usize) {
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
    scheduled(&rig, &host).await;
    rig.published("long (final)+第", &bytes);
    host.invoke(&fixture("schedule", "")).await;
    assert!(!rig.s3.has("ledger", "oss2youku/open"), "nothing is left open");
}

/// Lets the schedule call until there is a video.
async fn scheduled(rig: &Rig, host: &Emulator) {
    let sweeping = async {
        while rig.clouds.youku.videos().is_empty() {
            host.invoke(&fixture("schedule", "")).await;
        }
    };
    timeout(Duration::from_secs(60), sweeping).await.unwrap_or_else(|_| panic!("{}", host.log()));
}

#[tokio::test]
async fn what_a_caller_of_the_url_asked_for_in_vain_is_finished_by_the_schedule() {
    let settings = [SMALL_PARTS[0], SMALL_PARTS[1], ("OSS2YOUKU_SWEEP__ENABLED", "true")];
    let rig = Rig::start(&settings).await;
    let host = rig.host("lambda.log", 3).await;
    let bytes = bytes(1, 12 * MIB);
    rig.s3.put("videos", "in/film.mp4", &bytes).await;
    slow(&rig, 4);
    let outcome = |answer: &Value| -> Value {
        serde_json::from_str(answer["body"].as_str().unwrap_or_else(|| panic!("{answer}"))).unwrap()
    };
    let request = fixture("function-url", "");
    let first = host.invoke(&request).await;
    assert_eq!(
        (&first["statusCode"], &outcome(&first)["error"]),
        (&json!(503), &json!("deadline")),
        "{first}"
    );
    assert!(first["headers"]["retry-after"].is_string(), "{first}");
    scheduled(&rig, &host).await;
    let video = rig.published("A film", &bytes);
    let again = host.invoke(&request).await;
    assert_eq!((&again["statusCode"], &outcome(&again)["data"]["videoid"]), (&json!(200), &json!(video.id)));
    assert_eq!(rig.clouds.youku.sessions().len(), 1);
}

/// A process gets a signal in mid-upload; the next one goes on with the same session.
async fn cut_off(signal: Signal) {
    let rig = Rig::start(&SMALL_PARTS).await;
    let host = rig.host("lambda.log", 60).await;
    let bytes = bytes(1, 8 * MIB);
    rig.s3.put("videos", "in/killed (final)+第.mp4", &bytes).await;
    slow(&rig, 4);
    let event = fixture("s3", "killed");
    let (answer, ()) = tokio::join!(host.invoke(&event), async {
        moving(&rig).await;
        kill(host.function().expect("a process"), signal).expect("it runs");
    });
    assert!(answer.to_string().contains("Runtime.ExitError"), "{answer}");
    let (answer, _) = host.deliver(&event).await;
    assert_eq!(answer["results"][0]["code"], "200", "{answer}");
    rig.published("killed (final)+第", &bytes);
    let received = rig.clouds.youku.received();
    let [session] = received.as_slice() else { panic!("the same session is continued: {received:?}") };
    // Two parts were in flight.
    assert!(session.bytes <= (bytes.len() + 2 * MIB) as u64, "{} bytes", session.bytes);
}

#[tokio::test]
async fn a_killed_process_costs_no_upload() {
    cut_off(Signal::SIGKILL).await;
}

#[tokio::test]
async fn a_process_that_is_told_to_stop_in_mid_upload_costs_none_either() {
    cut_off(Signal::SIGTERM).await;
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
