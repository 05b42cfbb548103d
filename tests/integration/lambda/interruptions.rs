//! Deliveries that come twice, at once, or are cut short.

use super::{LambdaEnv, emulator::Emulator, fixture};
use crate::support::{MIB, sample_bytes};
use local_clouds::control::LinkSettings;
use nix::sys::signal::{Signal, kill};
use serde_json::{Value, json};
use std::{num::NonZeroU64, time::Duration};
use tokio::time::{sleep, timeout};

pub(crate) const SMALL_PARTS: [(&str, &str); 2] =
    [("OSS2YOUKU_TRANSFER__PART_MIB", "1"), ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "2")];

/// Slows Youku down to so many MiB a second.
pub(crate) fn slow(env: &LambdaEnv, mib: usize) {
    let rate = NonZeroU64::new((mib * MIB) as u64);
    env.clouds.youku.control().link.set(LinkSettings { bytes_per_second: rate, ..LinkSettings::default() });
}

/// What a run that is cut off may waste: two parts that move, and two that have passed and wait for their answers.
const WASTE: usize = 4 * MIB;

/// Waits until Youku's bucket has received so many bytes.
async fn moving(env: &LambdaEnv, bytes: usize) {
    let moving = async {
        while env.clouds.youku.received().iter().all(|view| view.bytes < bytes as u64) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(30), moving).await.expect("bytes are moving");
}

#[tokio::test]
async fn an_event_that_comes_again_changes_nothing() {
    let env = LambdaEnv::start(&[]).await;
    let host = env.host("lambda.log", 60).await;
    let bytes = sample_bytes(1, MIB);
    env.s3.put("videos", "in/twice (final)+第.mp4", &bytes).await;
    let first = host.invoke(&fixture("s3", "twice")).await;
    let again = host.invoke(&fixture("s3", "twice")).await;
    assert_eq!((&first["results"][0]["code"], &first), (&json!("200"), &again));
    env.assert_published("twice (final)+第", &bytes);
    assert_eq!(env.clouds.youku.sessions().len(), 1);
}

#[tokio::test]
async fn two_at_once_publish_one_video() {
    let env = LambdaEnv::start(&SMALL_PARTS).await;
    let (one, other) = (env.host("one.log", 60).await, env.host("other.log", 60).await);
    let bytes = sample_bytes(1, 4 * MIB);
    env.s3.put("videos", "in/both (final)+第.mp4", &bytes).await;
    slow(&env, 4);
    let event = fixture("s3", "both");
    let ((first, _), (second, _)) = tokio::join!(one.deliver(&event), other.deliver(&event));
    assert_eq!(first["results"][0]["data"]["videoid"], second["results"][0]["data"]["videoid"]);
    env.assert_published("both (final)+第", &bytes);
    assert_eq!(env.clouds.youku.sessions().len(), 1);
}

/// An upload that takes longer than the time-out is continued by the next delivery.
#[tokio::test]
async fn an_upload_longer_than_the_timeout_is_continued() {
    let env = LambdaEnv::start(&SMALL_PARTS).await;
    let host = env.host("lambda.log", 3).await;
    let bytes = sample_bytes(1, 16 * MIB);
    env.s3.put("videos", "in/long (final)+第.mp4", &bytes).await;
    slow(&env, 4);
    let event = fixture("s3", "long");
    let first = host.invoke(&event).await;
    assert_eq!(first["errorType"], "deadline", "{first}: {}", host.log());
    let process = host.function();
    let (answer, deliveries) = host.deliver(&event).await;
    assert_eq!(answer["results"][0]["code"], "200", "{answer}");
    assert_eq!(host.function(), process, "no call was cut off");
    env.assert_published("long (final)+第", &bytes);
    let received = env.clouds.youku.received();
    let [session] = received.as_slice() else { panic!("one session: {received:?}") };
    let most = bytes.len() + (deliveries + 1) * WASTE;
    assert!(session.bytes <= most as u64, "{} bytes in {deliveries} more deliveries", session.bytes);
}

