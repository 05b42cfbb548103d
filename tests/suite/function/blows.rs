//! The function's process dies or sleeps in the middle of its work: the upload goes on elsewhere, and one video comes of it.

use super::{MIB, Rig, Setup, bytes, md5_hex, records, script};
use bytes::Bytes;
use local_clouds::control::{Control, RuleId};
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use serde_json::json;
use std::{collections::BTreeSet, sync::LazyLock, time::Duration};
use upload_core::Plan;

const SIZE: usize = 200 * MIB;
const PART: usize = 4 * MIB;
/// Parts on their way at once: up to twice as many as slots, for a slot is free again as soon as a part's bytes have left. In slice mode
/// a slice for each worker.
const MOVING: usize = 4;
const SLOTS: usize = 2;
/// A lease of 3 s is the shortest. Parts and slices have one size, so that both modes are held to one measure.
const ENV: [(&str, &str); 5] = [
    ("OSS2YOUKU_LEDGER__LEASE_SECONDS", "3"),
    ("OSS2YOUKU_TRANSFER__PART_MIB", "4"),
    ("OSS2YOUKU_TRANSFER__IN_FLIGHT", "2"),
    ("OSS2YOUKU_TRANSFER__SLICE_KIB", "4096"),
    ("OSS2YOUKU_TRANSFER__SLICE_WORKERS", "4"),
];

static FILM: LazyLock<(Bytes, String)> = LazyLock::new(|| {
    let film = bytes(1, SIZE);
    let md5 = md5_hex(&film);
    (film, md5)
});

/// A cloud, what it is asked, what the request says, how many such requests pass before its answer is held.
type Place = (Cloud, &'static str, &'static str, u64);

#[derive(Debug, Clone, Copy)]
enum Cloud {
    Youku,
    Bucket,
    Ledger,
}
use Cloud::{Bucket, Ledger, Youku};

/// In the order in which an upload comes by: each place is where the holder after the last blow gets to. Every holder's first step is its
/// claim, which passes.
fn places(mode: &str) -> Vec<Place> {
    let append = (Ledger, "PutObject", ".json", 1);
    let (last_part, last_slice) =
        (format!("partNumber={}&", last_part()), format!("slice_task_id={}&", SIZE / PART));
    match mode {
        "oss" => vec![
            (Youku, "create", "", 0),
            (Bucket, "InitiateMultipartUpload", "", 0),
            append,
            (Bucket, "UploadPart", last_part.leak(), 0),
            (Bucket, "CompleteMultipartUpload", "", 0),
            append,
            (Youku, "commit", "", 0),
            append,
        ],
        _ => vec![
            (Youku, "create", "", 0),
            (Youku, "create_file", "", 0),
            append,
            (Youku, "upload_slice", last_slice.leak(), 0),
            append,
            (Youku, "commit", "", 0),
            append,
        ],
    }
}

fn last_part() -> usize {
    Plan::new(SIZE as u64, PART as u64, SLOTS).parts().count()
}

async fn rig(mode: &str) -> Rig {
    let setup = Setup {
        env: &ENV,
        sweep_every: Some(Duration::from_millis(500)),
        ledger_in_bucket: true,
        // A call that finds its instance busy gets another: a sleeper keeps nobody.
        host: |function| (function.instance_concurrency, function.max_instances) = (1, 30),
        ..Setup::mode(mode)
    };
    Rig::start(setup).await
}

impl Cloud {
    fn control(self, rig: &Rig) -> Control {
        match self {
            Youku => rig.clouds.youku.control(),
            Bucket => rig.clouds.youku.bucket_control(),
            Ledger => rig.clouds.oss_control.clone(),
        }
    }
}

/// Waits until the cloud at `place` has done what it was asked and keeps the answer.
async fn held_at(rig: &Rig, (cloud, operation, matching, skip): Place) -> RuleId {
    let control = cloud.control(rig);
    let rule = json!({"operation": operation, "match": matching, "skip": skip, "fault": {"kind": "hold"}});
    let id = script(&control, rule);
    let reached = tokio::time::timeout(Duration::from_secs(30), control.faults.wait_fired(id, 1)).await;
    assert_eq!(reached, Ok(true), "{cloud:?} {operation} {matching}: {}", rig.log());
    id
}

/// One video with the right bytes; each holder's steps stand behind its claim and before the next one's; no byte was sent in vain but what
/// the blows cost; nothing is left open.
async fn judge(rig: &Rig, blows: usize) {
    let videos = rig.clouds.youku.videos();
    let held: Vec<_> = videos.iter().map(|video| (video.size, video.md5.as_deref(), video.commits)).collect();
    assert_eq!(held, [(SIZE as u64, Some(FILM.1.as_str()), 1)]);

    let story = records::story(rig).await;
    let mut holder = 0;
    for (step, epoch) in &story {
        assert!(if step == "claimed" { *epoch > holder } else { *epoch == holder }, "{story:?}");
        holder = *epoch;
    }
    assert_eq!(story.iter().filter(|(step, _)| step == "committed").count(), 1, "{story:?}");

    let received: u64 = rig.clouds.youku.received().iter().map(|view| view.bytes).sum();
    let most = SIZE + blows * MOVING * PART;
    assert!(received <= most as u64, "{received} bytes taken in, at most {most} expected");
    assert_eq!(records::open_marks(rig), [""; 0]);
    assert_eq!(rig.given_up(), [json!(null); 0]);
}

