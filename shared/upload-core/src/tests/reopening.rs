//! A failure does not outlive its cause: an object that was gone or replaced during its upload and is back, byte for byte, is published.

use super::{
    bytes, count_calls,
    crash_points::report_crash_points,
    deliveries::{LEASE, assert_nothing_open, assert_published, read_record, settle, settle_with_crashes},
    memory::Memory,
    request_for,
};
use crate::{
    ledger::{State, StepKind},
    *,
};
use std::time::Duration;
use tokio::time::sleep;

const SIZE: usize = (2 << 20) + 1;

/// An upload that failed because the object was replaced after it had been pinned.
async fn fail_as_replaced(memory: &Memory) -> Error {
    let mut request = request_for(memory, Mode::Oss).await.expect("it is there");
    // It would find out before a session is opened, and this is about what happens after.
    request.job.video.preflight = Some(Preflight::Off);
    memory.world().etag = "B".into();
    let error = memory.uploader().upload(&request, &RunContext::default()).await.expect_err("it changed");
    memory.world().etag = "A".into();
    error
}

fn count_reopenings(record: &ledger::Record) -> usize {
    record.history.iter().filter(|entry| entry.step.kind() == StepKind::Reopened).count()
}

/// The version that is back is published once somebody has seen it.
#[tokio::test(start_paused = true)]
async fn a_version_that_is_back_is_published_once_seen() {
    let memory = Memory::holding(bytes(SIZE));
    assert_eq!(fail_as_replaced(&memory).await.kind(), ErrorKind::SourceChanged);
    let failed = read_record(&memory).await;
    assert_eq!(failed.state, State::Failed);
    // A sweep has seen nothing.
    let uploader_of = |_, _| async { Ok(memory.uploader()) };
    sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await.expect("it can be read");
    assert_eq!(read_record(&memory).await.sequence(), failed.sequence());

    let ended = settle(&memory, Mode::Oss).await;
    assert_published(&memory, &ended, "back");
    assert_eq!(count_reopenings(&read_record(&memory).await), 1);
    assert_nothing_open(&memory, "back").await;
}

/// Reopenings that lead to nothing have growing pauses between them.
#[tokio::test(start_paused = true)]
async fn reopenings_without_success_have_growing_pauses() {
    let memory = Memory::holding(bytes(SIZE));
    let mut last = 0;
    for round in 0..6_u32 {
        fail_as_replaced(&memory).await;
        let before = read_record(&memory).await;
        assert!(before.sequence() > last, "round {round}");
        last = before.sequence();
        if round > 0 {
            let again = request_for(&memory, Mode::Oss).await.expect("it is there");
            let error = memory.uploader().upload(&again, &RunContext::default()).await.expect_err("too soon");
            let RetryAdvice::Retry { retry_after: Some(rest) } = error.advice() else {
                unreachable!("{error:?}")
            };
            assert_eq!(error.kind(), ErrorKind::SourceChanged);
            assert_eq!(read_record(&memory).await.sequence(), last, "round {round}");
            let pause = Duration::from_secs(60) * 2_u32.pow(round - 1);
            assert!(rest <= pause && rest > pause - Duration::from_secs(20), "round {round}: {rest:?}");
            sleep(rest).await;
        }
    }
    assert_eq!(count_calls(&memory, "commit"), 0);
    assert_published(&memory, &settle(&memory, Mode::Oss).await, "at last");
}

#[tokio::test(start_paused = true)]
async fn what_failed_otherwise_is_answered_as_it_was() {
    let memory = Memory::holding(bytes(SIZE));
    memory.fault("create", 0, super::memory::Fault::Deny(ErrorKind::Youku));
    let first = request_for(&memory, Mode::Oss).await.expect("it is there");
    memory.uploader().upload(&first, &RunContext::default()).await.expect_err("Youku refuses");
    let failed = read_record(&memory).await;
    let error = memory.uploader().upload(&first, &RunContext::default()).await.expect_err("as before");
    assert_eq!((error.kind(), read_record(&memory).await.sequence()), (ErrorKind::Youku, failed.sequence()));
}

/// The object is back; a run that resumes the upload is dropped at each of these crash points in turn.
async fn reopen_with_crashes(crashes: &[u32]) -> Memory {
    let memory = Memory::holding(bytes(SIZE));
    fail_as_replaced(&memory).await;
    memory.crash_points.crash_at(crashes.first().copied());
    let what = format!("dropped at {crashes:?}");
    let ended = settle_with_crashes(&memory, Mode::Oss, crashes).await;
    assert_published(&memory, &ended, &what);
    memory
}

#[tokio::test(start_paused = true)]
async fn a_reopening_that_is_dropped_at_any_point_ends_in_one_video() {
    let crash_points = reopen_with_crashes(&[]).await.crash_points.passed();
    assert!(crash_points > 20, "there are {crash_points} crash points");
    for point in 1..=crash_points {
        let memory = reopen_with_crashes(&[point]).await;
        memory.crash_points.crash_at(None);
        sleep(LEASE).await;
        let uploader_of = |_, _| async { Ok(memory.uploader()) };
        sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default())
            .await
            .expect("it can be read");
        assert_eq!(memory.ledger.keys("open/"), Vec::<String>::new(), "dropped at {point}");
    }
    report_crash_points("reopened", crash_points);
}

#[tokio::test(start_paused = true)]
async fn of_two_that_see_it_at_once_one_reopens_it() {
    let memory = Memory::holding(bytes(SIZE));
    fail_as_replaced(&memory).await;
    let wanted = request_for(&memory, Mode::Oss).await.expect("it is there");
    let (one, two) = (memory.uploader(), memory.uploader());
    let run = RunContext::default();
    let (one, two) = tokio::join!(one.upload(&wanted, &run), two.upload(&wanted, &run));
    assert!(one.is_ok() || two.is_ok(), "{one:?}, {two:?}");
    assert_published(&memory, &settle(&memory, Mode::Oss).await, "two");
    assert_eq!((count_reopenings(&read_record(&memory).await), count_calls(&memory, "create")), (1, 2));
}
