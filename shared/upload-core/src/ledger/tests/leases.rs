//! Leases: one holder at a time, whichever holder falls silent.

use super::memory::{Fault, Outage};
use super::*;
use crate::{ErrorKind, RetryAdvice, tests::clock};
use tokio::time::{Instant, sleep, timeout};

/// A lease that lives elsewhere answers "in progress" and when to retry.
#[tokio::test(start_paused = true)]
async fn a_live_lease_answers_in_progress_with_retry_after() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let held = acquire(&ledger, &request).await;
    let error = expect_refusal(&ledger, &request).await;
    assert_eq!(error.kind(), ErrorKind::InProgress);
    let holder = ledger.holder(&id_of(&request)).await.expect("read");
    assert_eq!(holder.map(|holder| holder.epoch), Some(1));
    let RetryAdvice::Retry { retry_after: Some(rest) } = error.advice() else { panic!("{error:?}") };
    assert!(rest >= LIFE && rest <= LIFE + Duration::from_secs(1), "{rest:?}");
    drop(held);
    sleep(rest).await;
    assert_eq!(acquire(&ledger, &request).await.lease().epoch(), 2);
    assert_eq!(store.keys("lease/").len(), 1, "the old lease is gone");
}

/// A suspended machine's monotonic clock stands still; its wall clock shows that the lease may be another's by now.
#[tokio::test(start_paused = true)]
async fn a_jump_of_the_wall_clock_makes_a_lease_stale() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let checks = Box::pin(async {
        let lease = acquire(&ledger, &request).await.lease();
        assert!(!lease.is_stale());
        clock::jump(3600);
        assert!(lease.is_stale());
        lease.check().await.expect("nobody has taken it");
        assert!(!lease.is_stale(), "it was written again");
    });
    clock::on_a_machine(0, checks).await;
}

/// Steps state the store's time, which goes on between two writes of the lease.
#[tokio::test(start_paused = true)]
async fn a_step_states_the_stores_time_when_it_was_taken() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let mut held = acquire(&ledger, &request).await;
    sleep(Duration::from_secs(7)).await;
    held.append(failed()).await.expect("appended");
    assert_eq!(held.record().end().expect("it ended").at, store.now().into());
}

/// Of two that find no lease one is told when the other's runs out.
#[tokio::test(start_paused = true)]
async fn who_comes_second_to_a_lease_is_told_how_long_it_lives() {
    let store = MemoryStore::new();
    store.world().slow = Some(Duration::from_millis(1));
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let id = id_of(&request);
    let (one, two) = tokio::join!(ledger.claim(&id, &request), ledger.claim(&id, &request));
    let error = match (one, two) {
        (Ok(Claim::Acquired(_)), Err(error)) | (Err(error), Ok(Claim::Acquired(_))) => error,
        other => panic!("one of them holds it: {other:?}"),
    };
    let retry_after = Some(LIFE + Duration::from_secs(1));
    assert_eq!((error.kind(), error.advice()), (ErrorKind::InProgress, RetryAdvice::Retry { retry_after }));
}

/// A released upload is taken over at once, with the parts that it holds.
#[tokio::test(start_paused = true)]
async fn a_released_upload_is_taken_over_with_its_parts() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let mut held = acquire(&ledger, &request).await;
    held.append_session(session("1")).await.expect("appended");
    let part = UploadedPart { number: 1, etag: "E".into(), crc64: 1 };
    let parts = UploadedParts { session: 2, parts: vec![part] };
    let lease = held.lease();
    assert!(timeout(LIFE / 2, lease.keep_renewed(|| parts.clone())).await.is_err(), "it is kept");
    held.release().await;
    let held = acquire(&ledger, &request).await;
    assert_eq!((held.lease().epoch(), held.parts()), (2, parts.clone()));
    let more = UploadedParts { parts: [parts.parts.clone(), parts.parts].concat(), ..parts };
    held.release_with(more.clone()).await;
    let mut held = acquire(&ledger, &request).await;
    assert_eq!(held.parts(), more);
    held.append_session(session("2")).await.expect("appended");
    assert_eq!(held.parts(), UploadedParts::default(), "they were another session's");
}

/// A ledger that was restored without its leases knows its uploads: one that ended is answered, an open one goes on after a lease's life.
#[tokio::test(start_paused = true)]
async fn a_ledger_without_leases_still_knows_its_uploads() {
    let store = MemoryStore::new();
    let (ledger, open, ended) = (ledger(&store), new_request("open", None), new_request("ended", None));
    drop(acquire(&ledger, &open).await);
    let mut held = acquire(&ledger, &ended).await;
    held.append(Step::Cancelled).await.expect("appended");
    held.release().await;
    store.world().entries.retain(|key, _| !key.starts_with("lease/"));
    let claim = ledger.claim(&id_of(&ended), &ended).await.expect("it is known");
    assert!(matches!(&claim, Claim::Settled(record) if record.state == State::Cancelled), "{claim:?}");
    let error = expect_refusal(&ledger, &open).await;
    assert!(error.kind() == ErrorKind::InProgress && error.is_retryable(), "{error:?}");
    sleep(LIFE * 2).await;
    assert_eq!(acquire(&ledger, &open).await.record().epoch, 2);
}