async fn at_rest(rig: &Rig) {
    rig.until(async |rig| rig.clouds.youku.videos().len() == 1 && records::open_marks(rig).is_empty()).await;
}

/// The first number of a seed (SplitMix64).
fn random(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[tokio::test]
#[ignore = "slow: eight leases run out"]
async fn eight_kills_at_random_bytes_of_a_transfer_cost_a_part_per_worker_each() {
    const KILLS: usize = 8;
    let rig = rig("oss").await;
    rig.put("film.mp4", &FILM.0).await;
    let mut progress = rig.clouds.youku.progress();
    for kill in 0..KILLS {
        // Less than a ninth each, so that the last one meets a transfer under way as well.
        let more = random(kill as u64) % (SIZE / (KILLS + 1)) as u64;
        let until = *progress.borrow() + 1 + more;
        progress.wait_for(|taken| *taken >= until).await.unwrap();
        assert_eq!(rig.clouds.youku.videos(), []);
        rig.clouds.fc.kill_instance(&rig.clouds.function, Signal::SIGKILL).await;
    }
    at_rest(&rig).await;
    judge(&rig, KILLS).await;
    let story = records::story(&rig).await;
    let claims = story.iter().filter(|(step, _)| step == "claimed").count();
    assert_eq!(claims, KILLS + 1, "each kill met a holder: {story:?}");
    assert_eq!(rig.clouds.youku.sessions().len(), 1, "and none made a second session");
}

async fn killed_at_every_place(mode: &str) {
    let rig = rig(mode).await;
    let places = places(mode);
    rig.put("film.mp4", &FILM.0).await;
    for place in &places {
        held_at(&rig, *place).await;
        rig.clouds.fc.kill_instance(&rig.clouds.function, Signal::SIGKILL).await;
        place.0.control(&rig).faults.clear();
    }
    at_rest(&rig).await;
    judge(&rig, places.len()).await;
}

#[tokio::test]
#[ignore = "slow: eight leases run out"]
async fn a_kill_while_an_answer_is_on_its_way_loses_and_doubles_nothing_on_its_way_to_a_bucket() {
    killed_at_every_place("oss").await;
}

#[tokio::test]
#[ignore = "slow: seven leases run out"]
async fn a_kill_while_an_answer_is_on_its_way_loses_and_doubles_nothing_in_slice_mode() {
    killed_at_every_place("slice").await;
}

/// The process of the one call that lasts.
async fn holder(rig: &Rig, asleep: &BTreeSet<i32>) -> i32 {
    let working = || {
        let instances = rig.clouds.fc.instances(&rig.clouds.function).into_iter();
        let pids = instances.filter(|i| i.in_flight > 0).map(|i| i32::try_from(i.pid).unwrap());
        pids.filter(|pid| !asleep.contains(pid)).collect::<Vec<_>>()
    };
    // A sweep may come by in another process; it does not stay.
    rig.until(async |_| working().len() == 1).await;
    working()[0]
}

/// Puts each holder to sleep for longer than its lease, and wakes them all when the upload is a video.
async fn asleep_at_every_place(mode: &str) {
    let rig = rig(mode).await;
    let places = places(mode);
    rig.put("film.mp4", &FILM.0).await;
    let mut asleep = BTreeSet::new();
    for place in &places {
        held_at(&rig, *place).await;
        let pid = holder(&rig, &asleep).await;
        killpg(Pid::from_raw(pid), Signal::SIGSTOP).unwrap();
        asleep.insert(pid);
    }
    at_rest(&rig).await;
    assert_eq!(asleep.len(), places.len());
    judge(&rig, places.len()).await;
    let story = records::story(&rig).await;

    let mut outcomes = rig.clouds.fc.outcomes();
    for cloud in [Youku, Bucket, Ledger] {
        cloud.control(&rig).faults.clear();
    }
    for pid in &asleep {
        killpg(Pid::from_raw(*pid), Signal::SIGCONT).unwrap();
    }
    let working = |rig: &Rig| {
        let instances = rig.clouds.fc.instances(&rig.clouds.function).into_iter();
        instances
            .filter(|i| i.in_flight > 0 && i32::try_from(i.pid).is_ok_and(|pid| asleep.contains(&pid)))
            .count()
    };
    rig.until(async |rig| working(rig) == 0).await;
    // A mark that one of them had begun to write is the sweep's to clear.
    at_rest(&rig).await;
    judge(&rig, places.len()).await;
    assert_eq!(records::story(&rig).await, story, "the woken have added nothing");
    let refused = std::iter::from_fn(|| outcomes.try_recv().ok())
        .filter(|outcome| String::from_utf8_lossy(&outcome.result.body).contains(r#""error":"superseded""#));
    // The last one's step had been taken: it may find out or not.
    assert!(refused.count() >= places.len() - 1, "{}", rig.log());
}

#[tokio::test]
#[ignore = "slow: eight leases run out"]
async fn holders_that_slept_through_their_leases_add_nothing_on_the_way_to_a_bucket() {
    asleep_at_every_place("oss").await;
}

#[tokio::test]
#[ignore = "slow: seven leases run out"]
async fn holders_that_slept_through_their_leases_add_nothing_in_slice_mode() {
    asleep_at_every_place("slice").await;
}
