//! The list of finished uploads: one entry for each end, the latest first, deleted in time.

use super::*;
use tokio::time::sleep;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Ends the upload of an object of this name by this step.
async fn ended(ledger: &Ledger, key: &str, step: Step) -> UploadId {
    let mut held = acquire(ledger, &new_request(key, None)).await;
    if matches!(step, Step::Committed { .. }) {
        held.append_session(session("1")).await.expect("appended");
        held.append(Step::Transferred(Transferred::default())).await.expect("appended");
    }
    held.append(step).await.expect("appended");
    let id = held.record().id.clone();
    held.release().await;
    id
}

/// State, object and what came of it, of every recent end.
async fn list_finished(ledger: &Ledger) -> Vec<(String, String, Option<String>, Option<String>)> {
    let recent = ledger.finished_uploads(None, 1000).await.expect("listed");
    assert!(recent.uploads.is_sorted_by_key(|(_, recent)| std::cmp::Reverse(recent.ended)));
    let one =
        |(_, recent): (_, FinishedUpload)| (recent.state, recent.location.key, recent.video_id, recent.error);
    recent.uploads.into_iter().map(one).collect()
}

/// Every kind of end is listed with its result, the latest first.
#[tokio::test(start_paused = true)]
async fn every_end_is_listed_with_its_result_latest_first() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    for (key, step) in [("a", committed()), ("b", failed()), ("c", Step::Cancelled)] {
        ended(&ledger, key, step).await;
        sleep(Duration::from_secs(1)).await;
    }
    acquire(&ledger, &new_request("open", None)).await.append(waiting(None)).await.expect("appended");
    let expected = [
        ("cancelled", "c", None, None),
        ("failed", "b", None, Some("source_missing")),
        ("committed", "a", Some("V1"), None),
    ];
    let text = |text: Option<&str>| text.map(str::to_owned);
    let expected =
        expected.map(|(state, key, video, error)| (state.into(), key.into(), text(video), text(error)));
    assert_eq!(list_finished(&ledger).await, expected);
}

/// An end is listed once however often it is written, and a new end once more.
#[tokio::test(start_paused = true)]
async fn each_end_is_listed_once() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    let request = new_request("k", Some("https://example.com"));
    let mut held = acquire(&ledger, &request).await;
    held.append(failed()).await.expect("appended");
    held.release().await;
    assert_eq!(store.keys("open/").len(), 1, "its callback is not done");
    let first = store.keys("recent/");
    store.world().entries.remove(&first[0]);
    sleep(DAY).await;
    let mut held = acquire(&ledger, &request).await;
    held.append(Step::Notified { code: "200".into(), event: None }).await.expect("appended");
    held.release().await;
    assert_eq!((store.keys("recent/"), first.len()), (first, 1), "the end's own time names it");
    let mut held = ledger.reopen(&id_of(&request), Reopening::default()).await.expect("it failed");
    assert_eq!(list_finished(&ledger).await.len(), 1, "it says how the upload ended then");
    held.append(Step::Cancelled).await.expect("appended");
    let states: Vec<_> = list_finished(&ledger).await.into_iter().map(|(state, ..)| state).collect();
    assert_eq!(states, ["cancelled", "failed"]);
}

/// An end that could not be listed keeps its open mark until a sweep lists it.
#[tokio::test(start_paused = true)]
async fn an_unlisted_end_keeps_its_open_mark() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    let mut held = acquire(&ledger, &new_request("k", None)).await;
    // The lease is fresh: the append is one create, and every call after it fails.
    store.world().faults.push(("write", memory::Fault::Hang));
    let id = held.record().id.clone();
    let cut = tokio::time::timeout(Duration::from_secs(1), held.append(failed())).await;
    assert!(cut.is_err() && store.keys("recent/").is_empty() && store.keys("open/").len() == 1);
    sleep(LIFE * 2).await;
    assert!(matches!(ledger.resume(&id).await, Ok(Claim::Settled(_))));
    assert!(store.keys("recent/").len() == 1 && store.keys("open/").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_page_is_one_list_and_a_read_an_entry_and_leads_to_the_next() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    for n in 0..7 {
        ended(&ledger, &format!("k{n}"), failed()).await;
        sleep(Duration::from_secs(1)).await;
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        store.world().calls.clear();
        let page = ledger.finished_uploads(after.as_ref(), 3).await.expect("listed");
        let calls: Vec<_> = store.world().calls.iter().map(|(operation, _)| *operation).collect();
        assert_eq!(calls.len(), 1 + page.uploads.len(), "{calls:?}");
        found.extend(page.uploads.into_iter().map(|(_, recent)| recent.location.key));
        after = page.next.map(|key| FinishedKey::parse(&key.to_string()).expect("its own text"));
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, ["k6", "k5", "k4", "k3", "k2", "k1", "k0"]);
    for text in ["", "finished", "0000000000000-", "1-00112233445566778899aabbccddeeff", "../../birth"] {
        assert_eq!(FinishedKey::parse(text), None, "{text}");
    }
}

/// After thirty days entries are deleted, a bounded number at a time; steps stay.
#[tokio::test(start_paused = true)]
async fn entries_are_deleted_in_bounded_numbers_after_30_days() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    ledger.birth().await.expect("born");
    for n in 0..203 {
        ended(&ledger, &format!("old{n}"), failed()).await;
    }
    sleep(10 * DAY).await;
    ended(&ledger, "young", failed()).await;
    assert_eq!(ledger.forget_finished().await.expect("shortened"), 0);
    sleep(20 * DAY + Duration::from_secs(1)).await;
    let mut times = Vec::new();
    for _ in 0..3 {
        times.push(ledger.forget_finished().await.expect("shortened"));
    }
    assert_eq!(times, [200, 3, 0]);
    assert_eq!(list_finished(&ledger).await.len(), 1, "the young one stays");
    assert_eq!(store.keys("ledger/").len(), 2 * 204);
}

/// The names alone are one list, and each is read by itself.
#[tokio::test(start_paused = true)]
async fn names_of_ends_are_listed_without_reading_them() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    for key in ["a", "b", "c"] {
        ended(&ledger, key, failed()).await;
        sleep(Duration::from_secs(1)).await;
    }
    store.world().calls.clear();
    let first = ledger.finished_keys(None, 2).await.expect("listed");
    let rest = ledger.finished_keys(first.next.as_ref(), 2).await.expect("listed");
    let calls: Vec<_> = store.world().calls.iter().map(|(call, _)| *call).collect();
    assert_eq!((calls, first.keys.len(), rest.keys.len(), rest.next), (vec!["list"; 2], 2, 1, None));
    assert!(first.keys.iter().chain(&rest.keys).is_sorted(), "later ends are smaller");
    let read = ledger.finished_upload(&rest.keys[0]).await.expect("read").expect("an entry");
    assert_eq!((read.location.key.as_str(), read.state.as_str()), ("a", "failed"));
    assert_eq!(rest.keys[0].id(), &id_of(&new_request("a", None)));
    store.world().entries.remove(&format!("recent/{}", rest.keys[0]));
    assert_eq!(ledger.finished_upload(&rest.keys[0]).await.expect("read"), None);
}