/// A renewed lease stays alive and costs two calls in each third of its life.
#[tokio::test(start_paused = true)]
async fn a_renewed_lease_costs_two_calls_each_third_of_its_life() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let held = acquire(&ledger, &request).await;
    let before = store.world().calls.len();
    assert!(timeout(LIFE * 20, held.lease().keep_renewed(UploadedParts::default)).await.is_err());
    let calls = store.world().calls.len() - before;
    assert!((110..=122).contains(&calls), "{calls}");
    assert_eq!(expect_refusal(&ledger, &request).await.kind(), ErrorKind::InProgress);
}

/// A holder that was silent for too long finds out before it does anything.
#[tokio::test(start_paused = true)]
async fn a_silent_holder_is_superseded_before_it_does_anything() {
    for attempt in ["check", "append", "keep", "confirm"] {
        let store = MemoryStore::new();
        let (ledger, request) = (ledger(&store), new_request("k", None));
        let mut late = acquire(&ledger, &request).await;
        sleep(LIFE * 2).await;
        let next = acquire(&ledger, &request).await;
        let steps = store.keys("ledger/");
        let error = match attempt {
            "check" => late.lease().check().await.expect_err("superseded"),
            "append" => late.append(failed()).await.expect_err("superseded"),
            "confirm" => late.confirm().await.expect_err("superseded"),
            _ => late.lease().keep_renewed(UploadedParts::default).await,
        };
        assert_eq!(
            (error.kind(), error.advice()),
            (ErrorKind::Superseded, RetryAdvice::Permanent),
            "{attempt}"
        );
        assert_eq!(store.keys("ledger/"), steps);
        next.lease().check().await.expect("the new holder holds");
        assert_eq!(next.record().epoch, 2);
    }
}

/// A late append that was already on its way loses to the new holder's claim.
#[tokio::test(start_paused = true)]
async fn a_late_append_loses_to_the_new_holders_claim() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let mut late = acquire(&ledger, &request).await;
    let lease = late.lease();
    lease.release(&lease.parts()).await;
    let next = acquire(&ledger, &request).await;
    assert_eq!(late.append(failed()).await.expect_err("too late").kind(), ErrorKind::Superseded);
    assert_eq!(ledger.read(&id_of(&request)).await.expect("readable").as_ref(), Some(next.record()));
}

/// What the holder before still appended, while the next one took the lease, is read with the rest of the chain.
#[tokio::test(start_paused = true)]
async fn a_step_that_comes_before_the_claim_is_read() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let id = id_of(&request);
    let mut before = acquire(&ledger, &request).await;
    before.confirm().await.expect("alone");
    sleep(LIFE * 2).await;
    let taking = store.hold(keys::lease(&id, 2));
    let resuming = async {
        match ledger.resume(&id).await {
            Ok(Claim::Acquired(held)) => *held,
            other => panic!("not held: {other:?}"),
        }
    };
    let appending = async {
        taking.looked().await;
        before.append_session(session("1")).await.expect("nobody has claimed it yet");
        taking.release();
    };
    let (mut next, ()) = tokio::join!(Box::pin(resuming), Box::pin(appending));
    assert_eq!((next.record().state, next.record().sequence()), (State::Created, 3));
    next.append(Step::Transferred(Transferred::default())).await.expect("it goes on from there");
}

/// A store that denies one call has not said that somebody else is at it.
#[tokio::test(start_paused = true)]
async fn a_denied_call_of_a_first_claim_is_the_stores_error() {
    let mut refusals = 0;
    for from in 1..=12 {
        let store = MemoryStore::new();
        let (ledger, request) = (ledger(&store), new_request("k", None));
        store.world().outage = Some(Outage { from, calls: 1, lasts: LIFE, fault: Fault::Deny });
        if let Err(error) = ledger.claim(&id_of(&request), &request).await {
            assert_eq!(error.kind(), ErrorKind::Ledger, "call {from}: {error:?}");
            refusals += 1;
        }
    }
    assert!(refusals > 2, "{refusals} of its calls matter");
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_slept_resumes_where_no_other_claimed() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let mut held = acquire(&ledger, &request).await;
    sleep(LIFE * 10).await;
    held.lease().check().await.expect("still the newest");
    assert_eq!(
        expect_refusal(&ledger, &request).await.kind(),
        ErrorKind::InProgress,
        "the check renewed the lease"
    );
    sleep(LIFE * 10).await;
    held.append_session(session("1")).await.expect("still the newest");
    sleep(LIFE * 10).await;
    assert!(
        timeout(LIFE, held.lease().keep_renewed(UploadedParts::default)).await.is_err(),
        "still the newest"
    );
}

