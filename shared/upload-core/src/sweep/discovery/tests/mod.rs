//! Scans of a bucket in memory, judged by the videos that Youku holds in the end.

mod fake_bucket;
mod odd_objects;
mod scans;

use crate::{ErrorKind, ledger::Step, sweep::discovery::StopReason, tests::memory::Fault};
use fake_bucket::{FakeBucket, HOUR, rule};
use std::time::Duration;
use tokio::time::sleep;

fn number_keys(count: u32) -> Vec<String> {
    (0..count).map(|number| format!("{number:05}.mp4")).collect()
}

/// 50 objects, one written each hour, and a ledger born half an hour after the last.
async fn new_back_catalogue() -> FakeBucket {
    let bucket = FakeBucket::new();
    let now = bucket.now();
    for (hours, key) in (0..50).rev().zip(number_keys(50)) {
        bucket.put_at(&key, now - hours * HOUR);
    }
    sleep(HOUR / 2).await;
    bucket.memory.ledger().birth().await.expect("born");
    bucket
}

/// Objects older than the ledger are never published; an object that arrives without an event is published at the next sweep.
#[tokio::test(start_paused = true)]
async fn only_objects_newer_than_the_ledger_are_found() {
    let bucket = new_back_catalogue().await;
    for _ in 0..10 {
        let found = bucket.sweep().await;
        assert_eq!((found.older, found.uploads.len(), found.stopped), (50, 0, None));
        sleep(3 * HOUR).await;
    }
    assert_eq!(bucket.count_heads(), 0, "what is too old is not even looked at");
    bucket.put("new.mp4");
    assert_eq!(bucket.sweep().await.uploads.len(), 1);
    assert_eq!(bucket.published(), ["new.mp4"]);
    for _ in 0..3 {
        assert_eq!(bucket.sweep().await.known, 1);
    }
    assert_eq!(bucket.published(), ["new.mp4"]);
}

/// A dry run names what the next run uploads, as often as it is asked; it uploads nothing and begins no pass.
#[tokio::test(start_paused = true)]
async fn a_dry_run_names_what_the_next_run_uploads() {
    let bucket = new_back_catalogue().await;
    bucket.put_all(&["a.mp4", "b.mp4"]);
    for _ in 0..2 {
        let found = bucket.dry().sweep().await;
        let keys: Vec<_> = found.planned.iter().map(|planned| planned.location.key.as_str()).collect();
        assert_eq!((keys, found.uploads.len(), found.older), (vec!["a.mp4", "b.mp4"], 0, 50));
    }
    assert!(bucket.published().is_empty());
    let found = bucket.sweep().await;
    assert_eq!((found.uploads.len(), found.planned.len()), (2, 0));
    assert_eq!(bucket.dry().sweep().await.known, 2);
}

/// `since` publishes exactly what was written since then, and only in that run.
#[tokio::test(start_paused = true)]
async fn since_publishes_what_was_written_since_in_that_run_only() {
    let bucket = new_back_catalogue().await;
    bucket.sweep().await;
    let found = bucket.since(6 * HOUR).sweep().await;
    assert_eq!((found.uploads.len(), found.older), (6, 44));
    let wanted = &number_keys(50)[44..];
    assert_eq!(bucket.published(), wanted);
    bucket.sweep().await;
    assert_eq!(bucket.published(), wanted, "the next run is as careful as ever");
}

/// A bounded `since` scan is resumed by the next run, and begun again by one that looks further back.
#[tokio::test(start_paused = true)]
async fn a_bounded_since_resumes_and_a_wider_one_begins_again() {
    let mut bucket = new_back_catalogue().await;
    bucket.bounds.requests = 4;
    let mut runs = 0;
    while bucket.since(6 * HOUR).sweep().await.stopped.is_some() {
        runs += 1;
        assert!(runs < 10, "it gets on");
        sleep(Duration::from_secs(60)).await;
    }
    assert_eq!(bucket.published(), number_keys(50)[44..]);
    assert_eq!(bucket.since(20 * HOUR).sweep().await.stopped, Some(StopReason::Requests));
    while bucket.since(40 * HOUR).sweep().await.stopped.is_some() {}
    assert_eq!(bucket.published(), number_keys(50)[10..], "a wider scan begins again");
}

/// A person's look further back that meets the same failure leaves the object to the scans after it.
#[tokio::test(start_paused = true)]
async fn a_since_that_fails_forgets_nothing() {
    let bucket = FakeBucket::new();
    bucket.put_all(&number_keys(3));
    bucket.state().failing.insert("00001.mp4".into());
    bucket.sweep().await;
    sleep(48 * HOUR).await;
    bucket.sweep().await;
    bucket.since(72 * HOUR).sweep().await;
    bucket.state().failing.clear();
    for _ in 0..3 {
        sleep(24 * HOUR).await;
        bucket.sweep().await;
    }
    assert_eq!(bucket.published(), number_keys(3));
}

