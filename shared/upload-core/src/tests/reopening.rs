//! A failure does not outlive its cause: an object that was gone or replaced in mid-upload and is back, byte for byte, is published.

use super::{
    bytes, calls,
    deliveries::{LEASE, judge, nothing_is_open, record, settle, settle_with_crashes},
    memory::Memory,
    work,
};
use crate::{
    ledger::{State, StepKind},
    *,
};
use std::time::Duration;
use tokio::time::sleep;

const SIZE: usize = (2 << 20) + 1;

/// An upload that failed because the object was replaced after it had been pinned.
async fn replaced(memory: &Memory) -> Error {
    let work = work(memory, Mode::Oss).await.expect("it is there");
    memory.world().etag = "B".into();
    let error = memory.uploader().upload(&work, &RunContext::default()).await.expect_err("it changed");
    memory.world().etag = "A".into();
    error
}

fn reopenings(record: &ledger::Record) -> usize {
    record.history.iter().filter(|entry| entry.step.kind() == StepKind::Reopened).count()
}

#[tokio::test(start_paused = true)]
async fn the_version_that_is_back_is_published_when_somebody_has_seen_it() {
    let memory = Memory::holding(bytes(SIZE));
    assert_eq!(replaced(&memory).await.kind(), ErrorKind::SourceChanged);
    let failed = record(&memory).await;
    assert_eq!(failed.state, State::Failed);
    // A sweep has seen nothing.
    let uploader_of = |_, _| async { Ok(memory.uploader()) };
    sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await.expect("it can be read");
    assert_eq!(record(&memory).await.sequence(), failed.sequence());

    let ended = settle(&memory, Mode::Oss).await;
    judge(&memory, &ended, "back");
    assert_eq!(reopenings(&record(&memory).await), 1);
    nothing_is_open(&memory, "back").await;
}

#[tokio::test(start_paused = true)]
async fn reopenings_that_come_to_nothing_are_further_and_further_apart() {
    let memory = Memory::holding(bytes(SIZE));
    let mut last = 0;
    for round in 0..6_u32 {
        replaced(&memory).await;
        let before = record(&memory).await;
        assert!(before.sequence() > last, "round {round}");
        last = before.sequence();
        if round > 0 {
            let again = work(&memory, Mode::Oss).await.expect("it is there");
            let error = memory.uploader().upload(&again, &RunContext::default()).await.expect_err("too soon");
            let RetryAdvice::Retry { retry_after: Some(rest) } = error.advice() else {
                unreachable!("{error:?}")
            };
            assert_eq!(error.kind(), ErrorKind::SourceChanged);
            assert_eq!(record(&memory).await.sequence(), last, "round {round}");
            let pause = Duration::from_secs(60) * 2_u32.pow(round - 1);
            assert!(rest <= pause && rest > pause - Duration::from_secs(20), "round {round}: {rest:?}");
            sleep(rest).await;
        }
    }
    assert_eq!(calls(&memory, "commit"), 0);
    judge(&memory, &settle(&memory, Mode::Oss).await, "at last");
}

#[tokio::test(start_paused = true)]
async fn what_failed_otherwise_is_answered_as_it_was() {
    let memory = Memory::holding(bytes(SIZE));
    memory.fault("create", 0, super::Fault::Deny(ErrorKind::Youku));
    let first = work(&memory, Mode::Oss).await.expect("it is there");
    memory.uploader().upload(&first, &RunContext::default()).await.expect_err("Youku refuses");
    let failed = record(&memory).await;
    let error = memory.uploader().upload(&first, &RunContext::default()).await.expect_err("as before");
    assert_eq!((error.kind(), record(&memory).await.sequence()), (ErrorKind::Youku, failed.sequence()));
}

/// The object is back, and a run that goes on is dropped at this point.
async fn dropped(crashes: &[u32]) -> Memory {
    let memory = Memory::holding(bytes(SIZE));
    replaced(&memory).await;
    memory.points.crash_at(crashes.first().copied());
    let what = format!("dropped at {crashes:?}");
    let ended = settle_with_crashes(&memory, Mode::Oss, crashes).await;
    judge(&memory, &ended, &what);
    memory
}

#[tokio::test(start_paused = true)]
async fn a_reopening_that_is_dropped_at_any_point_ends_in_one_video() {
    let points = dropped(&[]).await.points.passed();
    assert!(points > 20, "there are {points} points");
    for point in 1..=points {
        let memory = dropped(&[point]).await;
        memory.points.crash_at(None);
        sleep(LEASE).await;
        let uploader_of = |_, _| async { Ok(memory.uploader()) };
        sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default())
            .await
            .expect("it can be read");
        assert_eq!(memory.ledger.keys("open/"), Vec::<String>::new(), "dropped at {point}");
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_that_see_it_at_once_one_reopens_it() {
    let memory = Memory::holding(bytes(SIZE));
    replaced(&memory).await;
    let wanted = work(&memory, Mode::Oss).await.expect("it is there");
    let (one, two) = (memory.uploader(), memory.uploader());
    let run = RunContext::default();
    let (one, two) = tokio::join!(one.upload(&wanted, &run), two.upload(&wanted, &run));
    assert!(one.is_ok() || two.is_ok(), "{one:?}, {two:?}");
    judge(&memory, &settle(&memory, Mode::Oss).await, "two");
    assert_eq!((reopenings(&record(&memory).await), calls(&memory, "create")), (1, 2));
}