/// A store that fails for a lease's life ends the work; a shorter outage does not.
#[tokio::test(start_paused = true)]
async fn only_an_outage_of_a_leases_life_ends_the_work() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let held = acquire(&ledger, &request).await;
    let lease = held.lease();
    let trouble = async {
        store.world().is_down = true;
        sleep(LIFE / 2).await;
        store.world().is_down = false;
        sleep(LIFE * 3).await;
        store.world().is_down = true;
        std::future::pending::<()>().await;
    };
    let begun = Instant::now();
    let error = tokio::select! {
        error = lease.keep_renewed(UploadedParts::default) => error,
        () = trouble => unreachable!("it never ends"),
    };
    assert!(error.kind() == ErrorKind::Ledger && error.is_retryable(), "{error:?}");
    let lasted = begun.elapsed();
    assert!(lasted > LIFE * 4 && lasted < LIFE * 5, "{lasted:?}");
}

/// A renewal that gets no answer is retried before the lease runs out.
#[tokio::test(start_paused = true)]
async fn an_unanswered_renewal_is_retried_before_the_lease_ends() {
    let store = MemoryStore::new();
    let (ledger, request) = (ledger(&store), new_request("k", None));
    let held = acquire(&ledger, &request).await;
    store.world().faults = vec![("list", Fault::Hang)];
    assert!(
        timeout(LIFE * 3, held.lease().keep_renewed(UploadedParts::default)).await.is_err(),
        "one is survived"
    );
    store.world().faults = vec![("list", Fault::Hang); 9];
    let begun = Instant::now();
    let error = held.lease().keep_renewed(UploadedParts::default).await;
    assert!(error.kind() == ErrorKind::Ledger && begun.elapsed() <= LIFE + LIFE / 3, "{error:?}");
}

/// A lost answer of any call is survived, and nothing is done twice.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_of_any_call_does_nothing_twice() {
    for operation in ["create", "write", "read", "list", "delete"] {
        for fault in [Fault::Refuse, Fault::LoseAnswer] {
            let store = MemoryStore::new();
            let (ledger, request) = (ledger(&store), new_request("k", None));
            store.world().faults = vec![(operation, fault); 2];
            let mut held = acquire(&ledger, &request).await;
            store.world().faults.push((operation, fault));
            held.append_session(session("1")).await.expect("survived");
            held.append(Step::Transferred(Transferred::default())).await.expect("survived");
            held.append(committed()).await.expect("survived");
            held.release().await;
            assert_eq!(store.keys("ledger/").len(), 4, "{operation} {fault:?}");
            assert_eq!(ledger.birth().await.expect("survived"), ledger.birth().await.expect("the same"));
        }
    }
}

/// Another process sees the holder, and of the bytes those of the parts that its last renewal listed, for the session in use alone.
#[tokio::test(start_paused = true)]
async fn the_lease_shows_its_holder_and_what_has_moved() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    let mut request = new_request("k", None);
    request.object.size = 5 << 20;
    let mut held = acquire(&ledger, &request).await;
    let id = id_of(&request);
    let look = async || {
        let lease = ledger.lease_view(&id).await.expect("read");
        let record = ledger.read(&id).await.expect("read").expect("a record");
        (lease.is_live(), lease.holder.map(|holder| holder.epoch), record.moved_bytes(&lease.parts))
    };
    assert_eq!(look().await, (true, Some(1), None), "no session is open");
    let mut opened = session("1");
    if let Target::Oss { plan, .. } = &mut opened.target {
        *plan = Plan::new(request.object.size, 2 << 20, 1);
    }
    held.append_session(opened).await.expect("appended");
    assert_eq!(look().await, (true, Some(1), Some(0)));
    let part = |number| UploadedPart { number, etag: "E".into(), crc64: 1 };
    let parts = |session| UploadedParts { session, parts: vec![part(1), part(3)] };
    held.release_with(parts(1)).await;
    assert_eq!(look().await, (false, None, Some(0)), "the parts are another session's");
    let mut held = acquire(&ledger, &request).await;
    let renewing = held.lease();
    _ = timeout(LIFE, renewing.keep_renewed(|| parts(2))).await;
    assert_eq!(look().await, (true, Some(2), Some(3 << 20)), "the first and the last");
    sleep(LIFE * 2).await;
    assert_eq!(look().await, (false, Some(2), Some(3 << 20)), "it has fallen silent");
    held.append(Step::Transferred(Transferred::default())).await.expect("appended");
    assert_eq!(look().await.2, Some(5 << 20));
    held.append(failed()).await.expect("appended");
    assert_eq!(look().await.2, None);
    commit_many(&ledger, 1).await;
    let published = ledger.read(&id_of(&new_request("film-1.mp4", None))).await.expect("read");
    assert_eq!(published.expect("a record").moved_bytes(&UploadedParts::default()), Some(5));
    let never_claimed = ledger.lease_view(&id_of(&new_request("other", None))).await.expect("read");
    assert_eq!(never_claimed, LeaseView::default());
}