/// An old `since` scan that was not finished hides nothing from a new one.
#[tokio::test(start_paused = true)]
async fn an_unfinished_since_hides_nothing_from_a_new_one() {
    let mut bucket = new_back_catalogue().await;
    bucket.bounds.requests = 4;
    let found = bucket.since(6 * HOUR).sweep().await;
    assert_eq!(found.next.map(|next| next.key), Some("00046.mp4".into()));
    sleep(3 * HOUR).await;
    bucket.put("00000-new.mp4");
    bucket.since(HOUR).sweep().await;
    assert!(bucket.published().contains(&"00000-new.mp4".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_birth_mark_that_is_lost_or_rewritten_opens_no_gate() {
    let bucket = new_back_catalogue().await;
    bucket.sweep().await;
    bucket.put("missed.mp4");
    sleep(HOUR).await;
    bucket.forget("birth").await;
    bucket.sweep().await;
    assert_eq!(bucket.published(), [""; 0], "it is born anew: the safe side");
    bucket.put("found.mp4");
    bucket.sweep().await;
    // With the cursors lost as well, everything is listed again, from the new birth onward.
    for key in bucket.memory.ledger.keys("cursor/") {
        bucket.forget(&key).await;
    }
    bucket.sweep().await;
    assert_eq!(bucket.published(), ["found.mp4"]);
    assert_eq!(bucket.since(2 * HOUR).sweep().await.uploads.len(), 2, "a person may ask for it");
}

/// A rule that is written later does not publish the objects that were there before it.
#[tokio::test(start_paused = true)]
async fn a_new_rule_does_not_publish_older_objects() {
    let bucket = FakeBucket::with_rules(vec![rule("a/", "main")]);
    bucket.memory.ledger().birth().await.expect("born");
    bucket.put("a/1.mp4");
    bucket.put("b/1.mp4");
    bucket.sweep().await;
    sleep(HOUR).await;
    let bucket = bucket.rules(vec![rule("a/", "main"), rule("b/", "main")]);
    bucket.sweep().await;
    sleep(HOUR).await;
    bucket.put("b/2.mp4");
    bucket.sweep().await;
    assert_eq!(bucket.published(), ["a/1.mp4", "b/2.mp4"]);
    // Under another account the ids are others: what was published must not be published there again.
    sleep(HOUR).await;
    bucket.rules(vec![rule("", "other")]).sweep().await;
    assert_eq!(bucket.published().len(), 2);
}

/// Where rules overlap, each object belongs to the longest prefix and is published once.
#[tokio::test(start_paused = true)]
async fn overlapping_rules_publish_each_object_once() {
    let bucket = FakeBucket::with_rules(vec![rule("", "main"), rule("a/", "main"), rule("a/b/", "main")]);
    let keys = ["a/1.mp4", "a/b/1.mp4", "a/b/2.mp4", "b/1.mp4"];
    bucket.put_all(&keys);
    let found = bucket.sweep().await;
    assert_eq!((found.uploads.len(), found.known, bucket.count_heads()), (4, 0, 4));
    assert_eq!(bucket.published(), keys);
}

#[tokio::test(start_paused = true)]
async fn a_paused_object_is_found_after_the_pause() {
    let mut bucket = FakeBucket::new();
    bucket.sweep().await;
    bucket.paused = true;
    bucket.put("1.mp4");
    let found = bucket.sweep().await;
    assert_eq!((found.stopped, found.requests), (Some(StopReason::Paused), 0));
    assert_eq!(bucket.since(HOUR).sweep().await.stopped, Some(StopReason::Paused));
    bucket.paused = false;
    let mut still = rule("", "main");
    still.paused = true;
    assert_eq!(bucket.rules(vec![still]).sweep().await.requests, 0);
    sleep(48 * HOUR).await;
    assert_eq!(bucket.published(), [""; 0]);
    bucket.sweep().await;
    assert_eq!(bucket.published(), ["1.mp4"]);
}

#[tokio::test(start_paused = true)]
async fn a_young_object_is_left_to_its_own_event_and_not_forgotten() {
    let mut bucket = FakeBucket::new();
    bucket.bounds.grace = Duration::from_secs(60);
    bucket.sweep().await;
    bucket.put("1.mp4");
    sleep(Duration::from_secs(59)).await;
    let found = bucket.sweep().await;
    assert_eq!((found.young, found.uploads.len()), (1, 0));
    sleep(Duration::from_secs(1)).await;
    bucket.sweep().await;
    assert_eq!(bucket.published(), ["1.mp4"]);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_failed_or_was_cancelled_is_not_driven_again() {
    let bucket = FakeBucket::new();
    bucket.put("1.mp4");
    bucket.memory.fault("create", 0, Fault::Deny(ErrorKind::Youku));
    let found = bucket.sweep().await;
    assert_eq!(found.uploads.len(), 1);
    assert!(found.uploads[0].result.is_err());
    let id = &found.uploads[0].id;
    for _ in 0..3 {
        assert_eq!(bucket.sweep().await.known, 1);
    }
    let mut held = bucket.memory.ledger().reopen(id, Default::default()).await.expect("it failed");
    held.append(Step::Cancelled).await.expect("cancelled");
    held.release().await;
    for _ in 0..3 {
        assert_eq!(bucket.sweep().await.known, 1);
    }
    assert_eq!(bucket.published(), [""; 0]);
}

/// An object that cannot be published as it is, is reported once and looked at again for a day.
#[tokio::test(start_paused = true)]
async fn an_object_that_is_refused_is_reported_once() {
    let bucket = FakeBucket::new();
    bucket.sweep().await;
    sleep(HOUR).await;
    bucket.put_all(&["1.mp4", "refused.mp4", "unreadable.mp4"]);
    bucket.state().unreadable = Some("unreadable.mp4".into());
    sleep(HOUR).await;
    let found = bucket.sweep().await;
    assert_eq!((found.uploads.len(), found.errors.len()), (2, 1));
    assert_eq!(bucket.state().messages, 3, "of the video and of both refusals");
    for _ in 0..10 {
        sleep(HOUR).await;
        let found = bucket.sweep().await;
        assert_eq!((found.known, found.uploads.len(), found.errors.len()), (3, 0, 0));
    }
    assert_eq!((bucket.state().messages, bucket.published()), (3, vec!["1.mp4".to_owned()]));
    let found = bucket.since(24 * HOUR).sweep().await;
    assert_eq!((found.uploads.len(), found.errors.len()), (1, 1), "who asks for it hears why");
}
