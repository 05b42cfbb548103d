//! One object whose HEAD fails, and one upload whose mark was lost: neither delays a scan, nor is it forgotten.

use super::{
    fake_bucket::{FakeBucket, HOUR, rule},
    number_keys,
};
use crate::{ErrorKind, RunContext, ledger::Claim, tests::memory::Fault};
use std::time::Duration;
use tokio::time::sleep;

const SWEEPS: Duration = Duration::from_secs(300);

/// An object whose HEAD always fails makes no scan longer, and is reported once a day.
#[tokio::test(start_paused = true)]
async fn an_unreadable_object_is_reported_once_a_day() {
    let bucket = FakeBucket::new();
    bucket.sweep().await;
    sleep(HOUR).await;
    bucket.put_all(&number_keys(20));
    bucket.state().failing.insert("00004.mp4".into());
    let (mut reports, mut looks) = (0, Vec::new());
    for day in 0..10 {
        let mut heads = 0;
        for _ in 0..288 {
            let before = bucket.state().heads.len();
            reports += bucket.sweep().await.errors.len();
            heads += bucket.state().heads[before..].iter().filter(|key| *key == "00004.mp4").count();
            sleep(SWEEPS).await;
        }
        looks.push(heads);
        if day == 4 {
            let before = bucket.count_heads();
            bucket.sweep().await;
            assert_eq!(bucket.count_heads(), before, "what is published is not looked at any more");
        }
    }
    assert!(reports <= 11, "reported {reports} times in ten days");
    // Each HEAD is retried until the retry policy is exhausted.
    let last = looks[9];
    assert!(last > 0 && last * 5 < looks[0], "{looks:?}");
    bucket.state().failing.clear();
    for _ in 0..300 {
        bucket.sweep().await;
        sleep(SWEEPS).await;
    }
    assert_eq!(bucket.published(), number_keys(20), "and it is not forgotten");
}

/// Objects whose HEAD fails are noted up to a bound, and none of them is lost.
#[tokio::test(start_paused = true)]
async fn many_unreadable_objects_are_noted_up_to_a_bound() {
    let bucket = FakeBucket::new();
    let keys = number_keys(300);
    bucket.sweep().await;
    bucket.put_all(&keys);
    // Not three in a row: the source is there.
    let failing = keys.iter().enumerate().filter(|(n, _)| n % 2 == 0).map(|(_, key)| key.clone());
    bucket.state().failing.extend(failing);
    bucket.sweep_until_done().await;
    let note = bucket.memory.ledger.keys("cursor/discover-").remove(0);
    let text = bucket.memory.ledger.world().entries[&note].0.clone();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert_eq!(text.matches("\"tries\"").count(), 100, "{text}");
    bucket.state().failing.clear();
    sleep(72 * HOUR).await;
    let mut bucket = bucket;
    bucket.bounds.uploads = 1000;
    bucket.sweep_until_done().await;
    bucket.sweep_until_done().await;
    assert_eq!(bucket.published(), keys);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_gone_leaves_no_note() {
    let bucket = FakeBucket::new();
    bucket.sweep().await;
    bucket.put_all(&["a.mp4", "b.mp4"]);
    bucket.state().failing.insert("a.mp4".into());
    bucket.sweep().await;
    bucket.state().objects.remove("a.mp4");
    sleep(HOUR).await;
    bucket.sweep().await;
    let note = bucket.memory.ledger.keys("cursor/discover-").remove(0);
    let text = bucket.memory.ledger.world().entries[&note].0.clone();
    assert!(!String::from_utf8_lossy(&text).contains("a.mp4"));
}

/// A scan that meets the object restores its lost open mark, and the next sweep resumes the upload.
#[tokio::test(start_paused = true)]
async fn a_lost_mark_is_restored_by_a_scan() {
    let bucket = FakeBucket::new();
    bucket.sweep().await;
    bucket.put_all(&["a.mp4", "b.mp4"]);
    bucket.memory.fault("part", 0, Fault::Deny(ErrorKind::SourceDenied));
    bucket.sweep().await;
    assert_eq!(bucket.published(), ["b.mp4"]);
    for key in bucket.memory.ledger.keys("open/") {
        bucket.forget(&key).await;
    }
    sleep(2 * HOUR).await;
    let ledger = bucket.memory.ledger();
    let uploader_of = |_, _| async { Ok(bucket.uploader()) };
    crate::sweep(&ledger, uploader_of, None, 100, &RunContext::default()).await.expect("the ledger is there");
    assert_eq!(bucket.published(), ["b.mp4"], "without a mark no sweep finds it");
    assert_eq!(bucket.sweep().await.known, 2);
    let marked = ledger.open_marks(None, 10).await.expect("listed").uploads;
    assert_eq!(marked.len(), 1);
    assert!(matches!(ledger.resume(&marked[0].id).await, Ok(Claim::Acquired(_))));
    sleep(HOUR).await;
    let uploader_of = |_, _| async { Ok(bucket.uploader()) };
    crate::sweep(&ledger, uploader_of, None, 100, &RunContext::default()).await.expect("the ledger is there");
    assert_eq!(bucket.published(), ["a.mp4", "b.mp4"]);
}

/// Junk is counted and left alone, and a key that OSS does not have is passed over in silence.
#[tokio::test(start_paused = true)]
async fn junk_and_impossible_keys_are_left_alone() {
    let bucket = FakeBucket::with_rules(vec![rule("", "main"), rule("in/", "main")]);
    bucket.sweep().await;
    sleep(HOUR).await;
    bucket.put_all(&["/lead.mp4", "._a.mp4", "in/._a.mp4", "in/.Trash-1000/files/a.mp4", "in/a.mp4"]);
    let report = bucket.sweep().await;
    assert_eq!((report.junk, report.uploads.len(), report.errors.len()), (3, 1, 0), "{report:?}");
    assert_eq!(bucket.published(), ["in/a.mp4"]);
    assert!(bucket.state().heads.iter().all(|key| key == "in/a.mp4"), "the others cost no request");
}
