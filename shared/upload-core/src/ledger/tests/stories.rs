//! The lives of uploads: every edge of the state machine is walked, and the ledger's record is checked afterwards.

use super::{walked_edges::WalkedEdges, *};
use crate::{ErrorKind, VideoEvent};
use secrecy::ExposeSecret;
use tokio::time::sleep;

/// A callback for the outcome alone, and one for the video's events as well.
pub(super) const PLAIN: Option<&[VideoEvent]> = Some(&[]);
const READY: Option<&[VideoEvent]> = Some(&[VideoEvent::Ready]);

/// Runs a story: steps by one holder, `|` where another takes over.
pub(super) async fn run_script(asked: Option<&[VideoEvent]>, script: &str) -> (MemoryStore, Ledger, Record) {
    Box::pin(run_words(asked, script)).await
}

async fn run_words(asked: Option<&[VideoEvent]>, script: &str) -> (MemoryStore, Ledger, Record) {
    let store = MemoryStore::new();
    let (ledger, mut request) = (ledger(&store), new_request("k", asked.map(|_| "https://example.com")));
    if let (Some(callback), Some(events)) = (&mut request.callback, asked) {
        callback.events = events.to_vec();
    }
    let id = id_of(&request);
    let mut held = acquire(&ledger, &request).await;
    for word in script.split_whitespace() {
        let step = match word {
            "session" => {
                held.append_session(session("1")).await.expect(script);
                continue;
            }
            "|" => {
                held.release().await;
                held = match ledger.resume(&id).await {
                    Ok(Claim::Acquired(held)) => *held,
                    other => panic!("{script}: {other:?}"),
                };
                continue;
            }
            "!" => {
                held.release().await;
                held = *Box::pin(ledger.claim_to_change(&id)).await.expect(script);
                continue;
            }
            "reopened" | "anew" => {
                held.release().await;
                let reopening = Reopening { new_session: word == "anew", ..Reopening::default() };
                held = ledger.reopen(&id, reopening).await.expect(script);
                continue;
            }
            "given-up" => {
                ledger.cancel(&id).await.expect(script);
                held.release().await;
                let read = ledger.read(&id).await.expect("readable").expect("it is there");
                return (store, ledger, read);
            }
            "landed" => Step::Transferred(Transferred::default()),
            "committed" => committed(),
            "notified" => Step::Notified { code: "200".into(), event: None },
            "unwanted" => Step::Notified { code: "410".into(), event: None },
            "ready" => Step::Notified { code: "204".into(), event: Some(VideoEvent::Ready) },
            "updated" => updated(ChangeOrigin::Person("p".into()), false),
            "not-updated" => updated(ChangeOrigin::Sidecar("s".into()), true),
            "told" => Step::Notified { code: "200".into(), event: Some(VideoEvent::UpdateRefused) },
            "scheduled" => scheduled(Some(store.now().into())),
            "unscheduled" => scheduled(None),
            "failed" => failed(),
            "unknown" => {
                Step::Failed(Failure { code: "commit_unknown".into(), text: "?".into(), advice: None })
            }
            "refused" => Step::Waiting(Waiting { reason: WaitReason::Hash, not_before: None }),
            "cancelled" => Step::Cancelled,
            "waiting" => waiting(None),
            other => panic!("no such word: {other}"),
        };
        held.append(step).await.expect(script);
    }
    let said = held.record().clone();
    held.release().await;
    let read = ledger.read(&id).await.expect("readable").expect("it is there");
    assert_eq!(read, said, "{script}");
    (store, ledger, read)
}

