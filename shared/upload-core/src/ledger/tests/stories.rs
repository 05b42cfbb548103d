//! What uploads live through: every edge of the state machine is walked, and what the ledger then says is checked.

use super::super::state::walked;
use super::*;
use crate::ErrorKind;
use secrecy::ExposeSecret;
use tokio::time::sleep;

/// Runs a story: steps by one holder, `|` where another takes over.
async fn story(callback: bool, told: &str) -> (MemoryStore, Ledger, Record) {
    let store = MemoryStore::new();
    let (ledger, work) = (ledger(&store), work("k", callback.then_some("https://example.com")));
    let id = id_of(&work);
    let mut held = hold(&ledger, &work).await;
    for word in told.split_whitespace() {
        let step = match word {
            "session" => {
                held.append_session(session("1")).await.expect(told);
                continue;
            }
            "|" => {
                held.release().await;
                held = hold(&ledger, &work).await;
                continue;
            }
            "reopened" => {
                held.release().await;
                held = ledger.reopen(&id).await.expect(told);
                continue;
            }
            "landed" => Step::Transferred(Transferred::default()),
            "committed" => committed(),
            "notified" => Step::Notified { code: "200".into() },
            "failed" => failed(),
            "cancelled" => Step::Cancelled,
            "waiting" => waiting(None),
            other => panic!("no such word: {other}"),
        };
        held.append(step).await.expect(told);
    }
    let said = held.record().clone();
    held.release().await;
    let read = ledger.read(&id).await.expect("readable").expect("it is there");
    assert_eq!(read, said, "{told}");
    (store, ledger, read)
}

#[tokio::test(start_paused = true)]
async fn every_edge_is_walked_and_open_marks_stand_exactly_until_rest() {
    use End::{Failed as F, FailedLate as L};
    use State::*;
    let stories = [
        (false, "| session | session landed | committed", Committed, true),
        (true, "session landed committed | notified", Notified(End::Committed), true),
        (true, "session landed committed", Committed, false),
        (false, "waiting | session waiting | landed waiting | waiting", Waiting(Working::Transferred), false),
        (false, "failed reopened failed", Failed, true),
        (true, "failed | notified reopened session failed notified", Notified(F), true),
        (true, "session landed failed | notified reopened failed notified", Notified(L), true),
        (false, "session landed failed reopened", Transferred, false),
        (false, "cancelled reopened session cancelled", Cancelled, true),
    ];
    for (callback, told, end, at_rest) in stories {
        let (store, _, record) = story(callback, told).await;
        assert_eq!((record.state, record.is_at_rest()), (end, at_rest), "{told}");
        assert_eq!(store.keys("open/").is_empty(), at_rest, "{told}");
    }
    assert_eq!(walked::missing(), Vec::<&str>::new(), "no story walks these");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_an_edge_is_refused_before_it_is_written() {
    let (store, ledger, record) = story(false, "session landed").await;
    let Ok(Claim::Held(mut held)) = ledger.resume(&record.id).await else { panic!("it is open") };
    let steps = store.keys("ledger/");
    for step in [Step::Cancelled, Step::Reopened, Step::Notified { code: "200".into() }] {
        let error = held.append(step).await.expect_err("no edge");
        assert!(error.to_string().contains("does not follow"), "{error}");
    }
    let error = held.append_session(session("2")).await.expect_err("never after the bytes have landed");
    assert_eq!(error.kind(), ErrorKind::Ledger);
    assert_eq!(store.keys("ledger/"), steps);
}

#[tokio::test(start_paused = true)]
async fn a_finished_upload_answers_its_outcome_and_nobody_takes_it() {
    let (store, ledger, record) = story(false, "session landed committed").await;
    let before = store.world().calls.len();
    let Ok(Claim::AtRest(found)) = ledger.claim(&record.id, &work("k", None)).await else { panic!("done") };
    assert_eq!(found.video_id.as_deref(), Some("V1"));
    let calls = store.world().calls[before..].to_vec();
    assert!(calls.iter().all(|(operation, _)| matches!(*operation, "list" | "read")), "{calls:?}");
    assert_eq!(ledger.reopen(&record.id).await.expect_err("it succeeded").kind(), ErrorKind::InvalidJob);
}

#[tokio::test(start_paused = true)]
async fn what_a_later_holder_needs_comes_back_with_its_secrets() {
    let (_, ledger, record) = story(true, "session waiting").await;
    let Ok(Claim::Held(held)) = ledger.resume(&record.id).await else { panic!("it is open") };
    let session = held.session().expect("it opens").expect("there is one");
    assert_eq!((session.upload_token.expose_secret(), session.video_id.as_deref()), ("1", Some("V1")));
    let work = held.work().expect("it opens");
    assert_eq!(work.callback.expect("stated").expose_secret(), "https://example.com");
    assert_eq!(id_of(&Work { callback: None, ..held.work().expect("it opens") }), record.id);
}

#[tokio::test(start_paused = true)]
async fn a_failure_before_the_bytes_landed_begins_anew_and_one_after_keeps_its_session() {
    let (_, _, record) = story(false, "session failed reopened").await;
    assert_eq!((record.state, record.session, record.failure), (State::Claimed, None, None));
    let (_, _, record) = story(false, "session landed failed reopened").await;
    assert!(record.session.is_some() && record.transferred.is_some(), "only that session is ever committed");
}

#[tokio::test(start_paused = true)]
async fn a_waiting_upload_is_left_alone_until_its_time_by_the_stores_clock() {
    let store = MemoryStore::new();
    let (ledger, work) = (ledger(&store), work("k", None));
    let mut held = hold(&ledger, &work).await;
    let until = held.lease().now() + Duration::from_secs(600);
    held.append(waiting(Some(until.into()))).await.expect("appended");
    held.release().await;
    let mark = ledger.open_mark(&id_of(&work)).await.expect("readable").expect("it is open");
    assert_eq!(mark.not_before, Some(until.into()));
    let leases = store.keys("lease/");
    let error = refused(&ledger, &work).await;
    assert!(error.kind() == ErrorKind::RateLimited && error.is_retryable(), "{error:?}");
    assert_eq!(store.keys("lease/"), leases, "looking costs no epoch");
    sleep(Duration::from_secs(601)).await;
    assert_eq!(hold(&ledger, &work).await.record().state, State::Claimed);
}

#[tokio::test(start_paused = true)]
async fn a_mark_left_behind_is_cleared_by_whoever_resumes_it() {
    let (store, ledger, record) = story(false, "session landed committed").await;
    let now = store.now();
    open::mark(&ledger.access, &record.id, &record.work, None).await.expect("marked");
    let marks = ledger.open_marks(None, 10).await.expect("listed");
    assert_eq!((marks.uploads, marks.next), (vec![(record.id.clone(), now)], None));
    assert!(matches!(ledger.resume(&record.id).await, Ok(Claim::AtRest(_))));
    assert!(store.keys("open/").is_empty());
    assert_eq!(ledger.read(&record.id).await.expect("readable"), Some(record), "no step was added");
}

#[tokio::test(start_paused = true)]
async fn open_marks_are_listed_in_pages() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    for n in 0..5 {
        hold(&ledger, &work(&format!("k{n}"), None)).await.release().await;
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = ledger.open_marks(after.as_ref(), 2).await.expect("listed");
        found.extend(page.uploads.into_iter().map(|(id, _)| id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found.len(), 5);
    assert!(found.is_sorted());
}
