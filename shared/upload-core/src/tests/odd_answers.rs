//! One odd answer is final nowhere: at every call that leaves the core, whatever a store or something between may answer once, there is one
//! video in the end, and the upload is open meanwhile.

use super::{
    bytes,
    deliveries::{judge, nothing_is_open, record, youku},
    memory::{Fault, Memory},
    work,
};
use crate::{
    ledger::{State, Step, StepKind, WaitReason},
    *,
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SIZE: usize = (1 << 20) + 1;
const MODES: [Mode; 2] = [Mode::Oss, Mode::Slice];
const SECOND_RUN: Duration = Duration::from_secs(15 * 60);

/// What one call may be answered, as its port words it: 404, 400, 403, a page of something between, a broken protocol or a wrong clock.
fn answers(operation: &str) -> Vec<Fault> {
    use ErrorKind::{
        NoSuchMultipart, PartExists, Source, SourceChanged, SourceDenied, SourceMissing, Target, Youku,
    };
    match operation {
        "head" | "read" | "sidecar" => vec![
            Fault::Deny(SourceMissing),
            Fault::Deny(SourceChanged),
            Fault::Deny(SourceDenied),
            Fault::Deny(Source),
            Fault::Refuse(Source),
        ],
        "part" | "complete" | "parts" => vec![
            Fault::Deny(NoSuchMultipart),
            Fault::Deny(PartExists),
            Fault::Deny(Target),
            Fault::Refuse(Target),
        ],
        "initiate" | "target_head" | "create_file" | "next" | "slice" | "check" => {
            vec![Fault::Deny(Target), Fault::Refuse(Target)]
        }
        // An answer that is not in Youku's words is asked for again; one in its words is meant.
        _ => vec![Fault::Refuse(Youku)],
    }
}

async fn once(memory: &Memory, mode: Mode) -> Result<PublishedVideo, Error> {
    let work = work(memory, mode).await?;
    memory.uploader().upload(&work, &RunContext::default()).await
}

/// Comes again until there is a video, as events, people and sweeps do.
async fn until_published(memory: &Memory, mode: Mode) -> Result<PublishedVideo, Error> {
    let mut ended = once(memory, mode).await;
    for _ in 0..4 {
        let Err(error) = &ended else { break };
        let wish = match error.advice() {
            RetryAdvice::Retry { retry_after: not_before } => not_before.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        sleep(wish.max(Duration::from_secs(80))).await;
        ended = once(memory, mode).await;
    }
    ended
}

/// The calls of a run that nobody disturbs.
async fn trace(mode: Mode, switches: u32) -> Vec<&'static str> {
    let calm = youku(switches, SIZE);
    judge(&calm, &once(&calm, mode).await, "calm");
    let calls = calm.world().calls.clone();
    calls.into_iter().filter(|call| *call != "ledger").collect()
}

#[tokio::test(start_paused = true)]
async fn one_odd_answer_at_any_call_ends_in_one_video_and_never_in_failed() {
    for mode in MODES {
        // The second reads the object before; the third asks the target after completion.
        for switches in [0, 0b001_0000, 0b100_0010] {
            let calls = trace(mode, switches).await;
            for (number, operation) in calls.iter().enumerate() {
                let skip = calls[..number].iter().filter(|call| *call == operation).count();
                for answer in answers(operation) {
                    let memory = youku(switches, SIZE);
                    memory.fault(operation, u32::try_from(skip).expect("few"), answer);
                    let what = format!("{mode:?}, switches {switches:b}, {operation} {skip}: {answer:?}");
                    let first = once(&memory, mode).await;
                    if !memory.ledger.keys("ledger/").is_empty() {
                        let steps = record(&memory).await.history;
                        let failed = steps.iter().any(|entry| entry.step.kind() == StepKind::Failed);
                        assert!(!failed, "{what}: {first:?}");
                    }
                    let ended = until_published(&memory, mode).await;
                    judge(&memory, &ended, &what);
                    nothing_is_open(&memory, &what).await;
                }
            }
        }
    }
}

/// Denies a call for ever.
fn deny(memory: &Memory, operation: &'static str, kind: ErrorKind) {
    for _ in 0..200 {
        memory.fault(operation, 0, Fault::Deny(kind));
    }
}

fn waits(record: &ledger::Record) -> Vec<WaitReason> {
    let reasons = record.history.iter().filter_map(|entry| match &entry.step {
        Step::Waiting(waiting) => Some(waiting.reason),
        _ => None,
    });
    reasons.collect()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_nothing_explains_is_final_only_when_a_second_run_meets_it() {
    let cases = [
        (Mode::Oss, "read", ErrorKind::Source, WaitReason::SourceRefused),
        (Mode::Oss, "part", ErrorKind::Target, WaitReason::TargetRefused),
        (Mode::Oss, "initiate", ErrorKind::Target, WaitReason::TargetRefused),
        (Mode::Slice, "slice", ErrorKind::Target, WaitReason::TargetRefused),
    ];
    for (mode, operation, kind, reason) in cases {
        let memory = Memory::holding(bytes(SIZE));
        deny(&memory, operation, kind);
        let begun = Instant::now();
        let error = once(&memory, mode).await.expect_err("refused");
        // The caller has the word at once.
        assert!(error.kind() == kind && error.is_retryable(), "{operation}: {error:?}");
        assert!(begun.elapsed() < Duration::from_secs(60), "{operation}: {:?}", begun.elapsed());
        let after_one = record(&memory).await;
        assert_eq!((waits(&after_one), after_one.state.has_ended()), (vec![reason], false), "{operation}");
        // Before its time nobody takes it up.
        sleep(SECOND_RUN / 2).await;
        let error = once(&memory, mode).await.expect_err("it rests");
        assert!(error.kind() == kind && error.is_retryable(), "{operation}: {error:?}");
        assert_eq!(record(&memory).await.sequence(), after_one.sequence(), "{operation}");
        sleep(SECOND_RUN).await;
        let error = once(&memory, mode).await.expect_err("refused again");
        assert_eq!((error.kind(), error.advice()), (kind, RetryAdvice::Permanent), "{operation}");
        let ended = record(&memory).await;
        assert_eq!((ended.state, waits(&ended)), (State::Failed, vec![reason]), "{operation}");
        assert!(memory.world().videos.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_run_that_fares_better_publishes() {
    let cases = [(Mode::Oss, "read", ErrorKind::Source), (Mode::Slice, "slice", ErrorKind::Target)];
    for (mode, operation, kind) in cases {
        let memory = Memory::holding(bytes(SIZE));
        memory.fault(operation, 1, Fault::Deny(kind));
        let ended = until_published(&memory, mode).await;
        judge(&memory, &ended, operation);
    }
}

#[tokio::test(start_paused = true)]
async fn a_bucket_that_refuses_is_asked_once_more_with_fresh_credentials() {
    for operation in ["initiate", "part", "complete"] {
        let memory = Memory::holding(bytes(SIZE));
        memory.fault(operation, 0, Fault::Deny(ErrorKind::Target));
        judge(&memory, &once(&memory, Mode::Oss).await, operation);
        assert_eq!(super::calls(&memory, "sts"), 1, "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_gone_is_believed_when_its_head_agrees() {
    for mode in MODES {
        let memory = Memory::holding(bytes(SIZE));
        let work = work(&memory, mode).await.expect("it is there");
        deny(&memory, "head", ErrorKind::SourceMissing);
        deny(&memory, "read", ErrorKind::SourceMissing);
        let error = memory.uploader().upload(&work, &RunContext::default()).await.expect_err("it is gone");
        assert_eq!((error.kind(), error.advice()), (ErrorKind::SourceMissing, RetryAdvice::Permanent));
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_answers_404_for_ever_where_its_head_does_not_leaves_the_upload_open() {
    let memory = Memory::holding(bytes(SIZE));
    deny(&memory, "read", ErrorKind::SourceMissing);
    let error = once(&memory, Mode::Oss).await.expect_err("it cannot be read");
    assert_eq!((error.kind(), error.advice()), (ErrorKind::SourceMissing, RetryAdvice::Exhausted));
    assert!(!record(&memory).await.state.has_ended());
}

#[tokio::test(start_paused = true)]
async fn a_run_that_its_deadline_ends_names_the_last_error() {
    let memory = Memory::holding(bytes(SIZE));
    for _ in 0..200 {
        memory.fault("part", 0, Fault::Refuse(ErrorKind::Target));
    }
    let work = work(&memory, Mode::Oss).await.expect("it is there");
    let run =
        RunContext { deadline: Some(Instant::now() + Duration::from_secs(20)), ..RunContext::default() };
    let error = memory.uploader().upload(&work, &run).await.expect_err("too late");
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(error.to_string().contains("last_error: target_failed in part"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_is_looked_at_before_an_upload_gives_up_before_the_deadline_with_its_error() {
    let memory = Memory::holding(bytes(SIZE));
    for _ in 0..200 {
        memory.fault("head", 0, Fault::Refuse(ErrorKind::Source));
    }
    let begun = Instant::now();
    let location = super::job(Mode::Oss).location;
    let retry = RetryPolicy::default().with_deadline(Some(begun + Duration::from_secs(7)));
    let error = head_object(&memory, &location, &retry).await.expect_err("it cannot be seen");
    assert_eq!((error.kind(), error.advice()), (ErrorKind::Source, RetryAdvice::Exhausted));
    assert!(begun.elapsed() < Duration::from_secs(7));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_does_not_count_as_the_second_where_the_upload_got_on_in_between() {
    let memory = Memory::holding(bytes(SIZE));
    memory.world().tells_md5 = false;
    memory.fault("read", 0, Fault::Deny(ErrorKind::Source));
    once(&memory, Mode::Oss).await.expect_err("the reading pass is refused");
    sleep(SECOND_RUN).await;
    // The second run opens a session, and ends without a step of its own.
    for _ in 0..200 {
        memory.fault("part", 0, Fault::Refuse(ErrorKind::Target));
    }
    let error = once(&memory, Mode::Oss).await.expect_err("no part arrives");
    assert_eq!(error.advice(), RetryAdvice::Exhausted);
    memory.world().clear_faults();
    memory.fault("read", 0, Fault::Deny(ErrorKind::Source));
    sleep(SECOND_RUN).await;
    once(&memory, Mode::Oss).await.expect_err("refused at another place");
    assert!(!record(&memory).await.state.has_ended());
    judge(&memory, &until_published(&memory, Mode::Oss).await, "in between");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_in_the_middle_of_the_claim_leaves_the_event_to_come_again() {
    use crate::ledger::tests::memory::{Fault as Down, Outage};
    let memory = Memory::holding(bytes(SIZE));
    let work = work(&memory, Mode::Oss).await.expect("it is there");
    let forever = Duration::from_secs(1 << 40);
    memory.ledger.world().outage =
        Some(Outage { from: 1, calls: usize::MAX, lasts: forever, fault: Down::Refuse });
    let run = RunContext { deadline: Some(Instant::now() + Duration::from_secs(5)), ..RunContext::default() };
    let error = memory.uploader().upload(&work, &run).await.expect_err("the ledger is down");
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(error.upload_id().is_some() && !error.is_recorded(), "{error:?}");
    memory.ledger.world().outage = None;
    judge(&memory, &until_published(&memory, Mode::Oss).await, "once more");
    let run = RunContext { deadline: Some(Instant::now()), ..RunContext::default() };
    assert!(memory.uploader().upload(&work, &run).await.is_ok(), "what has ended answers at once");
}
