//! Leases: one holder at a time, whoever falls silent.

use super::memory::Fault;
use super::*;
use crate::{ErrorKind, RetryAdvice};
use tokio::time::{Instant, sleep, timeout};

#[tokio::test(start_paused = true)]
async fn a_live_lease_elsewhere_answers_in_progress_and_when_to_come_again() {
    let store = MemoryStore::new();
    let (ledger, work) = (ledger(&store), work("k", None));
    let held = hold(&ledger, &work).await;
    let error = refused(&ledger, &work).await;
    assert_eq!(error.kind(), ErrorKind::InProgress);
    let RetryAdvice::Retry { retry_after: Some(rest) } = error.advice() else { panic!("{error:?}") };
    assert!(rest >= LIFE && rest <= LIFE + Duration::from_secs(1), "{rest:?}");
    drop(held);
    sleep(rest).await;
    assert_eq!(hold(&ledger, &work).await.lease().epoch(), 2);
    assert_eq!(store.keys("lease/").len(), 1, "the old lease is gone");
}

#[tokio::test(start_paused = true)]
async fn a_released_upload_is_taken_over_at_once_with_the_parts_it_holds() {
    let store = MemoryStore::new();
    let (ledger, work) = (ledger(&store), work("k", None));
    let mut held = hold(&ledger, &work).await;
    held.append_session(session("1")).await.expect("appended");
    let part = UploadedPart { number: 1, etag: "E".into(), crc64: 1 };
    let parts = UploadedParts { session: 2, parts: vec![part] };
    let lease = held.lease();
    assert!(timeout(LIFE / 2, lease.keep_renewed(|| parts.clone())).await.is_err(), "it is kept");
    held.release().await;
    let held = hold(&ledger, &work).await;
    assert_eq!((held.lease().epoch(), held.parts()), (2, parts.clone()));
    let more = UploadedParts { parts: [parts.parts.clone(), parts.parts].concat(), ..parts };
    held.release_with(more.clone()).await;
    let mut held = hold(&ledger, &work).await;
    assert_eq!(held.parts(), more);
    held.append_session(session("2")).await.expect("appended");
    assert_eq!(held.parts(), UploadedParts::default(), "they were another session's");
}

#[tokio::test(start_paused = true)]
async fn a_kept_lease_lives_on_and_costs_two_calls_each_third_of_its_life() {
    let store = MemoryStore::new();
    let (ledger, work) = (ledger(&store), work("k", None));
    let held = hold(&ledger, &work).await;
    let before = store.world().calls.len();
    assert!(timeout(LIFE * 20, held.lease().keep_renewed(UploadedParts::default)).await.is_err());
    let calls = store.world().calls.len() - before;
    assert!((110..=122).contains(&calls), "{calls}");
    assert_eq!(refused(&ledger, &work).await.kind(), ErrorKind::InProgress);
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_was_silent_too_long_finds_out_before_it_does_anything() {
    for attempt in ["check", "append", "keep"] {
        let store = MemoryStore::new();
        let (ledger, work) = (ledger(&store), work("k", None));
        let mut late = hold(&ledger, &work).await;
        sleep(LIFE * 2).await;
        let next = hold(&ledger, &work).await;
        let steps = store.keys("ledger/");
        let error = match attempt {
            "check" => late.lease().check().await.expect_err("superseded"),
            "append" => late.append(failed()).await.expect_err("superseded"),
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

#[tokio::test(start_paused = true)]
async fn a_late_append_that_was_on_its_way_loses_to_the_new_holders_claim() {
    let store = MemoryStore::new();
    let (ledger, work) = (ledger(&store), work("k", None));
    let mut late = hold(&ledger, &work).await;
    let lease = late.lease();
    lease.release(&lease.parts()).await;
    let next = hold(&ledger, &work).await;
    assert_eq!(late.append(failed()).await.expect_err("too late").kind(), ErrorKind::Superseded);
    assert_eq!(ledger.read(&id_of(&work)).await.expect("readable").as_ref(), Some(next.record()));
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_slept_and_was_missed_by_nobody_goes_on() {
    let store = MemoryStore::new();
    let (ledger, work) = (ledger(&store), work("k", None));
    let mut held = hold(&ledger, &work).await;
    sleep(LIFE * 10).await;
    held.lease().check().await.expect("still the newest");
    assert_eq!(refused(&ledger, &work).await.kind(), ErrorKind::InProgress, "the check renewed the lease");
    sleep(LIFE * 10).await;
    held.append_session(session("1")).await.expect("still the newest");
    sleep(LIFE * 10).await;
    assert!(
        timeout(LIFE, held.lease().keep_renewed(UploadedParts::default)).await.is_err(),
        "still the newest"
    );
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_for_a_leases_life_ends_the_work_and_a_shorter_trouble_does_not() {
    let store = MemoryStore::new();
    let (ledger, work) = (ledger(&store), work("k", None));
    let held = hold(&ledger, &work).await;
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

#[tokio::test(start_paused = true)]
async fn a_renewal_that_gets_no_answer_is_tried_again_before_the_lease_runs_out() {
    let store = MemoryStore::new();
    let (ledger, work) = (ledger(&store), work("k", None));
    let held = hold(&ledger, &work).await;
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

#[tokio::test(start_paused = true)]
async fn lost_answers_of_any_call_are_survived_and_nothing_is_done_twice() {
    for operation in ["create", "write", "read", "list", "delete"] {
        for fault in [Fault::Refuse, Fault::LoseAnswer] {
            let store = MemoryStore::new();
            let (ledger, work) = (ledger(&store), work("k", None));
            store.world().faults = vec![(operation, fault); 2];
            let mut held = hold(&ledger, &work).await;
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
