//! What a ledger must not hold is refused by name.

use super::*;
use crate::ErrorKind;

async fn two_steps() -> (MemoryStore, Ledger, UploadId) {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let mut held = acquire(&ledger, &request).await;
    held.append_session(session("1")).await.expect("appended");
    held.append(Step::Transferred(Transferred::default())).await.expect("appended");
    held.release().await;
    (store, ledger, id_of(&request))
}

async fn is_refused(store: &MemoryStore, ledger: &Ledger, id: &UploadId, key: &str, words: &str) {
    let error = ledger.read(id).await.expect_err("no ledger of ours");
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Ledger, false));
    let line = error.to_string();
    assert!(line.contains(key) && line.contains(words), "{line}");
    let before = store.keys("ledger/");
    assert!(ledger.resume(id).await.is_err(), "nobody works on by guess");
    assert_eq!(store.keys("ledger/"), before);
}

/// Whoever knows a record asks with one list whether it is still what the ledger shows.
#[tokio::test(start_paused = true)]
async fn a_record_is_unchanged_until_the_store_lists_another_chain() {
    let (store, ledger, id) = two_steps().await;
    let record = ledger.read(&id).await.expect("readable").expect("it is there");
    store.world().calls.clear();
    assert!(ledger.is_unchanged(&record).await.expect("listed"));
    assert_eq!(store.world().calls, [("list", keys::steps(&id))]);
    let key = keys::step(&id, 3);
    let last = store.world().entries.remove(&key).expect("a step");
    assert!(!ledger.is_unchanged(&record).await.expect("listed"), "a step is gone");
    let now = store.now();
    store.world().entries.insert(key.clone(), ("another".into(), now));
    assert!(!ledger.is_unchanged(&record).await.expect("listed"), "another step is in its place");
    store.world().entries.insert(key, last);
    drop(ledger.resume(&id).await.expect("claimed"));
    assert!(!ledger.is_unchanged(&record).await.expect("listed"), "a step was added");
    let untagged = Record { tags: vec![None; record.tags.len()], ..record };
    assert!(!ledger.is_unchanged(&untagged).await.expect("not listed"), "its tags are not known");
}

#[tokio::test(start_paused = true)]
async fn a_missing_step_is_named() {
    let (store, ledger, id) = two_steps().await;
    store.world().entries.remove(&keys::step(&id, 2));
    is_refused(&store, &ledger, &id, "000002.json", "missing").await;
    store.world().entries.remove(&keys::step(&id, 1));
    is_refused(&store, &ledger, &id, "000001.json", "missing").await;
}

#[tokio::test(start_paused = true)]
async fn a_foreign_file_is_named() {
    for name in ["notes.txt", ".notes.txt"] {
        let (store, ledger, id) = two_steps().await;
        let key = format!("{}{name}", keys::steps(&id));
        let now = store.now();
        store.world().entries.insert(key, ("x".into(), now));
        is_refused(&store, &ledger, &id, name, "remove").await;
    }
}

/// Damaged, newer and unknown entries are named by their keys, and their values are not shown.
#[tokio::test(start_paused = true)]
async fn bad_entries_are_named_without_their_values() {
    let whole =
        "{\"v\":1,\"at\":\"2027-01-15T08:00:00Z\",\"epoch\":1,\"holder\":\"h\",\"nonce\":\"n\",\"step\":";
    let by_holder = whole.replace("\"h\"", "\"HOLDER\"");
    for (text, words) in [
        ("", "damaged"),
        ("[]", "damaged"),
        ("{\"v\":1", "damaged"),
        ("{\"v\":2,\"hue\":\"secret\"}", "newer version"),
        ("{\"v\":0}", "damaged"),
        (&format!("{whole}{{\"danced\":\"secret\"}}}}"), "column: 86"),
        (&format!("{whole}{{\"committed\":{{\"video_id\":5}}}}}}"), "column: 103"),
        (&format!("{whole}\"cancelled\",\"more\":\"secret\"}}"), "column: 95"),
        (&format!("{whole}\"cancelled\"}} secret"), "damaged"),
        (&format!("{by_holder}{{\"committed\":{{\"video_id\":\"secret\"}}}}}}"), "does not follow"),
    ] {
        let (store, ledger, id) = two_steps().await;
        let now = store.now();
        let holder = ledger.read(&id).await.expect("readable").expect("it is there").holder;
        let text = text.replace("HOLDER", &holder);
        store.world().entries.insert(keys::step(&id, 2), (text.into(), now));
        is_refused(&store, &ledger, &id, "000002.json", words).await;
        let error = ledger.read(&id).await.expect_err("refused");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_by_nobody_who_held_it_counts_for_nothing() {
    for of_another_epoch in [true, false] {
        let (store, ledger, id) = two_steps().await;
        let key = keys::step(&id, 3);
        let now = store.now();
        let (text, _) = store.world().entries[&key].clone();
        let text = String::from_utf8_lossy(&text).into_owned();
        let text = if of_another_epoch {
            text.replace("\"epoch\":1", "\"epoch\":2")
        } else {
            let holder = text.split("\"holder\":\"").nth(1).and_then(|rest| rest.split('"').next());
            text.replace(holder.expect("a holder"), "somebody else")
        };
        store.world().entries.insert(key, (text.into(), now));
        let record = ledger.read(&id).await.expect("readable").expect("it is there");
        assert_eq!((record.state, record.history.len(), record.sequence()), (State::Created, 2, 3));
        let Ok(Claim::Acquired(mut held)) = ledger.resume(&id).await else {
            panic!("the next holder goes on")
        };
        held.append(Step::Transferred(Transferred::default())).await.expect("in an epoch of its own");
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_stops_every_operation() {
    let (store, ledger, id) = two_steps().await;
    store.world().is_down = true;
    let request = new_request("k", None);
    assert_eq!(ledger.read(&id).await.expect_err("down").kind(), ErrorKind::Ledger);
    assert_eq!(expect_refusal(&ledger, &request).await.kind(), ErrorKind::Ledger);
    assert_eq!(ledger.resume(&id).await.expect_err("down").kind(), ErrorKind::Ledger);
    assert!(ledger.birth().await.is_err() && ledger.open_marks(None, 10).await.is_err());
}
