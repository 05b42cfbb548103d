//! Discovery over a bucket in memory: judged is what Youku holds in the end.

mod odd;
mod passes;
mod shelf;

use crate::{ErrorKind, ledger::Step, sweep::discovery::StopReason, tests::memory::Fault};
use shelf::{HOUR, Shelf, rule};
use std::time::Duration;
use tokio::time::sleep;

fn numbered(count: u32) -> Vec<String> {
    (0..count).map(|number| format!("{number:05}.mp4")).collect()
}

/// 50 objects, one written each hour, and a ledger born half an hour after the last.
async fn back_catalogue() -> Shelf {
    let shelf = Shelf::new();
    let now = shelf.now();
    for (hours, key) in (0..50).rev().zip(numbered(50)) {
        shelf.put_at(&key, now - hours * HOUR);
    }
    sleep(HOUR / 2).await;
    shelf.memory.ledger().birth().await.expect("born");
    shelf
}

#[tokio::test(start_paused = true)]
async fn the_back_catalogue_is_never_published_and_what_comes_without_an_event_is_at_the_next_sweep() {
    let shelf = back_catalogue().await;
    for _ in 0..10 {
        let found = shelf.sweep().await;
        assert_eq!((found.older, found.uploads.len(), found.stopped), (50, 0, None));
        sleep(3 * HOUR).await;
    }
    assert_eq!(shelf.heads(), 0, "what is too old is not even looked at");
    shelf.put("new.mp4");
    assert_eq!(shelf.sweep().await.uploads.len(), 1);
    assert_eq!(shelf.published(), ["new.mp4"]);
    for _ in 0..3 {
        assert_eq!(shelf.sweep().await.known, 1);
    }
    assert_eq!(shelf.published(), ["new.mp4"]);
}

#[tokio::test(start_paused = true)]
async fn since_publishes_exactly_what_was_written_since_and_only_in_that_run() {
    let shelf = back_catalogue().await;
    shelf.sweep().await;
    let found = shelf.since(6 * HOUR).sweep().await;
    assert_eq!((found.uploads.len(), found.older), (6, 44));
    let wanted = &numbered(50)[44..];
    assert_eq!(shelf.published(), wanted);
    shelf.sweep().await;
    assert_eq!(shelf.published(), wanted, "the next run is as careful as ever");
}

#[tokio::test(start_paused = true)]
async fn a_bounded_since_is_gone_on_with_by_the_next_one_and_begun_anew_by_a_wider_one() {
    let mut shelf = back_catalogue().await;
    shelf.bounds.requests = 4;
    let mut runs = 0;
    while shelf.since(6 * HOUR).sweep().await.stopped.is_some() {
        runs += 1;
        assert!(runs < 10, "it gets on");
        sleep(Duration::from_secs(60)).await;
    }
    assert_eq!(shelf.published(), numbered(50)[44..]);
    assert_eq!(shelf.since(20 * HOUR).sweep().await.stopped, Some(StopReason::Requests));
    while shelf.since(40 * HOUR).sweep().await.stopped.is_some() {}
    assert_eq!(shelf.published(), numbered(50)[10..], "a wider wish begins anew");
}

