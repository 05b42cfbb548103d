//! A wrong clock, this machine's or a store's: a request that is refused for its time is signed again, and one video comes of it.

use super::{OPEN, UNTRIGGERED, called_by_test, naming, send_event, task, videos};
use crate::support::{
    MIB, Setup, TestEnv, add_fault,
    command_line::oss2youku,
    ledger_bucket, sample_bytes,
    server::Server::{self, Bucket, Oss},
};
use serde_json::{Value, json};

/// Every call to a store while an object is published: the store, the operation, what the request contains, how many pass before it.
const CALLS: [(Server, &str, &str, u64); 11] = [
    (Oss, "HeadObject", "/videos/", 0),
    (Oss, "GetObject", "/videos/", 0),
    (Oss, "GetObject", "/videos/", 1),
    (Bucket, "InitiateMultipartUpload", "", 0),
    (Bucket, "UploadPart", "", 0),
    (Bucket, "UploadPart", "", 1),
    (Bucket, "CompleteMultipartUpload", "", 0),
    (Oss, "PutObject", "/records/ledger/", 0),
    (Oss, "PutObject", "/records/ledger/", 1),
    (Oss, "GetObject", "/records/", 0),
    (Oss, "ListObjectsV2", "/records", 0),
];

fn refusing(operation: &str, matching: &str, skip: u64, times: u64) -> Value {
    let fault = json!({"kind": "status", "status": 403, "code": "RequestTimeTooSkewed"});
    json!({"operation": operation, "match": matching, "skip": skip, "times": times, "fault": fault})
}

/// A request that a store refuses for its time is signed again, at any call, and one video comes of it.
#[tokio::test]
async fn a_clock_refusal_at_any_call_is_signed_again() {
    let env = TestEnv::start(Setup { ledger_in_bucket: true, ..Setup::default() }).await;
    for (number, (server, operation, matching, skip)) in (0..).zip(CALLS) {
        let call = format!("{server:?} {operation} {matching} {skip}");
        let control = server.control(&env);
        let id = add_fault(&control, refusing(operation, matching, skip, 1));
        let bytes = sample_bytes(number, 10 * MIB);
        env.put(&format!("film {number}.mp4"), &bytes).await;
        let delivery = env.wait_for_delivery().await;
        assert_eq!(delivery.attempts, 1, "{call}: {delivery:?}");
        env.assert_published(&format!("film {number}"), &bytes);
        assert_eq!(control.faults.state(id).map(|state| state.fired), Some(1), "{call}");
        control.faults.clear();
    }
}

/// Stores whose clock is two hours off are used, and the difference is logged once.
#[tokio::test]
async fn stores_two_hours_off_are_used_and_logged_once() {
    for ahead in [7200, -7200] {
        let env = TestEnv::start(Setup { ledger_in_bucket: true, ..Setup::default() }).await;
        // All stores: this machine's clock is wrong.
        env.clouds.oss.set_clock_ahead(ahead);
        env.clouds.youku.set_clock_ahead(ahead);
        for title in ["one", "two"] {
            let bytes = sample_bytes(title.len() as u64, 10 * MIB);
            env.put_in_parts(&format!("{title}.mp4"), &bytes).await;
            let delivery = env.wait_for_delivery().await;
            assert_eq!(delivery.attempts, 1, "{ahead}: {delivery:?}");
            env.assert_published(title, &bytes);
        }
        let log = env.log();
        let report: Vec<_> = log.lines().filter(|line| line.contains("this machine's clock is")).collect();
        let [report] = report[..] else { panic!("it is logged once: {report:?}") };
        let named = (ahead - 2..=ahead + 2).any(|seconds| report.contains(&format!("clock is {seconds} s")));
        assert!(named, "{report}");
        assert!(!log.contains("SecurityTokenExpired") && !log.contains("could not renew"), "{log}");
    }
}

/// A store that refuses every request for its time leaves the upload open; it is published once the store relents.
#[tokio::test]
async fn a_clock_refused_at_every_try_leaves_the_upload_open() {
    let impatient = [OPEN[0], OPEN[1], OPEN[2], ("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1")];
    for operation in ["InitiateMultipartUpload", "UploadPart", "CompleteMultipartUpload"] {
        let setup = Setup { variables: &impatient, ledger_in_bucket: true, ..called_by_test() };
        let env = TestEnv::start(setup).await;
        let bytes = sample_bytes(3, 200_000);
        env.put("film.mp4", &bytes).await;
        let control = env.clouds.youku.bucket_control();
        add_fault(&control, refusing(operation, "", 0, 0));
        let answer = send_event(&env, "film.mp4", &bytes).await;
        assert_eq!((answer.video(), videos(&env, "film")), (None, 0), "{operation}: {answer:?}");
        assert_eq!(ledger_bucket::open_marks(&env).len(), 1, "{operation}: {answer:?}");
        let story = ledger_bucket::steps_and_epochs(&env).await;
        assert!(!story.iter().any(|(step, _)| step == "failed"), "{operation}: {story:?}");
        control.faults.clear();
        let answer = task(&env, &naming("film.mp4")).await;
        assert!(answer.video().is_some(), "{operation}: {answer:?}");
        env.assert_published("film", &bytes);
    }
}

#[tokio::test]
async fn the_command_line_works_with_a_clock_two_hours_off() {
    let env = TestEnv::start(Setup { events: UNTRIGGERED, ..Setup::default() }).await;
    let bytes = sample_bytes(4, 10 * MIB);
    env.put("film.mp4", &bytes).await;
    env.clouds.oss.set_clock_ahead(-7200);
    env.clouds.youku.set_clock_ahead(-7200);
    let output = oss2youku(&env, &["upload", "oss://videos/film.mp4"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    env.assert_published("film", &bytes);
}
