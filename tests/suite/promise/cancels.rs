//! A running upload is cancelled from the command line: what the command says is what happens.

use super::{Answer, OPEN, UNTRIGGERED, process_per_call, random, reached, tell, videos};
use crate::{
    function::{Rig, Setup, bytes, script},
    operator::{Said, oss2youku},
};
use bytes::Bytes;
use local_clouds::{
    control::{Control, LinkSettings},
    oss::OssSwitches,
    youku::SessionState,
};
use serde_json::json;
use std::num::NonZeroU64;

const SIZE: usize = 5_000_000;
/// Parts of 1 MiB, two at once, so that a transfer has a middle.
const SMALL_PARTS: [(&str, &str); 2] =
    [("OSS2YOUKU_TRANSFER__PART_MIB", "1"), ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "2")];

#[derive(Debug, Clone, Copy)]
enum Server {
    Youku,
    Bucket,
    Ledger,
}
use Server::{Bucket, Ledger, Youku};

impl Server {
    fn control(self, rig: &Rig) -> Control {
        match self {
            Youku => rig.clouds.youku.control(),
            Bucket => rig.clouds.youku.bucket_control(),
            Ledger => rig.clouds.oss_control.clone(),
        }
    }
}

/// Server, operation, what the request says, how many such requests pass; the request is held before or after its work.
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
    (Ledger, "PutObject", "/records/ledger/", 0, AFTER),
    (Ledger, "PutObject", "/records/ledger/", 1, BEFORE),
    (Ledger, "PutObject", "/records/ledger/", 1, AFTER),
    (Ledger, "PutObject", "/records/ledger/", 2, BEFORE),
    (Ledger, "PutObject", "/records/ledger/", 2, AFTER),
    (Ledger, "PutObject", "/records/ledger/", 3, BEFORE),
    (Ledger, "PutObject", "/records/ledger/", 3, AFTER),
    (Bucket, "UploadPart", "", 2, BEFORE),
];

async fn rig(mode: &str, ledger_in_bucket: bool) -> Rig {
    let env = [&OPEN[..], &SMALL_PARTS].concat();
    let setup = Setup {
        events: UNTRIGGERED,
        env: &env,
        ledger_in_bucket,
        host: process_per_call,
        ..Setup::mode(mode)
    };
    Rig::start(setup).await
}

/// Cancels an object's upload from the command line.
async fn cancel(rig: &Rig, key: &str) -> Said {
    let said = oss2youku(rig, &["explain", "--json", &format!("oss://videos/{key}")]).await;
    let id = said.lines()[0]["upload_id"].as_str().unwrap_or_else(|| panic!("{said:?}")).to_owned();
    oss2youku(rig, &["cancel", "--json", &id]).await
}

/// What the command says is so, and stays so. Answers whether it was cancelled.
async fn judge(rig: &Rig, title: &str, bytes: &Bytes, said: &Said, answer: &Answer, moment: &str) -> bool {
    let key = format!("{title}.mp4");
    let told = format!("{moment}: {said:?}, {answer:?}");
    let is_cancelled = match said.code {
        Some(0) => true,
        // Too late, and not "somebody works on it".
        Some(2) => false,
        _ => panic!("the command says neither: {told}"),
    };
    assert_eq!(said.lines().iter().any(|line| line["event"] == "cancelled"), is_cancelled, "{told}");
    if is_cancelled {
        assert_eq!(answer.error(), Some("cancelled"), "{told}");
        let late = tell(rig, &key, bytes).await;
        assert_eq!(late.video(), None, "{told}: {late:?}");
        let swept = oss2youku(rig, &["sweep", "--json"]).await;
        assert_eq!(videos(rig, title), 0, "{told}: {swept:?}");
    } else {
        let video = rig.published(title, bytes);
        assert_eq!(answer.video(), Some(video.id.as_str()), "{told}");
        let late = tell(rig, &key, bytes).await;
        assert_eq!(late.video(), Some(video.id.as_str()), "{told}: {late:?}");
    }
    is_cancelled
}

