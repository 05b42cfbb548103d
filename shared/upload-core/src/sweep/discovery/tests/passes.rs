//! Passes over many runs: whatever stops one, every object is published exactly once.

use super::{
    numbered,
    shelf::{HOUR, Shelf, rule},
};
use crate::{ErrorKind, RunContext, sweep::discovery::StopReason, tests::memory::Fault};
use std::time::Duration;
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn many_objects_are_published_exactly_once_over_many_small_runs() {
    let mut shelf = Shelf::new();
    let keys = numbered(2500);
    shelf.memory.ledger().birth().await.expect("born");
    shelf.put_all(&keys);
    (shelf.bounds.uploads, shelf.bounds.requests) = (70, 50);
    let mut runs = 0;
    loop {
        runs += 1;
        let heads = shelf.heads();
        let found = shelf.sweep().await;
        let heads = shelf.heads() - heads;
        assert!(found.requests <= 50 && heads < 50, "{} requests", found.requests);
        sleep(Duration::from_secs(60)).await;
        if found.stopped.is_none() {
            break;
        }
        assert_eq!(found.stopped, Some(StopReason::Requests));
    }
    assert_eq!(shelf.published(), keys);
    assert!((50..60).contains(&runs), "{runs}");
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_uploads_holds_and_a_later_run_goes_on() {
    let mut shelf = Shelf::new();
    shelf.put_all(&numbered(10));
    shelf.bounds.uploads = 3;
    for published in [3, 6, 9, 10] {
        let found = shelf.sweep().await;
        assert_eq!(shelf.published().len(), published);
        assert_eq!(found.stopped, (published < 10).then_some(StopReason::Uploads));
        let next = found.next.map(|next| next.key);
        assert_eq!(next, (published < 10).then(|| format!("{:05}.mp4", published - 1)));
    }
    shelf.bounds.uploads = 0;
    assert_eq!(shelf.sweep().await.requests, 0);
}

#[tokio::test(start_paused = true)]
async fn what_a_complete_pass_has_seen_is_looked_at_for_a_day_and_no_longer() {
    let shelf = Shelf::new();
    shelf.put_all(&numbered(20));
    shelf.sweep().await;
    let looks = async || {
        let before = shelf.heads();
        shelf.sweep().await;
        shelf.heads() - before
    };
    assert_eq!(looks().await, 20);
    sleep(23 * HOUR).await;
    assert_eq!(looks().await, 20);
    sleep(2 * HOUR).await;
    // This pass still goes by the one before it, of two hours ago.
    assert_eq!(looks().await, 20);
    assert_eq!(looks().await, 0);
    // Such as a multipart object, dated by the beginning of its upload.
    shelf.put_at("begun-yesterday.mp4", shelf.now() - 20 * HOUR);
    assert_eq!(looks().await, 1);
    assert_eq!(shelf.published().len(), 21);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_comes_behind_the_cursor_is_found_by_the_next_pass() {
    let mut shelf = Shelf::new();
    let keys = numbered(30);
    shelf.put_all(&keys);
    shelf.bounds.requests = 10;
    shelf.sweep().await;
    shelf.put("00000-late.mp4");
    shelf.sweeps().await;
    assert_eq!(shelf.published(), keys);
    sleep(20 * HOUR).await;
    shelf.sweeps().await;
    assert_eq!(shelf.published().len(), 31);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_loses_nothing() {
    let shelf = Shelf::new();
    let keys = numbered(350);
    shelf.put_all(&keys);
    let (wide, failing) = (
        {
            let mut wide = shelf.clone();
            wide.bounds.uploads = 1000;
            wide
        },
        "00199.mp4",
    );
    shelf.shelves().failing.insert(failing.into());
    let found = wide.sweep().await;
    // The object of this key fails as well as the page behind it.
    assert_eq!((found.errors.len(), found.uploads.len()), (2, 199));
    shelf.shelves().failing.clear();
    // Even where the trouble lasted for longer than a day.
    sleep(72 * HOUR).await;
    wide.sweep().await;
    wide.sweep().await;
    assert_eq!(shelf.published(), keys);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_cannot_be_looked_at_holds_nobody_up_and_is_not_skipped() {
    let shelf = Shelf::new();
    shelf.put_all(&numbered(10));
    shelf.shelves().failing.insert("00004.mp4".into());
    let found = shelf.sweep().await;
    assert_eq!((found.uploads.len(), found.errors.len(), found.stopped), (9, 1, None));
    sleep(72 * HOUR).await;
    shelf.sweep().await;
    shelf.shelves().failing.clear();
    shelf.sweep().await;
    assert_eq!(shelf.published(), numbered(10));
    sleep(HOUR).await;
    shelf.sweep().await;
    let before = shelf.heads();
    shelf.sweep().await;
    assert_eq!(shelf.heads(), before, "by then they are known for long");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_refuses_everything_is_left_alone_until_the_next_run() {
    let shelf = Shelf::new();
    let keys = numbered(10);
    shelf.put_all(&keys);
    shelf.shelves().failing.extend(keys.clone());
    assert_eq!(shelf.sweep().await.errors.len(), 3);
    shelf.shelves().failing.clear();
    sleep(72 * HOUR).await;
    shelf.sweep().await;
    shelf.sweep().await;
    assert_eq!(shelf.published(), keys);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_youku_refuses_is_left_alone_and_the_other_goes_on() {
    let shelf = Shelf::with_rules(vec![rule("a/", "main"), rule("b/", "other")]);
    let keys = ["a/1.mp4", "a/2.mp4", "b/1.mp4"];
    shelf.put_all(&keys);
    shelf.memory.fault("create", 0, Fault::Deny(ErrorKind::RateLimited));
    assert_eq!(shelf.sweep().await.uploads.len(), 2);
    assert_eq!(shelf.published(), ["b/1.mp4"]);
    let (open, calls) = (shelf.memory.ledger.keys("open/").len(), shelf.memory.world().calls.len());
    let found = shelf.sweep().await;
    assert_eq!((found.uploads.len(), found.known), (1, 1), "it is found, and not begun");
    let now = (shelf.memory.ledger.keys("open/").len(), shelf.memory.world().calls.len());
    assert_eq!(now, (open, calls), "and Youku is not called");
    // Until the account's pause is over nobody asks for it again.
    sleep(HOUR / 30).await;
    shelf.sweep().await;
    assert_eq!(shelf.published(), ["a/2.mp4", "b/1.mp4"], "the first one's open mark brings it back");
}

#[tokio::test(start_paused = true)]
async fn without_the_ledger_nothing_goes_on_and_nothing_is_lost() {
    let shelf = Shelf::new();
    shelf.put_all(&numbered(5));
    shelf.sweep().await;
    sleep(48 * HOUR).await;
    shelf.put("new.mp4");
    shelf.memory.ledger.world().is_down = true;
    let found = shelf.sweep().await;
    assert_eq!((found.stopped, found.requests, found.errors.len()), (Some(StopReason::Ledger), 0, 1));
    shelf.memory.ledger.world().is_down = false;
    shelf.sweep().await;
    assert_eq!(shelf.published().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_note_that_is_damaged_is_named_and_no_reason_to_publish_anything() {
    let shelf = Shelf::new();
    shelf.sweep().await;
    shelf.put("1.mp4");
    let note = shelf.memory.ledger.keys("cursor/discover-").remove(0);
    let now = shelf.now();
    shelf.memory.ledger.world().entries.insert(note.clone(), ("{}".into(), now));
    let found = shelf.sweep().await;
    assert_eq!(found.stopped, Some(StopReason::Ledger));
    assert!(found.errors[0].error.to_string().contains(&note));
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_at_its_deadline_and_the_next_goes_on() {
    let shelf = Shelf::new();
    let keys = numbered(5);
    shelf.put_all(&keys);
    shelf.shelves().failing.insert("00002.mp4".into());
    let deadline = Instant::now() + Duration::from_secs(30);
    let found = shelf.run(&RunContext { deadline: Some(deadline), ..RunContext::default() }).await;
    assert_eq!((found.stopped, found.uploads.len()), (Some(StopReason::Deadline), 2));
    assert!(Instant::now() < deadline + Duration::from_secs(1));
    shelf.shelves().failing.clear();
    shelf.sweep().await;
    assert_eq!(shelf.published(), keys);
}

#[tokio::test(start_paused = true)]
async fn a_large_bucket_does_not_keep_the_runs_from_the_other_rules() {
    let mut shelf = Shelf::with_rules(vec![rule("a/", "main"), rule("b/", "main")]);
    for key in numbered(500) {
        shelf.put(&format!("a/{key}"));
    }
    shelf.put("b/1.mp4");
    shelf.bounds.requests = 10;
    shelf.sweep().await;
    shelf.sweep().await;
    assert!(shelf.published().contains(&"b/1.mp4".to_owned()));
    shelf.sweeps().await;
    shelf.sweeps().await;
    assert!(shelf.published().len() > 20, "and the large one goes on");
}

/// The runs are dropped at this point, then others go on: the ledger's leases must run out first.
async fn dropped_at(point: u32) -> Shelf {
    let mut shelf = Shelf::new();
    shelf.bounds.uploads = 2;
    shelf.put_all(&["1.mp4", "2.mp4", "3.mp4"]);
    shelf.memory.ledger().birth().await.expect("born");
    shelf.memory.points.crash_at(Some(point));
    tokio::select! {
        _ = shelf.sweep() => {}
        () = shelf.memory.points.crashed() => {}
    }
    shelf.memory.points.crash_at(None);
    sleep(Duration::from_secs(20)).await;
    let ledger = shelf.memory.ledger();
    for _ in 0..4 {
        let uploader_of = |_, _| async { Ok(shelf.uploader()) };
        crate::sweep(&ledger, uploader_of, None, 100, &RunContext::default())
            .await
            .expect("the ledger is there");
        shelf.sweep().await;
    }
    shelf
}

#[tokio::test(start_paused = true)]
async fn a_sweep_that_is_dropped_at_any_point_loses_nothing_and_does_nothing_twice() {
    let calm = dropped_at(u32::MAX).await;
    assert_eq!(calm.published().len(), 3);
    let points = {
        let shelf = Shelf::new();
        shelf.memory.ledger().birth().await.expect("born");
        shelf.put_all(&["1.mp4", "2.mp4", "3.mp4"]);
        shelf.memory.points.crash_at(None);
        shelf.sweep().await;
        shelf.memory.points.passed()
    };
    assert!(points > 60, "{points}");
    for point in 1..=points {
        let shelf = dropped_at(point).await;
        assert_eq!(shelf.published(), ["1.mp4", "2.mp4", "3.mp4"], "dropped at {point}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_still_grows_is_passed_by_in_silence() {
    let shelf = Shelf::new();
    shelf.sweep().await;
    shelf.shelves().appendable.insert("1.mp4".into());
    shelf.put_all(&["1.mp4", "2.mp4"]);
    for _ in 0..5 {
        let found = shelf.sweep().await;
        assert!(found.errors.is_empty() && found.stopped.is_none(), "{found:?}");
        sleep(20 * HOUR).await;
    }
    assert_eq!((shelf.published(), shelf.shelves().told), (vec!["2.mp4".to_owned()], 1));
}

#[tokio::test(start_paused = true)]
async fn what_no_longer_grows_is_published_once_where_its_rule_wants_it() {
    let mut patient = rule("", "main");
    patient.unfinished_after_seconds = Some(72 * 3600);
    let shelf = Shelf::with_rules(vec![patient]);
    shelf.sweep().await;
    shelf.shelves().appendable.insert("1.mp4".into());
    for _ in 0..3 {
        // It grows each day, so that it is young again.
        shelf.put("1.mp4");
        sleep(24 * HOUR).await;
        assert!(shelf.sweep().await.uploads.is_empty());
    }
    // Longer than a pass looks back by itself.
    sleep(47 * HOUR).await;
    assert!(shelf.sweep().await.uploads.is_empty());
    for _ in 0..3 {
        sleep(HOUR).await;
        shelf.sweep().await;
        assert_eq!(shelf.published(), ["1.mp4"]);
    }
}
