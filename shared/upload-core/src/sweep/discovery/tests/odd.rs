//! One object that cannot be looked at, and one upload whose mark was lost: neither holds a pass up, nor is it forgotten.

use super::{
    numbered,
    shelf::{HOUR, Shelf},
};
use crate::{ErrorKind, RunContext, ledger::Claim, tests::memory::Fault};
use std::time::Duration;
use tokio::time::sleep;

const SWEEPS: Duration = Duration::from_secs(300);

#[tokio::test(start_paused = true)]
async fn an_object_that_can_never_be_looked_at_makes_no_pass_longer_and_is_told_of_once_a_day() {
    let shelf = Shelf::new();
    shelf.sweep().await;
    sleep(HOUR).await;
    shelf.put_all(&numbered(20));
    shelf.shelves().failing.insert("00004.mp4".into());
    let (mut told, mut looks) = (0, Vec::new());
    for day in 0..10 {
        let mut heads = 0;
        for _ in 0..288 {
            let before = shelf.shelves().heads.len();
            told += shelf.sweep().await.errors.len();
            heads += shelf.shelves().heads[before..].iter().filter(|key| *key == "00004.mp4").count();
            sleep(SWEEPS).await;
        }
        looks.push(heads);
        if day == 4 {
            let before = shelf.heads();
            shelf.sweep().await;
            assert_eq!(shelf.heads(), before, "what is published is not looked at any more");
        }
    }
    assert!(told <= 11, "told {told} times in ten days");
    // Each look is tried again for as long as patience lasts.
    let last = looks[9];
    assert!(last > 0 && last * 5 < looks[0], "{looks:?}");
    shelf.shelves().failing.clear();
    for _ in 0..300 {
        shelf.sweep().await;
        sleep(SWEEPS).await;
    }
    assert_eq!(shelf.published(), numbered(20), "and it is not forgotten");
}

#[tokio::test(start_paused = true)]
async fn many_objects_that_cannot_be_looked_at_are_noted_up_to_a_bound_and_none_is_lost() {
    let shelf = Shelf::new();
    let keys = numbered(300);
    shelf.sweep().await;
    shelf.put_all(&keys);
    // Not three in a row: the source is there.
    let failing = keys.iter().enumerate().filter(|(n, _)| n % 2 == 0).map(|(_, key)| key.clone());
    shelf.shelves().failing.extend(failing);
    shelf.sweeps().await;
    let note = shelf.memory.ledger.keys("cursor/discover-").remove(0);
    let text = shelf.memory.ledger.world().entries[&note].0.clone();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert_eq!(text.matches("\"tries\"").count(), 100, "{text}");
    shelf.shelves().failing.clear();
    sleep(72 * HOUR).await;
    let mut shelf = shelf;
    shelf.bounds.uploads = 1000;
    shelf.sweeps().await;
    shelf.sweeps().await;
    assert_eq!(shelf.published(), keys);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_gone_leaves_no_note() {
    let shelf = Shelf::new();
    shelf.sweep().await;
    shelf.put_all(&["a.mp4", "b.mp4"]);
    shelf.shelves().failing.insert("a.mp4".into());
    shelf.sweep().await;
    shelf.shelves().objects.remove("a.mp4");
    sleep(HOUR).await;
    shelf.sweep().await;
    let note = shelf.memory.ledger.keys("cursor/discover-").remove(0);
    let text = shelf.memory.ledger.world().entries[&note].0.clone();
    assert!(!String::from_utf8_lossy(&text).contains("a.mp4"));
}

#[tokio::test(start_paused = true)]
async fn a_lost_mark_is_put_back_by_a_discovery_that_meets_the_object_and_the_next_sweep_goes_on() {
    let shelf = Shelf::new();
    shelf.sweep().await;
    shelf.put_all(&["a.mp4", "b.mp4"]);
    shelf.memory.fault("part", 0, Fault::Deny(ErrorKind::SourceDenied));
    shelf.sweep().await;
    assert_eq!(shelf.published(), ["b.mp4"]);
    for key in shelf.memory.ledger.keys("open/") {
        shelf.forget(&key).await;
    }
    sleep(2 * HOUR).await;
    let ledger = shelf.memory.ledger();
    let uploader_of = |_, _| async { Ok(shelf.uploader()) };
    crate::sweep(&ledger, uploader_of, None, 100, &RunContext::default()).await.expect("the ledger is there");
    assert_eq!(shelf.published(), ["b.mp4"], "without a mark no sweep finds it");
    assert_eq!(shelf.sweep().await.known, 2);
    let marked = ledger.open_marks(None, 10).await.expect("listed").uploads;
    assert_eq!(marked.len(), 1);
    assert!(matches!(ledger.resume(&marked[0].id).await, Ok(Claim::Acquired(_))));
    sleep(HOUR).await;
    let uploader_of = |_, _| async { Ok(shelf.uploader()) };
    crate::sweep(&ledger, uploader_of, None, 100, &RunContext::default()).await.expect("the ledger is there");
    assert_eq!(shelf.published(), ["a.mp4", "b.mp4"]);
}