#[tokio::test(start_paused = true)]
async fn an_old_since_that_was_not_finished_hides_nothing_from_a_new_one() {
    let mut shelf = back_catalogue().await;
    shelf.bounds.requests = 4;
    let found = shelf.since(6 * HOUR).sweep().await;
    assert_eq!(found.next.map(|next| next.key), Some("00046.mp4".into()));
    sleep(3 * HOUR).await;
    shelf.put("00000-new.mp4");
    shelf.since(HOUR).sweep().await;
    assert!(shelf.published().contains(&"00000-new.mp4".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_birth_mark_that_is_lost_or_rewritten_opens_no_gate() {
    let shelf = back_catalogue().await;
    shelf.sweep().await;
    shelf.put("missed.mp4");
    sleep(HOUR).await;
    shelf.forget("birth").await;
    shelf.sweep().await;
    assert_eq!(shelf.published(), [""; 0], "it is born anew: the safe side");
    shelf.put("found.mp4");
    shelf.sweep().await;
    // With the cursors lost as well, everything is listed anew, from the new birth on.
    for key in shelf.memory.ledger.keys("cursor/") {
        shelf.forget(&key).await;
    }
    shelf.sweep().await;
    assert_eq!(shelf.published(), ["found.mp4"]);
    assert_eq!(shelf.since(2 * HOUR).sweep().await.uploads.len(), 2, "a person may ask for it");
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_is_written_later_does_not_publish_what_lay_there_before() {
    let shelf = Shelf::with_rules(vec![rule("a/", "main")]);
    shelf.memory.ledger().birth().await.expect("born");
    shelf.put("a/1.mp4");
    shelf.put("b/1.mp4");
    shelf.sweep().await;
    sleep(HOUR).await;
    let shelf = shelf.rules(vec![rule("a/", "main"), rule("b/", "main")]);
    shelf.sweep().await;
    sleep(HOUR).await;
    shelf.put("b/2.mp4");
    shelf.sweep().await;
    assert_eq!(shelf.published(), ["a/1.mp4", "b/2.mp4"]);
    // Under another account the ids are others: what was published must not be published there again.
    sleep(HOUR).await;
    shelf.rules(vec![rule("", "other")]).sweep().await;
    assert_eq!(shelf.published().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn where_rules_overlap_each_object_is_the_longest_prefixs_and_published_once() {
    let shelf = Shelf::with_rules(vec![rule("", "main"), rule("a/", "main"), rule("a/b/", "main")]);
    let keys = ["a/1.mp4", "a/b/1.mp4", "a/b/2.mp4", "b/1.mp4"];
    shelf.put_all(&keys);
    let found = shelf.sweep().await;
    assert_eq!((found.uploads.len(), found.known, shelf.heads()), (4, 0, 4));
    assert_eq!(shelf.published(), keys);
}

#[tokio::test(start_paused = true)]
async fn what_is_paused_is_found_when_it_goes_on() {
    let mut shelf = Shelf::new();
    shelf.sweep().await;
    shelf.paused = true;
    shelf.put("1.mp4");
    let found = shelf.sweep().await;
    assert_eq!((found.stopped, found.requests), (Some(StopReason::Paused), 0));
    assert_eq!(shelf.since(HOUR).sweep().await.stopped, Some(StopReason::Paused));
    shelf.paused = false;
    let mut still = rule("", "main");
    still.paused = true;
    assert_eq!(shelf.rules(vec![still]).sweep().await.requests, 0);
    sleep(48 * HOUR).await;
    assert_eq!(shelf.published(), [""; 0]);
    shelf.sweep().await;
    assert_eq!(shelf.published(), ["1.mp4"]);
}

#[tokio::test(start_paused = true)]
async fn a_young_object_is_left_to_its_own_event_and_not_forgotten() {
    let mut shelf = Shelf::new();
    shelf.bounds.grace = Duration::from_secs(60);
    shelf.sweep().await;
    shelf.put("1.mp4");
    sleep(Duration::from_secs(59)).await;
    let found = shelf.sweep().await;
    assert_eq!((found.young, found.uploads.len()), (1, 0));
    sleep(Duration::from_secs(1)).await;
    shelf.sweep().await;
    assert_eq!(shelf.published(), ["1.mp4"]);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_failed_or_was_cancelled_is_not_driven_again() {
    let shelf = Shelf::new();
    shelf.put("1.mp4");
    shelf.memory.fault("create", 0, Fault::Deny(ErrorKind::Youku));
    let found = shelf.sweep().await;
    assert_eq!(found.uploads.len(), 1);
    assert!(found.uploads[0].result.is_err());
    let id = &found.uploads[0].id;
    for _ in 0..3 {
        assert_eq!(shelf.sweep().await.known, 1);
    }
    let mut held = shelf.memory.ledger().reopen(id, Default::default()).await.expect("it failed");
    held.append(Step::Cancelled).await.expect("cancelled");
    held.release().await;
    for _ in 0..3 {
        assert_eq!(shelf.sweep().await.known, 1);
    }
    assert_eq!(shelf.published(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_published_as_it_is_is_told_once_and_looked_at_for_a_day() {
    let shelf = Shelf::new();
    shelf.sweep().await;
    sleep(HOUR).await;
    shelf.put_all(&["1.mp4", "refused.mp4", "unreadable.mp4"]);
    shelf.shelves().unreadable = Some("unreadable.mp4".into());
    sleep(HOUR).await;
    let found = shelf.sweep().await;
    assert_eq!((found.uploads.len(), found.errors.len()), (2, 1));
    assert_eq!(shelf.shelves().told, 3, "of the video and of both refusals");
    for _ in 0..10 {
        sleep(HOUR).await;
        let found = shelf.sweep().await;
        assert_eq!((found.known, found.uploads.len(), found.errors.len()), (3, 0, 0));
    }
    assert_eq!((shelf.shelves().told, shelf.published()), (3, vec!["1.mp4".to_owned()]));
    let found = shelf.since(24 * HOUR).sweep().await;
    assert_eq!((found.uploads.len(), found.errors.len()), (1, 1), "who asks for it hears why");
}
