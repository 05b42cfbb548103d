//! The open marks: an upload that is not settled has one, so that a sweep finds it; a foreign key among them stops nothing.

use super::*;
use crate::{ClaimRefusal, RunContext, UploadError, ledger::MarkResult, sweep};
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn a_claim_written_over_an_end_leaves_the_mark() {
    let store = MemoryStore::new();
    store.race(Duration::from_millis(500), 1);
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let id = id_of(&request);
    let mut a = acquire(&ledger, &request).await;
    a.append_session(session("T0")).await.expect("opened");
    a.append(Step::Transferred(Transferred::default())).await.expect("landed");
    a.verify().await.expect("it may commit");
    // A is slow, and its lease has run out when B comes.
    let late = store.hold(keys::step(&id, 4));
    store.world().entries.retain(|key, _| !key.starts_with("lease/"));
    let claiming = {
        let (ledger, id) = (ledger.clone(), id.clone());
        tokio::spawn(async move { ledger.resume(&id).await })
    };
    late.looked().await;
    let ending = tokio::spawn(async move { a.append(committed()).await });
    while store.keys("ledger/").len() < 4 {
        sleep(Duration::from_millis(1)).await;
    }
    // Within the store's window B's claim lands over the end.
    late.release();
    ending.await.expect("no panic").expect("the store says so");
    drop(claiming.await.expect("no panic").expect("B holds it, and dies"));
    sleep(LIFE * 2).await;
    let record = ledger.read(&id).await.expect("it reads back").expect("it is there");
    assert_eq!(record.state, State::Transferred);
    assert!(!store.keys("open/").is_empty(), "no sweep finds it");
}

/// Lets the leases of dead holders run out.
async fn forget_leases(store: &MemoryStore) {
    store.world().entries.retain(|key, _| !key.starts_with("lease/"));
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_wakes_late_deletes_no_others_mark() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let id = id_of(&request);
    let mut a = acquire(&ledger, &request).await;
    // A's end stands, and A is frozen before its mark goes: another brings the upload to rest, and a person reopens it.
    store.world().faults.push(("write", memory::Fault::Hang));
    let cut = tokio::time::timeout(Duration::from_secs(1), a.append(failed())).await;
    assert!(cut.is_err());
    forget_leases(&store).await;
    let c = ledger.reopen(&id, Reopening::default()).await.expect("it failed");
    let marks = store.keys("open/");
    assert_eq!(marks.len(), 2, "A's and its own");
    a.marks.clear().await.expect("deleted");
    assert_eq!(store.keys("open/").len(), 1, "the reopened upload lost its mark");
    drop(c);
    sleep(LIFE * 2).await;
    assert!(matches!(ledger.resume(&id).await, Ok(Claim::Acquired(_))));
}

/// A late cancellation leaves the mark of the holder that reopened the upload.
#[tokio::test(start_paused = true)]
async fn a_late_cancel_leaves_the_mark_of_a_reopened_upload() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let id = id_of(&request);
    acquire(&ledger, &request).await.release().await;
    // Frozen between its step and the marks: the write of the recent end hangs.
    store.world().faults.push(("write", memory::Fault::Hang));
    let cut = tokio::time::timeout(Duration::from_secs(1), ledger.cancel(&id)).await;
    assert!(cut.is_err(), "it hangs");
    let held = ledger.reopen(&id, Reopening::default()).await.expect("it was cancelled");
    held.release().await;
    assert!(!store.keys("open/").is_empty());
    let record = ledger.read(&id).await.expect("readable").expect("known");
    assert!(!record.is_settled());
}

#[tokio::test(start_paused = true)]
async fn a_stray_is_judged_by_its_own_time() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let id = id_of(&request);
    let mark = |age: u64, tag: &str| {
        let bytes: bytes::Bytes = b"{\"v\":1}".to_vec().into();
        let at = store.now() - Duration::from_secs(age);
        store.world().entries.insert(format!("open/{id}.{tag}"), (bytes, at));
    };
    mark(7200, "0000000a");
    mark(10, "0000000b");
    let stray = ledger.open_upload(&id).await.expect("listed").expect("marked");
    assert!(!ledger.clear_stray(&stray, Duration::from_secs(3600)).await.expect("looked"));
    assert_eq!(store.keys("open/"), [format!("open/{id}.0000000b")], "the fresh one stays");
    // Written again between the list and the read.
    mark(7200, "0000000b");
    let stray = ledger.open_upload(&id).await.expect("listed").expect("marked");
    mark(0, "0000000b");
    assert!(!ledger.clear_stray(&stray, Duration::from_secs(3600)).await.expect("looked"));
    assert_eq!(store.keys("open/").len(), 1);
    let held = acquire(&ledger, &request).await;
    assert_eq!(store.keys("open/").len(), 1 + 1, "a mark of its own: {:?}", held.record().id);
}

