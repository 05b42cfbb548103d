//! Versioning is switched on for the ledger's bucket while processes run: OSS then ignores create-only, and nothing may be
//! decided by it.

use super::{Answer, called_by_test, send_event, send_events_at_once, videos};
use crate::support::{
    Setup, TestEnv, add_fault, command_line::oss2youku, ledger_bucket, sample_bytes, wait_fired,
};
use bytes::Bytes;
use local_clouds::control::RuleId;
use serde_json::json;

async fn start_env() -> TestEnv {
    let setup = Setup { ledger_in_bucket: true, ..called_by_test() };
    TestEnv::start(setup).await
}

/// Holds one of the ledger's writes; `skip` writes pass before it.
fn hold(env: &TestEnv, skip: u64) -> RuleId {
    let rule = json!({
        "operation": "PutObject", "match": "/records/", "skip": skip, "fault": {"kind": "hold_before"},
    });
    add_fault(&env.clouds.oss_control, rule)
}

/// Whether the answer reports a wrong setting. That the bucket has, or had, versioning is for the operator, in the log.
fn refuses_for_versioning(answer: &Answer) -> bool {
    answer.error() == Some("config")
}

/// Whether no answer names a video.
fn unpublished(answers: &[Answer]) -> bool {
    answers.iter().all(|answer| answer.video().is_none())
}

/// Switches versioning on at the ledger's write of this number, while two processes get an object's event. Returns whether that write
/// was reached.
async fn switched_on_at(skip: u64, on: bool, seed: u64) -> bool {
    let env = start_env().await;
    let bytes = sample_bytes(seed, 200_000);
    env.put("film.mp4", &bytes).await;
    let held = hold(&env, skip);
    let mut deliveries = Box::pin(send_events_at_once(&env, "film.mp4", &bytes, 2, seed));
    let switch = async {
        wait_fired(&env.clouds.oss_control, held, 1).await;
        env.clouds.oss.set_versioning(ledger_bucket::BUCKET, on);
        env.clouds.oss_control.faults.clear();
    };
    let (answers, switched) = tokio::select! {
        answers = &mut deliveries => (answers, false),
        () = switch => (deliveries.await, true),
    };
    let race = format!("write {skip}: {answers:?}");
    let published = videos(&env, "film");
    assert!(published <= 1, "{race}: {published} videos");
    if !switched {
        env.assert_published("film", &bytes);
        return false;
    }
    assert_stopped_safely(&env, &bytes, &answers, &race).await;
    true
}

/// Asserts that work stopped, that nothing is lost, and that nothing new begins.
async fn assert_stopped_safely(env: &TestEnv, bytes: &Bytes, answers: &[Answer], race: &str) {
    let video = env.clouds.youku.videos().into_iter().next();
    for answer in answers {
        let names =
            answer.video().is_some() && answer.video() == video.as_ref().map(|video| video.id.as_str());
        assert!(names || refuses_for_versioning(answer) || answer.leaves_it_to_another_holder(), "{race}");
    }
    let stopped = answers.iter().any(refuses_for_versioning);
    assert!(!stopped || env.log().contains("versioning"), "{race}: {}", env.log());
    if video.is_none() {
        assert!(stopped && unpublished(answers), "{race}");
    }
    if unpublished(answers) {
        // The mark or the redelivered event resumes it once the bucket is another one.
        let is_open = !ledger_bucket::open_marks(env).is_empty();
        assert!(is_open || answers.iter().any(Answer::is_redelivered), "{race}");
    }
    let sessions = env.clouds.youku.sessions().len();
    for _ in 0..2 {
        let late = send_event(env, "film.mp4", bytes).await;
        let names = late.video().is_some() && late.video() == video.as_ref().map(|video| video.id.as_str());
        // While the lease of the stopped process is alive, no process reaches a write.
        let waits = late.leaves_it_to_another_holder();
        assert!(names || refuses_for_versioning(&late) || waits, "{race}: {late:?}");
    }
    let swept = oss2youku(env, &["sweep", "--json"]).await;
    assert!(swept.code == Some(2) && swept.err.contains("versioning"), "{race}: {swept:?}");
    assert_eq!(env.clouds.youku.sessions().len(), sessions, "{race}: nothing new begins");
    let held: Vec<_> = env.clouds.youku.videos().iter().map(|video| video.commits).collect();
    assert_eq!(held, vec![1; usize::from(video.is_some())], "{race}");
}

#[tokio::test]
async fn versioning_switched_on_at_a_claim_stops_the_work_as_config() {
    // The second write in all is one of two claims, or what follows the first.
    for skip in [0, 2, 4] {
        assert!(switched_on_at(skip, true, skip).await, "an upload writes more than {skip} objects");
    }
}

#[tokio::test]
#[ignore = "slow: twenty races with processes of their own"]
async fn in_20_races_versioning_switched_on_never_makes_two_videos() {
    let mut switched = 0;
    for number in 0..20 {
        // Suspended versioning, which answers `null`, disables create-only as well.
        switched += u64::from(switched_on_at(number % 10, number % 4 != 3, number).await);
    }
    assert!(switched >= 12, "{switched} races had versioning switched on in the middle");
}

#[tokio::test]
async fn a_process_that_ran_before_versioning_begins_no_upload_after() {
    let env = start_env().await;
    let (first, second) = (sample_bytes(1, 1000), sample_bytes(2, 1000));
    env.put("first.mp4", &first).await;
    assert!(send_event(&env, "first.mp4", &first).await.video().is_some());
    env.clouds.oss.set_versioning(ledger_bucket::BUCKET, true);
    env.put("second.mp4", &second).await;
    for answer in send_events_at_once(&env, "second.mp4", &second, 3, 1).await {
        assert!(refuses_for_versioning(&answer) || answer.leaves_it_to_another_holder(), "{answer:?}");
    }
    assert!(env.log().contains("versioning"), "{}", env.log());
    assert_eq!((videos(&env, "first"), videos(&env, "second")), (1, 0));
    assert_eq!(env.clouds.youku.sessions().len(), 1, "no session was made for it");
}
