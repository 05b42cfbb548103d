//! Clocks that are wrong, this machine's or a store's: each refusal of a time is signed anew, and one video comes of it.

use super::{OPEN, UNTRIGGERED, naming, process_per_call, task, tell, videos};
use crate::{
    function::{MIB, Rig, Setup, bytes, records, script},
    operator::oss2youku,
};
use local_clouds::control::Control;
use serde_json::{Value, json};

/// The user's OSS with objects and ledger, or the bucket that Youku names.
#[derive(Debug, Clone, Copy)]
enum Server {
    Ours,
    Youkus,
}
use Server::{Ours, Youkus};

impl Server {
    fn control(self, rig: &Rig) -> Control {
        match self {
            Ours => rig.clouds.oss_control.clone(),
            Youkus => rig.clouds.youku.bucket_control(),
        }
    }
}

/// Every call that a store is asked while an object is published: the store, the operation, what the request says, how many pass before.
const CALLS: [(Server, &str, &str, u64); 11] = [
    (Ours, "HeadObject", "/videos/", 0),
    (Ours, "GetObject", "/videos/", 0),
    (Ours, "GetObject", "/videos/", 1),
    (Youkus, "InitiateMultipartUpload", "", 0),
    (Youkus, "UploadPart", "", 0),
    (Youkus, "UploadPart", "", 1),
    (Youkus, "CompleteMultipartUpload", "", 0),
    (Ours, "PutObject", "/records/ledger/", 0),
    (Ours, "PutObject", "/records/ledger/", 1),
    (Ours, "GetObject", "/records/", 0),
    (Ours, "ListObjectsV2", "/records", 0),
];

fn refusing(operation: &str, matching: &str, skip: u64, times: u64) -> Value {
    let fault = json!({"kind": "status", "status": 403, "code": "RequestTimeTooSkewed"});
    json!({"operation": operation, "match": matching, "skip": skip, "times": times, "fault": fault})
}

#[tokio::test]
async fn a_refusal_about_the_time_at_any_call_is_signed_anew_and_one_video_comes_of_it() {
    let rig = Rig::start(Setup { ledger_in_bucket: true, ..Setup::default() }).await;
    for (number, (server, operation, matching, skip)) in (0..).zip(CALLS) {
        let call = format!("{server:?} {operation} {matching} {skip}");
        let control = server.control(&rig);
        let id = script(&control, refusing(operation, matching, skip, 1));
        let bytes = bytes(number, 10 * MIB);
        rig.put(&format!("film {number}.mp4"), &bytes).await;
        let delivery = rig.delivery().await;
        assert_eq!(delivery.attempts, 1, "{call}: {delivery:?}");
        rig.published(&format!("film {number}"), &bytes);
        assert_eq!(control.faults.state(id).map(|state| state.fired), Some(1), "{call}");
        control.faults.clear();
    }
}

#[tokio::test]
async fn stores_whose_clock_is_two_hours_off_are_worked_with_and_told_of_once() {
    for ahead in [7200, -7200] {
        let rig = Rig::start(Setup { ledger_in_bucket: true, ..Setup::default() }).await;
        // All of them: it is this machine that is wrong.
        rig.clouds.oss.set_clock_ahead(ahead);
        rig.clouds.youku.set_clock_ahead(ahead);
        for title in ["one", "two"] {
            let bytes = bytes(title.len() as u64, 10 * MIB);
            rig.put_in_parts(&format!("{title}.mp4"), &bytes).await;
            let delivery = rig.delivery().await;
            assert_eq!(delivery.attempts, 1, "{ahead}: {delivery:?}");
            rig.published(title, &bytes);
        }
        let log = rig.log();
        let told: Vec<_> = log.lines().filter(|line| line.contains("this machine's clock is")).collect();
        let [told] = told[..] else { panic!("it is told once: {told:?}") };
        let named = (ahead - 2..=ahead + 2).any(|seconds| told.contains(&format!("clock is {seconds} s")));
        assert!(named, "{told}");
        assert!(!log.contains("SecurityTokenExpired") && !log.contains("could not renew"), "{log}");
    }
}

#[tokio::test]
async fn a_time_that_is_refused_again_and_again_leaves_the_upload_open() {
    let impatient = [OPEN[0], OPEN[1], OPEN[2], ("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1")];
    for operation in ["InitiateMultipartUpload", "UploadPart", "CompleteMultipartUpload"] {
        let setup = Setup {
            events: UNTRIGGERED,
            env: &impatient,
            ledger_in_bucket: true,
            host: process_per_call,
            ..Setup::default()
        };
        let rig = Rig::start(setup).await;
        let bytes = bytes(3, 200_000);
        rig.put("film.mp4", &bytes).await;
        let control = rig.clouds.youku.bucket_control();
        script(&control, refusing(operation, "", 0, 0));
        let answer = tell(&rig, "film.mp4", &bytes).await;
        assert_eq!((answer.video(), videos(&rig, "film")), (None, 0), "{operation}: {answer:?}");
        assert_eq!(records::open_marks(&rig).len(), 1, "{operation}: {answer:?}");
        let story = records::story(&rig).await;
        assert!(!story.iter().any(|(step, _)| step == "failed"), "{operation}: {story:?}");
        control.faults.clear();
        let answer = task(&rig, &naming("film.mp4")).await;
        assert!(answer.video().is_some(), "{operation}: {answer:?}");
        rig.published("film", &bytes);
    }
}

#[tokio::test]
async fn the_command_line_works_with_a_clock_that_is_two_hours_off_as_well() {
    let rig = Rig::start(Setup { events: UNTRIGGERED, ..Setup::default() }).await;
    let bytes = bytes(4, 10 * MIB);
    rig.put("film.mp4", &bytes).await;
    rig.clouds.oss.set_clock_ahead(-7200);
    rig.clouds.youku.set_clock_ahead(-7200);
    let said = oss2youku(&rig, &["upload", "oss://videos/film.mp4"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    rig.published("film", &bytes);
}