/// The new mark is written before the old one is deleted, and the earliest of two counts.
#[tokio::test(start_paused = true)]
async fn a_new_mark_is_written_before_the_old_one_is_deleted() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let id = id_of(&request);
    let mut held = acquire(&ledger, &request).await;
    let until = held.lease().now() + Duration::from_secs(600);
    store.world().faults.push(("delete", memory::Fault::Hang));
    let cut = tokio::time::timeout(Duration::from_secs(1), held.append(waiting(Some(until.into())))).await;
    assert!(cut.is_err(), "it dies before the old mark is gone");
    let keys = store.keys("open/");
    assert_eq!(keys.len(), 2);
    let marked = ledger.open_upload(&id).await.expect("listed").expect("marked");
    assert_eq!(marked.due, None, "of several the earliest counts: {keys:?}");
    // Likewise next to one that was written before marks had their time in the key.
    let (bytes, now) = store.world().entries[&keys[0]].clone();
    store.world().entries.retain(|key, _| !key.starts_with("open/") || key.contains(".u"));
    let waits = ledger.open_upload(&id).await.expect("listed").expect("marked");
    assert_eq!(waits.due, Some(Timestamp::from(until).get()));
    store.world().entries.insert(format!("open/{id}"), (bytes, now));
    let both = ledger.open_marks(None, 10).await.expect("listed").uploads;
    assert_eq!((both.len(), both[0].due), (1, None));
}

/// A mark that was lost is written again unless the upload is settled.
#[tokio::test(start_paused = true)]
async fn a_lost_mark_is_restored_unless_the_upload_is_settled() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    let mut held = acquire(&ledger, &new_request("waits", None)).await;
    let until = held.lease().now() + Duration::from_secs(600);
    held.append(waiting(Some(until.into()))).await.expect("appended");
    held.release().await;
    let mut done = acquire(&ledger, &new_request("done", None)).await;
    done.append(failed()).await.expect("appended");
    done.release().await;
    let (waits, done) = (id_of(&new_request("waits", None)), id_of(&new_request("done", None)));
    assert!(matches!(ledger.restore_mark(&waits).await, Ok(MarkResult::AlreadyMarked)), "it is there");
    store.world().entries.retain(|key, _| !key.starts_with("open/"));
    assert!(matches!(ledger.restore_mark(&waits).await, Ok(MarkResult::Restored)));
    assert!(matches!(ledger.restore_mark(&done).await, Ok(MarkResult::Settled(_))));
    let marked = ledger.open_marks(None, 10).await.expect("listed").uploads;
    assert_eq!((marked.len(), marked[0].due), (1, Some(Timestamp::from(until).get())));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_mark_is_trouble_by_its_key_and_keeps_from_nothing() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    for n in 0..3 {
        acquire(&ledger, &new_request(&format!("k{n}"), None)).await.release().await;
    }
    let [damaged, newer, good] = store.keys("open/").try_into().expect("three");
    let now = store.now();
    for (key, text) in [
        (damaged.as_str(), "no JSON"),
        (newer.as_str(), "{\"v\":2,\"more\":1}"),
        ("open/.DS_Store", ""),
        ("open/folder/file", "x"),
        ("open/zzz", "x"),
    ] {
        store.world().entries.insert(key.into(), (text.into(), now));
    }
    let page = ledger.open_marks(None, 2).await.expect("listed");
    assert_eq!((page.uploads.len(), page.foreign.len()), (2, 1), "{page:?}");
    let rest = ledger.open_marks(page.next.as_ref(), 2).await.expect("listed");
    assert_eq!((rest.uploads.len(), rest.foreign.len(), rest.next), (1, 2, None));
    let named: Vec<_> = page.foreign.iter().chain(&rest.foreign).map(ToString::to_string).collect();
    for (name, key) in named.iter().zip(["open/.DS_Store", "open/folder/file", "open/zzz"]) {
        assert!(name.contains(key), "{name}");
    }
    let asked = std::sync::Mutex::new(Vec::new());
    let uploader_of = |id: UploadId, _| {
        asked.lock().expect("no panic").push(id);
        let held = Error::new(ErrorKind::InProgress, "ledger", "not here")
            .with_claim_refusal(ClaimRefusal::LeaseHeld);
        async { Err::<crate::Uploader, _>(held) }
    };
    let swept = sweep(&ledger, uploader_of, None, 100, &RunContext::default()).await.expect("it goes on");
    let troubles: Vec<_> = swept.errors.iter().map(ToString::to_string).collect();
    assert_eq!((troubles.len(), swept.skipped), (5, 1), "{troubles:?}");
    for key in [&damaged, &newer] {
        assert!(troubles.iter().any(|shown| shown.contains(key.as_str())), "{key}: {troubles:?}");
    }
    let asked = asked.into_inner().expect("no panic");
    assert!(asked.len() == 1 && good.contains(asked[0].as_str()));
}