/// Cancels while the moment's request is held. Answers how often it was cancelled.
async fn cancelled_at(rig: &Rig, moments: &[Moment]) -> usize {
    let mut cancelled = 0;
    for (number, (server, operation, matching, skip, hold)) in moments.iter().copied().enumerate() {
        let (title, bytes) = (format!("held-{number:02}"), bytes(number as u64, SIZE));
        let key = format!("{title}.mp4");
        rig.put(&key, &bytes).await;
        let control = server.control(rig);
        let rule = json!({
            "operation": operation, "match": matching, "skip": skip, "fault": {"kind": hold},
        });
        let held = script(&control, rule);
        let cancelling = async {
            reached(&control, held).await;
            let said = cancel(rig, &key).await;
            control.faults.clear();
            said
        };
        let (answer, said) = tokio::join!(tell(rig, &key, &bytes), cancelling);
        let moment = format!("{title}: {hold} {operation} {skip}");
        cancelled += usize::from(judge(rig, &title, &bytes, &said, &answer, &moment).await);
    }
    cancelled
}

#[tokio::test]
async fn cancel_in_mid_transfer_ends_the_upload_or_says_too_late() {
    let rig = rig("oss", false).await;
    // One before the bytes have landed, one behind it.
    let cancelled = cancelled_at(&rig, &[MOMENTS[5], MOMENTS[11]]).await;
    assert_eq!((cancelled, rig.clouds.youku.videos().len()), (1, 1));
    let states: Vec<_> = rig.clouds.youku.sessions().iter().map(|session| session.state).collect();
    assert_eq!(states, [SessionState::Cancelled, SessionState::Committed], "Youku was told to drop it");
}

#[tokio::test]
#[ignore = "slow: a dozen moments, each with commands of their own"]
async fn cancel_at_every_request_is_what_it_says() {
    let rig = rig("oss", false).await;
    let cancelled = cancelled_at(&rig, &MOMENTS).await;
    // All before the object is complete can be cancelled; once Youku was asked to commit it is too late.
    assert!((8..=10).contains(&cancelled), "{cancelled} of {} were cancelled", MOMENTS.len());
    assert_eq!(rig.clouds.youku.videos().len(), MOMENTS.len() - cancelled);
}

#[tokio::test]
#[ignore = "slow: eight moments, each with commands of their own"]
async fn cancel_at_every_step_of_a_ledger_not_atomic_is_what_it_says() {
    for window_ms in [0, 400] {
        let rig = rig("oss", true).await;
        rig.clouds.oss.set_switches(OssSwitches { create_only_window_ms: window_ms });
        let cancelled = cancelled_at(&rig, &STEPS).await;
        assert!(cancelled >= 3, "{cancelled} of {} were cancelled", STEPS.len());
        assert_eq!(rig.clouds.youku.videos().len(), STEPS.len() - cancelled);
    }
}

/// Cancels at a random byte over a slow link, with nothing held: the transfer goes on meanwhile.
async fn cancelled_over_a_slow_link(mode: &str, races: u64) {
    let rig = rig(mode, false).await;
    let slow = LinkSettings { bytes_per_second: NonZeroU64::new(1_500_000), ..LinkSettings::default() };
    let link = rig.clouds.youku.bucket_control().link;
    let mut cancelled = 0;
    for number in 0..races {
        let (title, bytes) = (format!("moving-{number:02}"), bytes(number, SIZE));
        let key = format!("{title}.mp4");
        rig.put(&key, &bytes).await;
        let mut progress = rig.clouds.youku.progress();
        // From the first byte to behind the last one.
        let at = 1 + random(number) % (SIZE as u64 * number / races.max(1) + SIZE as u64 / 10);
        let until = *progress.borrow() + at.min(SIZE as u64 - 1);
        link.set(slow);
        let cancelling = async {
            progress.wait_for(|taken| *taken >= until).await.unwrap();
            let said = cancel(&rig, &key).await;
            link.set(LinkSettings::default());
            said
        };
        let (answer, said) = tokio::join!(tell(&rig, &key, &bytes), cancelling);
        let moment = format!("{title}: byte {at}");
        cancelled += usize::from(judge(&rig, &title, &bytes, &said, &answer, &moment).await);
    }
    assert!(cancelled > 0, "none of {races} was cancelled");
    assert_eq!(rig.clouds.youku.videos().len() + cancelled, usize::try_from(races).unwrap());
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