#[tokio::test]
async fn with_a_sweep_the_schedule_finishes_what_one_call_cannot() {
    let settings = [SMALL_PARTS[0], SMALL_PARTS[1], ("OSS2YOUKU_SWEEP__ENABLED", "true")];
    let env = LambdaEnv::start(&settings).await;
    let host = env.host("lambda.log", 3).await;
    let bytes = sample_bytes(1, 12 * MIB);
    env.s3.put("videos", "in/long (final)+第.mp4", &bytes).await;
    slow(&env, 4);
    let first = host.invoke(&fixture("s3", "long")).await;
    assert_eq!(first["results"][0]["error"], "deadline", "it is left to the sweep: {first}");
    scheduled(&env, &host).await;
    env.assert_published("long (final)+第", &bytes);
    host.invoke(&fixture("schedule", "")).await;
    assert!(!env.s3.has("ledger", "oss2youku/open"), "nothing is left open");
}

/// Lets the schedule call until there is a video.
async fn scheduled(env: &LambdaEnv, host: &Emulator) {
    let sweeping = async {
        while env.clouds.youku.videos().is_empty() {
            host.invoke(&fixture("schedule", "")).await;
        }
    };
    timeout(Duration::from_secs(60), sweeping).await.unwrap_or_else(|_| panic!("{}", host.log()));
}

/// An upload that a call of the function URL could not finish in time is finished by the schedule.
#[tokio::test]
async fn a_schedule_finishes_what_a_url_call_could_not() {
    let settings = [SMALL_PARTS[0], SMALL_PARTS[1], ("OSS2YOUKU_SWEEP__ENABLED", "true")];
    let env = LambdaEnv::start(&settings).await;
    let host = env.host("lambda.log", 3).await;
    let bytes = sample_bytes(1, 12 * MIB);
    env.s3.put("videos", "in/film.mp4", &bytes).await;
    slow(&env, 4);
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
    scheduled(&env, &host).await;
    let video = env.assert_published("A film", &bytes);
    let again = host.invoke(&request).await;
    assert_eq!((&again["statusCode"], &outcome(&again)["data"]["videoid"]), (&json!(200), &json!(video.id)));
    assert_eq!(env.clouds.youku.sessions().len(), 1);
}

/// Signals a process in mid-upload; the next process resumes the same session.
async fn cut_off(signal: Signal) {
    let env = LambdaEnv::start(&SMALL_PARTS).await;
    let host = env.host("lambda.log", 60).await;
    let bytes = sample_bytes(1, 16 * MIB);
    env.s3.put("videos", "in/killed (final)+第.mp4", &bytes).await;
    slow(&env, 4);
    let event = fixture("s3", "killed");
    let (answer, ()) = tokio::join!(host.invoke(&event), async {
        // More than the waste, so that to begin again would show.
        moving(&env, WASTE + 2 * MIB).await;
        kill(host.function().expect("a process"), signal).expect("it runs");
    });
    assert!(answer.to_string().contains("Runtime.ExitError"), "{answer}");
    let (answer, _) = host.deliver(&event).await;
    assert_eq!(answer["results"][0]["code"], "200", "{answer}");
    env.assert_published("killed (final)+第", &bytes);
    let received = env.clouds.youku.received();
    let [session] = received.as_slice() else { panic!("the same session is continued: {received:?}") };
    assert!(session.bytes <= (bytes.len() + WASTE) as u64, "{} bytes", session.bytes);
}

#[tokio::test]
async fn a_killed_process_costs_no_upload() {
    cut_off(Signal::SIGKILL).await;
}

#[tokio::test]
async fn sigterm_in_mid_upload_costs_no_upload() {
    cut_off(Signal::SIGTERM).await;
}

/// A process that gets SIGTERM stops in order, and the next call gets another process.
#[tokio::test]
async fn sigterm_stops_a_process_in_order() {
    let env = LambdaEnv::start(&[]).await;
    let host = env.host("lambda.log", 60).await;
    let test_event = fixture("s3-test", "");
    assert_eq!(host.invoke(&test_event).await, json!({"results": []}));
    let process = host.function().expect("a process");
    kill(process, Signal::SIGTERM).expect("it runs");
    let (answer, _) = host.deliver(&test_event).await;
    assert_eq!(answer, json!({"results": []}));
    assert!(host.function().is_some_and(|next| next != process), "another process");
    assert!(host.log().contains(r#""message":"stopping""#), "{}", host.log());
}
