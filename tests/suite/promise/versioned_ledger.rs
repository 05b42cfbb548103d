//! Versioning switched on for the ledger's bucket while processes run: from then on create-only is no longer kept, and nothing is
//! decided by it.

use super::{Answer, OPEN, UNTRIGGERED, process_per_call, reached, tell, tell_at_once, videos};
use crate::{
    function::{Rig, Setup, bytes, records, script},
    operator::oss2youku,
};
use bytes::Bytes;
use local_clouds::control::RuleId;
use serde_json::json;

async fn rig() -> Rig {
    let setup = Setup {
        events: UNTRIGGERED,
        env: &OPEN,
        ledger_in_bucket: true,
        host: process_per_call,
        ..Setup::default()
    };
    Rig::start(setup).await
}

/// Stops the ledger's writes at one of them: so many come before it.
fn hold(rig: &Rig, skip: u64) -> RuleId {
    let rule = json!({
        "operation": "PutObject", "match": "/records/", "skip": skip, "fault": {"kind": "hold_before"},
    });
    script(&rig.clouds.oss_control, rule)
}

/// Refuses as a setting is wrong: that the bucket has, or had, versioning is for the operator, in the log.
fn refuses_for_versioning(answer: &Answer) -> bool {
    answer.error() == Some("config")
}

/// The ledger says nowhere that the upload is published.
fn unpublished(answers: &[Answer]) -> bool {
    answers.iter().all(|answer| answer.video().is_none())
}

/// Switches versioning on at the ledger's write of this number, while two processes are told of an object. Answers whether it came
/// to that write.
async fn switched_on_at(skip: u64, on: bool, seed: u64) -> bool {
    let rig = rig().await;
    let bytes = bytes(seed, 200_000);
    rig.put("film.mp4", &bytes).await;
    let held = hold(&rig, skip);
    let mut deliveries = Box::pin(tell_at_once(&rig, "film.mp4", &bytes, 2, seed));
    let switch = async {
        reached(&rig.clouds.oss_control, held).await;
        rig.clouds.oss.set_versioning(records::BUCKET, on);
        rig.clouds.oss_control.faults.clear();
    };
    let (answers, switched) = tokio::select! {
        answers = &mut deliveries => (answers, false),
        () = switch => (deliveries.await, true),
    };
    let race = format!("write {skip}: {answers:?}");
    let published = videos(&rig, "film");
    assert!(published <= 1, "{race}: {published} videos");
    if !switched {
        rig.published("film", &bytes);
        return false;
    }
    judge(&rig, &bytes, &answers, &race).await;
    true
}

/// Work stopped, nothing is lost, and nothing begins.
async fn judge(rig: &Rig, bytes: &Bytes, answers: &[Answer], race: &str) {
    let video = rig.clouds.youku.videos().into_iter().next();
    for answer in answers {
        let names =
            answer.video().is_some() && answer.video() == video.as_ref().map(|video| video.id.as_str());
        assert!(names || refuses_for_versioning(answer) || answer.leaves_it_to_another(), "{race}");
    }
    let stopped = answers.iter().any(refuses_for_versioning);
    assert!(!stopped || rig.log().contains("versioning"), "{race}: {}", rig.log());
    if video.is_none() {
        assert!(stopped && unpublished(answers), "{race}");
    }
    if unpublished(answers) {
        // Somebody takes it up once the bucket is another: the mark, or the event that comes again.
        let is_open = !records::open_marks(rig).is_empty();
        assert!(is_open || answers.iter().any(Answer::comes_again), "{race}");
    }
    let sessions = rig.clouds.youku.sessions().len();
    for _ in 0..2 {
        let late = tell(rig, "film.mp4", bytes).await;
        let names = late.video().is_some() && late.video() == video.as_ref().map(|video| video.id.as_str());
        // Where the lease of the process that stopped still lives nobody comes to a write.
        let waits = late.leaves_it_to_another();
        assert!(names || refuses_for_versioning(&late) || waits, "{race}: {late:?}");
    }
    let swept = oss2youku(rig, &["sweep", "--json"]).await;
    assert!(swept.code == Some(2) && swept.err.contains("versioning"), "{race}: {swept:?}");
    assert_eq!(rig.clouds.youku.sessions().len(), sessions, "{race}: nothing new begins");
    let held: Vec<_> = rig.clouds.youku.videos().iter().map(|video| video.commits).collect();
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
        // Suspended, which answers `null`, takes create-only away as well.
        switched += u64::from(switched_on_at(number % 10, number % 4 != 3, number).await);
    }
    assert!(switched >= 12, "{switched} races had versioning switched on in the middle");
}

#[tokio::test]
async fn a_process_that_ran_before_versioning_begins_no_upload_after() {
    let rig = rig().await;
    let (first, second) = (bytes(1, 1000), bytes(2, 1000));
    rig.put("first.mp4", &first).await;
    assert!(tell(&rig, "first.mp4", &first).await.video().is_some());
    rig.clouds.oss.set_versioning(records::BUCKET, true);
    rig.put("second.mp4", &second).await;
    for answer in tell_at_once(&rig, "second.mp4", &second, 3, 1).await {
        assert!(refuses_for_versioning(&answer) || answer.leaves_it_to_another(), "{answer:?}");
    }
    assert!(rig.log().contains("versioning"), "{}", rig.log());
    assert_eq!((videos(&rig, "first"), videos(&rig, "second")), (1, 0));
    assert_eq!(rig.clouds.youku.sessions().len(), 1, "no session was made for it");
}