#[tokio::test(start_paused = true)]
async fn every_edge_is_walked_and_open_marks_stand_exactly_until_rest() {
    use End::{Failed as F, FailedAfterTransfer as L, FailedRefused as R};
    use State::*;
    let stories = [
        (None, "| session | session landed | committed", Committed, true),
        (PLAIN, "session landed committed | notified", Notified(End::Committed), true),
        (PLAIN, "session landed committed", Committed, false),
        (
            None,
            "waiting | session waiting | landed waiting | waiting",
            Waiting(ActiveState::Transferred),
            false,
        ),
        (None, "failed reopened failed", Failed, true),
        (PLAIN, "failed | notified reopened session failed notified", Notified(F), true),
        (PLAIN, "session landed failed | notified reopened failed notified", Notified(L), true),
        (None, "session landed failed reopened", Transferred, false),
        (READY, "session landed committed notified", Notified(End::Committed), false),
        (READY, "session landed committed unwanted", Notified(End::Committed), true),
        (READY, "session landed committed notified | ready", FollowUpSent, true),
        (READY, "failed notified", Notified(F), true),
        (None, "cancelled reopened session cancelled", Cancelled, true),
        (None, "waiting given-up", Cancelled, true),
        (None, "session waiting given-up", Cancelled, true),
        (None, "session landed refused | waiting | session landed committed", Committed, true),
        (PLAIN, "session landed refused failed | notified reopened failed notified", Notified(R), true),
        (None, "session landed refused failed reopened", HashRefused, false),
        (None, "session landed unknown anew session", Created, false),
        (PLAIN, "session landed unknown notified anew", Claimed, false),
        (None, "session landed committed ! updated scheduled unscheduled", Committed, true),
        (PLAIN, "session landed committed updated scheduled unscheduled not-updated", Committed, false),
        (PLAIN, "session landed committed notified ! updated scheduled", Notified(End::Committed), false),
        (PLAIN, "session landed committed notified ! not-updated", Notified(End::Committed), false),
        (
            PLAIN,
            "session landed committed notified ! scheduled unscheduled not-updated | told",
            Notified(End::Committed),
            true,
        ),
        (
            READY,
            "session landed committed notified ready ! updated scheduled unscheduled not-updated told",
            FollowUpSent,
            true,
        ),
    ];
    let mut walked = WalkedEdges::default();
    for (asked, script, end, at_rest) in stories {
        let (store, _, record) = run_script(asked, script).await;
        walked.add(&record.history);
        assert_eq!((record.state, record.is_settled()), (end, at_rest), "{script}");
        assert_eq!(store.keys("open/").is_empty(), at_rest, "{script}");
    }
    assert_eq!(walked.missing(), Vec::<&str>::new(), "no story walks these");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_an_edge_is_refused_before_it_is_written() {
    let (store, ledger, record) = run_script(None, "session landed").await;
    let Ok(Claim::Acquired(mut held)) = ledger.resume(&record.id).await else { panic!("it is open") };
    let steps = store.keys("ledger/");
    for step in [
        Step::Cancelled,
        Step::Reopened(Reopening::default()),
        Step::Notified { code: "200".into(), event: None },
    ] {
        let error = held.append(step).await.expect_err("no edge");
        assert!(error.to_string().contains("does not follow"), "{error}");
    }
    let error = held.append_session(session("2")).await.expect_err("never after the bytes have landed");
    assert_eq!(error.kind(), ErrorKind::Ledger);
    assert_eq!(store.keys("ledger/"), steps);
}

#[tokio::test(start_paused = true)]
async fn a_new_session_needs_a_commit_that_nobody_knows_of() {
    let anew = Reopening { new_session: true, ..Reopening::default() };
    for (script, expected) in [
        ("session landed unknown", true),
        ("session landed failed", false),
        ("session failed", false),
        ("session cancelled", false),
        ("session landed refused failed", false),
        ("session landed committed", false),
    ] {
        let (_, ledger, record) = run_script(None, script).await;
        let reopened = ledger.reopen(&record.id, anew).await;
        let state = reopened.map(|held| held.record().state).map_err(|error| error.kind());
        assert_eq!(state, if expected { Ok(State::Claimed) } else { Err(ErrorKind::InvalidJob) }, "{script}");
    }
}

/// Youku refused the hash: until the object is measured, whoever cancels is told to wait for that.
#[tokio::test(start_paused = true)]
async fn an_upload_that_is_measured_is_not_cancelled() {
    for script in ["session landed refused", "session landed refused | waiting"] {
        let (store, ledger, record) = run_script(None, script).await;
        let steps = store.keys("ledger/");
        let error = ledger.cancel(&record.id).await.expect_err(script);
        assert!(
            error.kind() == ErrorKind::WrongState && error.to_string().contains("object is measured"),
            "{script}: {error}"
        );
        assert_eq!(store.keys("ledger/"), steps);
    }
}

/// A video's event is never recorded before the outcome, and the outcome never twice.
#[tokio::test(start_paused = true)]
async fn the_outcome_is_recorded_before_the_event_and_once() {
    for (asked, script, event) in [
        (READY, "session landed committed", Some(VideoEvent::Ready)),
        (READY, "session landed committed notified", None),
    ] {
        let (store, ledger, record) = run_script(asked, script).await;
        let Ok(Claim::Acquired(mut held)) = ledger.resume(&record.id).await else { panic!("it is open") };
        let steps = store.keys("ledger/");
        held.append(Step::Notified { code: "200".into(), event }).await.expect_err(script);
        assert_eq!(store.keys("ledger/"), steps, "{script}");
    }
}

/// An upload whose callback is being delivered or postponed answers its outcome.
#[tokio::test(start_paused = true)]
async fn an_upload_with_a_pending_callback_answers_its_outcome() {
    let (store, ledger, record) = run_script(PLAIN, "session landed committed").await;
    let request = new_request("k", None);
    let Ok(Claim::Acquired(mut held)) = ledger.claim(&record.id, &request).await else {
        panic!("its callback is due")
    };
    assert!(matches!(ledger.claim(&record.id, &request).await, Ok(Claim::Settled(_))), "somebody is at it");
    held.postpone(store.now() + Duration::from_secs(60)).await;
    held.release().await;
    assert!(matches!(ledger.claim(&record.id, &request).await, Ok(Claim::Settled(_))), "it is not due");
    sleep(Duration::from_secs(61)).await;
    assert!(matches!(ledger.claim(&record.id, &request).await, Ok(Claim::Acquired(_))));
}

/// A store that fails meanwhile has not said that somebody else is at it.
#[tokio::test(start_paused = true)]
async fn a_pending_callback_answers_nothing_while_the_store_fails() {
    for answered in 0..10 {
        let (store, ledger, record) = run_script(PLAIN, "session landed committed").await;
        store.world().down_after = Some(answered);
        let error = ledger.claim(&record.id, &new_request("k", None)).await.expect_err("the store is down");
        assert_eq!(error.kind(), ErrorKind::Ledger, "after {answered} answers");
    }
}

#[tokio::test(start_paused = true)]
async fn a_finished_upload_answers_its_outcome_and_nobody_takes_it() {
    let (store, ledger, record) = run_script(None, "session landed committed").await;
    let before = store.world().calls.len();
    let Ok(Claim::Settled(found)) = ledger.claim(&record.id, &new_request("k", None)).await else {
        panic!("done")
    };
    assert_eq!(found.video_id.as_deref(), Some("V1"));
    let calls = store.world().calls[before..].to_vec();
    assert!(calls.iter().all(|(operation, _)| matches!(*operation, "list" | "read")), "{calls:?}");
    assert_eq!(
        ledger.reopen(&record.id, Reopening::default()).await.expect_err("it succeeded").kind(),
        ErrorKind::InvalidJob
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_later_holder_needs_comes_back_with_its_secrets() {
    let (_, ledger, record) = run_script(PLAIN, "session waiting").await;
    let Ok(Claim::Acquired(held)) = ledger.resume(&record.id).await else { panic!("it is open") };
    let session = held.session().expect("it opens").expect("there is one");
    assert_eq!((session.upload_token.expose_secret(), session.video_id.as_deref()), ("1", Some("V1")));
    let request = held.request().expect("it opens");
    assert_eq!(request.callback.expect("stated").url.expose_secret(), "https://example.com");
    assert_eq!(id_of(&UploadRequest { callback: None, ..held.request().expect("it opens") }), record.id);
}

/// A failure before the bytes have landed begins again; one afterwards keeps its session.
#[tokio::test(start_paused = true)]
async fn only_a_failure_before_transferred_begins_again() {
    let (_, _, record) = run_script(None, "session failed reopened").await;
    assert_eq!((record.state, record.session, record.failure), (State::Claimed, None, None));
    let (_, _, record) = run_script(None, "session landed failed reopened").await;
    assert!(record.session.is_some() && record.transferred.is_some(), "only that session is ever committed");
}

/// A waiting upload is left alone until its time by the store's clock.
#[tokio::test(start_paused = true)]
async fn a_waiting_upload_is_due_by_the_stores_clock() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let mut held = acquire(&ledger, &request).await;
    let until = held.lease().now() + Duration::from_secs(600);
    held.append(waiting(Some(until.into()))).await.expect("appended");
    held.release().await;
    let marked = ledger.open_upload(&id_of(&request)).await.expect("readable").expect("it is open");
    let mark = ledger.open_mark(&marked).await.expect("readable").expect("it is open");
    assert_eq!((mark.not_before, marked.due), (Some(until.into()), Some(Timestamp::from(until).get())));
    let leases = store.keys("lease/");
    let error = expect_refusal(&ledger, &request).await;
    assert!(error.kind() == ErrorKind::RateLimited && error.is_retryable(), "{error:?}");
    assert_eq!(store.keys("lease/"), leases, "looking costs no epoch");
    sleep(Duration::from_secs(601)).await;
    assert_eq!(acquire(&ledger, &request).await.record().state, State::Claimed);
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_a_refused_clients_upload_reads_which_setting() {
    for (reason, setting) in
        [(WaitReason::ClientRefused, Some("accounts.main.client_id")), (WaitReason::Unauthorized, None)]
    {
        let store = MemoryStore::new();
        let (ledger, request) = (ledger(&store), new_request("k", None));
        let mut held = acquire(&ledger, &request).await;
        let not_before = Some((store.now() + Duration::from_secs(600)).into());
        held.append(Step::Waiting(Waiting { reason, not_before })).await.expect("appended");
        held.release().await;
        assert_eq!(expect_refusal(&ledger, &request).await.context_value("setting"), setting);
    }
}

#[tokio::test(start_paused = true)]
async fn a_left_over_mark_is_cleared_by_a_resume() {
    let (store, ledger, record) = run_script(None, "session landed committed").await;
    let now = store.now();
    let bytes = open_mark::OpenMark::new(&record.request).encode().expect("JSON");
    store.world().entries.insert(keys::open(&record.id), (bytes, now));
    let marks = ledger.open_marks(None, 10).await.expect("listed");
    let found: Vec<_> = marks.uploads.iter().map(|upload| (&upload.id, upload.marked, upload.due)).collect();
    assert_eq!((found, marks.next), (vec![(&record.id, now, None)], None));
    assert!(matches!(ledger.resume(&record.id).await, Ok(Claim::Settled(_))));
    assert!(store.keys("open/").is_empty());
    assert_eq!(ledger.read(&record.id).await.expect("readable"), Some(record), "no step was added");
}

#[tokio::test(start_paused = true)]
async fn open_marks_are_listed_in_pages() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    for n in 0..5 {
        acquire(&ledger, &new_request(&format!("k{n}"), None)).await.release().await;
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = ledger.open_marks(after.as_ref(), 2).await.expect("listed");
        found.extend(page.uploads.into_iter().map(|upload| upload.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found.len(), 5);
    assert!(found.is_sorted());
}
