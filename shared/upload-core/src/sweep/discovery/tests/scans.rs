//! Scans over many runs: whatever stops one, every object is published exactly once.

use super::{
    fake_bucket::{FakeBucket, HOUR, rule},
    number_keys,
};
use crate::{
    ErrorKind, RunContext,
    sweep::discovery::StopReason,
    tests::{crash_points::report_crash_points, memory::Fault},
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn many_objects_are_published_exactly_once_over_many_small_runs() {
    let mut bucket = FakeBucket::new();
    let keys = number_keys(2500);
    bucket.memory.ledger().birth().await.expect("born");
    bucket.put_all(&keys);
    (bucket.bounds.uploads, bucket.bounds.requests) = (70, 50);
    let mut runs = 0;
    loop {
        runs += 1;
        let heads = bucket.count_heads();
        let found = bucket.sweep().await;
        let heads = bucket.count_heads() - heads;
        assert!(found.requests <= 50 && heads < 50, "{} requests", found.requests);
        sleep(Duration::from_secs(60)).await;
        if found.stopped.is_none() {
            break;
        }
        assert_eq!(found.stopped, Some(StopReason::Requests));
    }
    assert_eq!(bucket.published(), keys);
    assert!((50..60).contains(&runs), "{runs}");
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_uploads_holds_and_a_later_run_continues() {
    let mut bucket = FakeBucket::new();
    bucket.put_all(&number_keys(10));
    bucket.bounds.uploads = 3;
    for published in [3, 6, 9, 10] {
        let found = bucket.sweep().await;
        assert_eq!(bucket.published().len(), published);
        assert_eq!(found.stopped, (published < 10).then_some(StopReason::Uploads));
        let next = found.next.map(|next| next.key);
        assert_eq!(next, (published < 10).then(|| format!("{:05}.mp4", published - 1)));
    }
    bucket.bounds.uploads = 0;
    assert_eq!(bucket.sweep().await.requests, 0);
}

/// What a complete scan uploaded is looked at once more, and once an hour, whose scan checks the marks, for a day; what appears with an older
/// date is found for as long.
#[tokio::test(start_paused = true)]
async fn a_completed_scan_looks_back_for_a_day() {
    let bucket = FakeBucket::new();
    bucket.put_all(&number_keys(20));
    bucket.sweep().await;
    let looks = async || {
        let before = bucket.count_heads();
        bucket.sweep().await;
        bucket.count_heads() - before
    };
    assert_eq!([looks().await, looks().await, looks().await], [20, 0, 0]);
    sleep(23 * HOUR).await;
    assert_eq!([looks().await, looks().await], [20, 0]);
    sleep(2 * HOUR).await;
    // This scan still starts from the one before it, two hours ago.
    assert_eq!([looks().await, looks().await], [20, 0]);
    sleep(2 * HOUR).await;
    assert_eq!(looks().await, 0, "after a day no longer");
    // Such as a multipart object, dated by the beginning of its upload.
    bucket.put_at("begun-yesterday.mp4", bucket.now() - 20 * HOUR);
    assert_eq!(looks().await, 1);
    assert_eq!(bucket.published().len(), 21);
}

/// An object that arrives before the cursor's key is found by the next scan.
#[tokio::test(start_paused = true)]
async fn an_object_before_the_cursor_is_found_by_the_next_scan() {
    let mut bucket = FakeBucket::new();
    let keys = number_keys(30);
    bucket.put_all(&keys);
    bucket.bounds.requests = 10;
    bucket.sweep().await;
    bucket.put("00000-late.mp4");
    bucket.sweep_until_done().await;
    assert_eq!(bucket.published(), keys);
    sleep(20 * HOUR).await;
    bucket.sweep_until_done().await;
    assert_eq!(bucket.published().len(), 31);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_loses_nothing() {
    let bucket = FakeBucket::new();
    let keys = number_keys(350);
    bucket.put_all(&keys);
    let (wide, failing) = (
        {
            let mut wide = bucket.clone();
            wide.bounds.uploads = 1000;
            wide
        },
        "00199.mp4",
    );
    bucket.state().failing.insert(failing.into());
    let found = wide.sweep().await;
    // The object of this key fails, and so does the page after it.
    assert_eq!((found.errors.len(), found.uploads.len()), (2, 199));
    bucket.state().failing.clear();
    // Even where the trouble lasted for longer than a day.
    sleep(72 * HOUR).await;
    wide.sweep().await;
    wide.sweep().await;
    assert_eq!(bucket.published(), keys);
}

/// An object whose HEAD fails delays no other object and is not skipped.
#[tokio::test(start_paused = true)]
async fn an_unreadable_object_delays_no_other_and_is_not_skipped() {
    let bucket = FakeBucket::new();
    bucket.put_all(&number_keys(10));
    bucket.state().failing.insert("00004.mp4".into());
    let found = bucket.sweep().await;
    assert_eq!((found.uploads.len(), found.errors.len(), found.stopped), (9, 1, None));
    sleep(72 * HOUR).await;
    bucket.sweep().await;
    bucket.state().failing.clear();
    bucket.sweep().await;
    assert_eq!(bucket.published(), number_keys(10));
    sleep(HOUR).await;
    bucket.sweep().await;
    let before = bucket.count_heads();
    bucket.sweep().await;
    assert_eq!(bucket.count_heads(), before, "by then they are known for long");
}

/// A source that refuses everything is left alone until the next run.
#[tokio::test(start_paused = true)]
async fn a_source_that_refuses_everything_waits_for_the_next_run() {
    let bucket = FakeBucket::new();
    let keys = number_keys(10);
    bucket.put_all(&keys);
    bucket.state().failing.extend(keys.clone());
    assert_eq!(bucket.sweep().await.errors.len(), 3);
    bucket.state().failing.clear();
    sleep(72 * HOUR).await;
    bucket.sweep().await;
    bucket.sweep().await;
    assert_eq!(bucket.published(), keys);
}

/// An account that Youku refuses is left alone, and the other one proceeds.
#[tokio::test(start_paused = true)]
async fn a_limited_account_is_spared_and_the_other_proceeds() {
    let bucket = FakeBucket::with_rules(vec![rule("a/", "main"), rule("b/", "other")]);
    let keys = ["a/1.mp4", "a/2.mp4", "b/1.mp4"];
    bucket.put_all(&keys);
    bucket.memory.fault("create", 0, Fault::Deny(ErrorKind::RateLimited));
    assert_eq!(bucket.sweep().await.uploads.len(), 2);
    assert_eq!(bucket.published(), ["b/1.mp4"]);
    let (open, calls) = (bucket.memory.ledger.keys("open/").len(), bucket.memory.world().calls.len());
    let found = bucket.sweep().await;
    assert_eq!((found.uploads.len(), found.known), (1, 1), "it is found, and not begun");
    let now = (bucket.memory.ledger.keys("open/").len(), bucket.memory.world().calls.len());
    assert_eq!(now, (open, calls), "and Youku is not called");
    // No call is made for the account until its pause is over.
    sleep(HOUR / 30).await;
    bucket.sweep().await;
    assert_eq!(bucket.published(), ["a/2.mp4", "b/1.mp4"], "the first one's open mark brings it back");
}

#[tokio::test(start_paused = true)]
async fn without_the_ledger_nothing_proceeds_and_nothing_is_lost() {
    let bucket = FakeBucket::new();
    bucket.put_all(&number_keys(5));
    bucket.sweep().await;
    sleep(48 * HOUR).await;
    bucket.put("new.mp4");
    bucket.memory.ledger.world().is_down = true;
    let found = bucket.sweep().await;
    assert_eq!((found.stopped, found.requests, found.errors.len()), (Some(StopReason::Ledger), 0, 1));
    bucket.memory.ledger.world().is_down = false;
    bucket.sweep().await;
    assert_eq!(bucket.published().len(), 6);
}

/// A damaged cursor is named and is no reason to publish anything.
#[tokio::test(start_paused = true)]
async fn a_damaged_cursor_is_named_and_publishes_nothing() {
    let bucket = FakeBucket::new();
    bucket.sweep().await;
    bucket.put("1.mp4");
    let note = bucket.memory.ledger.keys("cursor/discover-").remove(0);
    let now = bucket.now();
    bucket.memory.ledger.world().entries.insert(note.clone(), ("{}".into(), now));
    let found = bucket.sweep().await;
    assert_eq!(found.stopped, Some(StopReason::Ledger));
    assert!(found.errors[0].error.to_string().contains(&note));
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_at_its_deadline_and_the_next_resumes() {
    let bucket = FakeBucket::new();
    let keys = number_keys(5);
    bucket.put_all(&keys);
    bucket.state().failing.insert("00002.mp4".into());
    let deadline = Instant::now() + Duration::from_secs(30);
    let found = bucket.run(&RunContext { deadline: Some(deadline), ..RunContext::default() }).await;
    assert_eq!((found.stopped, found.uploads.len()), (Some(StopReason::Deadline), 2));
    assert!(Instant::now() < deadline + Duration::from_secs(1));
    bucket.state().failing.clear();
    bucket.sweep().await;
    assert_eq!(bucket.published(), keys);
}

/// Runs that are killed before they reach the end of a page get through it nevertheless: each resumes near where the last one was killed.
#[tokio::test(start_paused = true)]
async fn a_killed_run_is_resumed_near_where_it_was_killed() {
    let bucket = FakeBucket::new();
    bucket.put_all(&number_keys(5));
    // Each is retried for a while before the run goes on.
    bucket.state().failing.extend(["00001.mp4", "00003.mp4"].map(String::from));
    let reached = async {
        while !bucket.state().heads.iter().any(|key| key == "00003.mp4") {
            sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::select! {
        _ = bucket.sweep() => panic!("it was to be killed"),
        () = reached => {}
    }
    bucket.state().failing.clear();
    bucket.state().heads.clear();
    bucket.sweep().await;
    let heads = bucket.state().heads.clone();
    assert!(heads.contains(&"00004.mp4".to_owned()), "{heads:?}");
    assert!(
        !heads.contains(&"00000.mp4".to_owned()),
        "the start of the page is not examined again: {heads:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_large_bucket_does_not_keep_the_runs_from_the_other_rules() {
    let mut bucket = FakeBucket::with_rules(vec![rule("a/", "main"), rule("b/", "main")]);
    for key in number_keys(500) {
        bucket.put(&format!("a/{key}"));
    }
    bucket.put("b/1.mp4");
    bucket.bounds.requests = 10;
    bucket.sweep().await;
    bucket.sweep().await;
    assert!(bucket.published().contains(&"b/1.mp4".to_owned()));
    bucket.sweep_until_done().await;
    bucket.sweep_until_done().await;
    assert!(bucket.published().len() > 20, "and the large one goes on");
}

/// The runs are dropped at this point, then others go on: the ledger's leases must run out first.
async fn drop_at(point: u32) -> FakeBucket {
    let mut bucket = FakeBucket::new();
    bucket.bounds.uploads = 2;
    bucket.put_all(&["1.mp4", "2.mp4", "3.mp4"]);
    bucket.memory.ledger().birth().await.expect("born");
    bucket.memory.crash_points.crash_at(Some(point));
    tokio::select! {
        _ = bucket.sweep() => {}
        () = bucket.memory.crash_points.crashed() => {}
    }
    bucket.memory.crash_points.crash_at(None);
    sleep(Duration::from_secs(20)).await;
    let ledger = bucket.memory.ledger();
    for _ in 0..4 {
        let uploader_of = |_, _| async { Ok(bucket.uploader()) };
        crate::sweep(&ledger, uploader_of, None, 100, &RunContext::default())
            .await
            .expect("the ledger is there");
        bucket.sweep().await;
    }
    bucket
}

/// A sweep that is dropped at any crash point loses nothing and does nothing twice.
#[tokio::test(start_paused = true)]
async fn a_scan_dropped_at_any_point_publishes_each_object_once() {
    let calm = drop_at(u32::MAX).await;
    assert_eq!(calm.published().len(), 3);
    let crash_points = {
        let bucket = FakeBucket::new();
        bucket.memory.ledger().birth().await.expect("born");
        bucket.put_all(&["1.mp4", "2.mp4", "3.mp4"]);
        bucket.memory.crash_points.crash_at(None);
        bucket.sweep().await;
        bucket.memory.crash_points.passed()
    };
    assert!(crash_points > 60, "{crash_points}");
    for point in 1..=crash_points {
        let bucket = drop_at(point).await;
        assert_eq!(bucket.published(), ["1.mp4", "2.mp4", "3.mp4"], "dropped at {point}");
    }
    report_crash_points("scans", crash_points);
}

#[tokio::test(start_paused = true)]
async fn what_still_grows_is_passed_by_in_silence() {
    let bucket = FakeBucket::new();
    bucket.sweep().await;
    bucket.state().appendable.insert("1.mp4".into());
    bucket.put_all(&["1.mp4", "2.mp4"]);
    for _ in 0..5 {
        let found = bucket.sweep().await;
        assert!(found.errors.is_empty() && found.stopped.is_none(), "{found:?}");
        sleep(20 * HOUR).await;
    }
    assert_eq!((bucket.published(), bucket.state().messages), (vec!["2.mp4".to_owned()], 1));
}

/// An object that no longer grows is published once where its rule wants it.
#[tokio::test(start_paused = true)]
async fn an_object_that_stopped_growing_is_published_once() {
    let mut patient = rule("", "main");
    patient.unfinished_after_seconds = Some(72 * 3600);
    let bucket = FakeBucket::with_rules(vec![patient]);
    bucket.sweep().await;
    bucket.state().appendable.insert("1.mp4".into());
    for _ in 0..3 {
        // It grows each day, so that it is young again.
        bucket.put("1.mp4");
        sleep(24 * HOUR).await;
        assert!(bucket.sweep().await.uploads.is_empty());
    }
    // Longer than a scan looks back by itself.
    sleep(47 * HOUR).await;
    assert!(bucket.sweep().await.uploads.is_empty());
    for _ in 0..3 {
        sleep(HOUR).await;
        bucket.sweep().await;
        assert_eq!(bucket.published(), ["1.mp4"]);
    }
}
