//! A running upload is cancelled from the command line: what the command says is what happens.

use super::{Answer, OPEN, called_by_test, send_event, videos};
use crate::support::{
    Setup, TestEnv, add_fault,
    command_line::{CommandOutput, oss2youku, upload_id},
    random, sample_bytes,
    server::Server::{self, Bucket, Oss, Youku},
    wait_fired,
};
use bytes::Bytes;
use local_clouds::{control::LinkSettings, oss::OssSwitches, youku::SessionState};
use serde_json::json;
use std::num::NonZeroU64;

const SIZE: usize = 5_000_000;
/// Parts of 1 MiB, two at once, so that a transfer has a middle.
const SMALL_PARTS: [(&str, &str); 2] =
    [("OSS2YOUKU_TRANSFER__PART_MIB", "1"), ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "2")];

/// Server, operation, what the request contains, how many such requests pass; the request is held before or after its effect.
type Moment = (Server, &'static str, &'static str, u64, &'static str);

const BEFORE: &str = "hold_before";
const AFTER: &str = "hold";

const MOMENTS: [Moment; 12] = [
    (Youku, "create", "", 0, BEFORE),
    (Youku, "create", "", 0, AFTER),
    (Bucket, "InitiateMultipartUpload", "", 0, BEFORE),
    (Bucket, "InitiateMultipartUpload", "", 0, AFTER),
    (Bucket, "UploadPart", "", 0, BEFORE),
    (Bucket, "UploadPart", "", 2, BEFORE),
    (Bucket, "UploadPart", "", 2, AFTER),
    (Bucket, "UploadPart", "", 4, AFTER),
    (Bucket, "CompleteMultipartUpload", "", 0, BEFORE),
    (Bucket, "CompleteMultipartUpload", "", 0, AFTER),
    (Youku, "commit", "", 0, BEFORE),
    (Youku, "commit", "", 0, AFTER),
];

/// The ledger's own steps: `claimed`, `created`, `transferred`, `committed`.
const STEPS: [Moment; 8] = [
    (Oss, "PutObject", "/records/ledger/", 0, AFTER),
    (Oss, "PutObject", "/records/ledger/", 1, BEFORE),
    (Oss, "PutObject", "/records/ledger/", 1, AFTER),
    (Oss, "PutObject", "/records/ledger/", 2, BEFORE),
    (Oss, "PutObject", "/records/ledger/", 2, AFTER),
    (Oss, "PutObject", "/records/ledger/", 3, BEFORE),
    (Oss, "PutObject", "/records/ledger/", 3, AFTER),
    (Bucket, "UploadPart", "", 2, BEFORE),
];

async fn start_env(mode: &str, ledger_in_bucket: bool) -> TestEnv {
    let variables = [&OPEN[..], &SMALL_PARTS].concat();
    let setup = Setup { mode, variables: &variables, ledger_in_bucket, ..called_by_test() };
    TestEnv::start(setup).await
}

/// Cancels an object's upload from the command line.
async fn cancel(env: &TestEnv, key: &str) -> CommandOutput {
    let id = upload_id(env, &format!("oss://videos/{key}")).await;
    oss2youku(env, &["cancel", "--json", &id]).await
}

/// Asserts that what the command reports is true and stays true. Returns whether the upload was cancelled.
async fn assert_reported_as_it_is(
    env: &TestEnv,
    title: &str,
    bytes: &Bytes,
    output: &CommandOutput,
    answer: &Answer,
    moment: &str,
) -> bool {
    let key = format!("{title}.mp4");
    let report = format!("{moment}: {output:?}, {answer:?}");
    let is_cancelled = match output.code {
        Some(0) => true,
        // "Too late", and not "in progress".
        Some(2) => false,
        _ => panic!("the command says neither: {report}"),
    };
    assert_eq!(output.lines().iter().any(|line| line["event"] == "cancelled"), is_cancelled, "{report}");
    if is_cancelled {
        assert_eq!(answer.error(), Some("cancelled"), "{report}");
        let late = send_event(env, &key, bytes).await;
        assert_eq!(late.video(), None, "{report}: {late:?}");
        let swept = oss2youku(env, &["sweep", "--json"]).await;
        assert_eq!(videos(env, title), 0, "{report}: {swept:?}");
    } else {
        let video = env.assert_published(title, bytes);
        assert_eq!(answer.video(), Some(video.id.as_str()), "{report}");
        let late = send_event(env, &key, bytes).await;
        assert_eq!(late.video(), Some(video.id.as_str()), "{report}: {late:?}");
    }
    is_cancelled
}

/// Cancels while the moment's request is held. Returns how many uploads were cancelled.
async fn cancelled_at(env: &TestEnv, moments: &[Moment]) -> usize {
    let mut cancelled = 0;
    for (number, (server, operation, matching, skip, hold)) in moments.iter().copied().enumerate() {
        let (title, bytes) = (format!("held-{number:02}"), sample_bytes(number as u64, SIZE));
        let key = format!("{title}.mp4");
        env.put(&key, &bytes).await;
        let control = server.control(env);
        let rule = json!({
            "operation": operation, "match": matching, "skip": skip, "fault": {"kind": hold},
        });
        let held = add_fault(&control, rule);
        let cancelling = async {
            wait_fired(&control, held, 1).await;
            let output = cancel(env, &key).await;
            control.faults.clear();
            output
        };
        let (answer, output) = tokio::join!(send_event(env, &key, &bytes), cancelling);
        let moment = format!("{title}: {hold} {operation} {skip}");
        cancelled +=
            usize::from(assert_reported_as_it_is(env, &title, &bytes, &output, &answer, &moment).await);
    }
    cancelled
}

#[tokio::test]
async fn cancel_in_mid_transfer_ends_the_upload_or_says_too_late() {
    let env = start_env("oss", false).await;
    // One before all bytes have arrived, one after.
    let cancelled = cancelled_at(&env, &[MOMENTS[5], MOMENTS[11]]).await;
    assert_eq!((cancelled, env.clouds.youku.videos().len()), (1, 1));
    let states: Vec<_> = env.clouds.youku.sessions().iter().map(|session| session.state).collect();
    assert_eq!(states, [SessionState::Cancelled, SessionState::Committed], "Youku drops it");
}

#[tokio::test]
#[ignore = "slow: a dozen moments, each with commands of their own"]
async fn cancel_at_every_request_is_what_it_says() {
    let env = start_env("oss", false).await;
    let cancelled = cancelled_at(&env, &MOMENTS).await;
    // Until the object is complete a cancel succeeds; once Youku was asked to commit it is too late.
    assert!((8..=10).contains(&cancelled), "{cancelled} of {} were cancelled", MOMENTS.len());
    assert_eq!(env.clouds.youku.videos().len(), MOMENTS.len() - cancelled);
}

#[tokio::test]
#[ignore = "slow: eight moments, each with commands of their own"]
async fn cancel_at_every_step_of_a_ledger_not_atomic_is_what_it_says() {
    for window_ms in [0, 400] {
        let env = start_env("oss", true).await;
        env.clouds
            .oss
            .set_switches(OssSwitches { create_only_window_ms: window_ms, ..OssSwitches::default() });
        let cancelled = cancelled_at(&env, &STEPS).await;
        assert!(cancelled >= 3, "{cancelled} of {} were cancelled", STEPS.len());
        assert_eq!(env.clouds.youku.videos().len(), STEPS.len() - cancelled);
    }
}

/// Cancels at a random byte over a slow link, with nothing held: the transfer continues meanwhile.
async fn cancelled_over_a_slow_link(mode: &str, races: u64) {
    let env = start_env(mode, false).await;
    let slow = LinkSettings { bytes_per_second: NonZeroU64::new(1_500_000), ..LinkSettings::default() };
    let link = env.clouds.youku.bucket_control().link;
    let mut cancelled = 0;
    for number in 0..races {
        let (title, bytes) = (format!("moving-{number:02}"), sample_bytes(number, SIZE));
        let key = format!("{title}.mp4");
        env.put(&key, &bytes).await;
        let mut progress = env.clouds.youku.progress();
        // From the first byte to past the last one.
        let at = 1 + random(number) % (SIZE as u64 * number / races.max(1) + SIZE as u64 / 10);
        let until = *progress.borrow() + at.min(SIZE as u64 - 1);
        link.set(slow);
        let cancelling = async {
            progress.wait_for(|taken| *taken >= until).await.unwrap();
            let output = cancel(&env, &key).await;
            link.set(LinkSettings::default());
            output
        };
        let (answer, output) = tokio::join!(send_event(&env, &key, &bytes), cancelling);
        let moment = format!("{title}: byte {at}");
        cancelled +=
            usize::from(assert_reported_as_it_is(&env, &title, &bytes, &output, &answer, &moment).await);
    }
    assert!(cancelled > 0, "none of {races} was cancelled");
    assert_eq!(env.clouds.youku.videos().len() + cancelled, usize::try_from(races).unwrap());
}

#[tokio::test]
#[ignore = "slow: ten transfers over a slow link"]
async fn cancel_of_a_moving_transfer_to_a_bucket_is_what_it_says() {
    cancelled_over_a_slow_link("oss", 10).await;
}

#[tokio::test]
#[ignore = "slow: ten transfers over a slow link"]
async fn cancel_of_a_moving_transfer_in_slices_is_what_it_says() {
    cancelled_over_a_slow_link("slice", 10).await;
}
