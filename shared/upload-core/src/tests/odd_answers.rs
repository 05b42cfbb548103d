//! One odd answer is final nowhere: whatever a store or something between answers once, at any call that leaves the core, there is one
//! video in the end, and the upload is open meanwhile.

use super::{
    bytes,
    deliveries::{assert_nothing_open, assert_published, read_record},
    memory::{Fault, Memory, Quirks},
    request_for,
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
fn odd_answers_to(operation: &str) -> Vec<Fault> {
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
        // A response that is not in Youku's format is requested again; one in its format is believed.
        _ => vec![Fault::Refuse(Youku)],
    }
}

async fn upload_once(memory: &Memory, mode: Mode) -> Result<PublishedVideo, Error> {
    let request = request_for(memory, mode).await?;
    memory.uploader().upload(&request, &RunContext::default()).await
}

/// Uploads again until there is a video, as events, people and sweeps do.
async fn upload_until_published(memory: &Memory, mode: Mode) -> Result<PublishedVideo, Error> {
    let mut ended = upload_once(memory, mode).await;
    for _ in 0..4 {
        let Err(error) = &ended else { break };
        let pause = match error.advice() {
            RetryAdvice::Retry { retry_after: not_before } => not_before.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        sleep(pause.max(Duration::from_secs(80))).await;
        ended = upload_once(memory, mode).await;
    }
    ended
}

/// The calls of an undisturbed run.
async fn trace_calls(mode: Mode, quirks: Quirks) -> Vec<&'static str> {
    let calm = Memory::with_quirks(quirks, SIZE);
    assert_published(&calm, &upload_once(&calm, mode).await, "calm");
    let calls = calm.world().calls.clone();
    calls.into_iter().filter(|call| *call != "ledger").collect()
}

/// One odd answer at any call ends in one video, and never in `failed`.
#[tokio::test(start_paused = true)]
async fn one_odd_answer_at_any_call_ends_in_one_video() {
    for mode in MODES {
        // The second reads the object before; the third asks the target after completion.
        let asks_target = Quirks { answers_no_crc: true, ..Quirks::HIDES_PARTS };
        for quirks in [Quirks::NONE, Quirks { hides_md5: true, ..Quirks::NONE }, asks_target] {
            let calls = trace_calls(mode, quirks).await;
            for (number, operation) in calls.iter().enumerate() {
                let skip = calls[..number].iter().filter(|call| *call == operation).count();
                for answer in odd_answers_to(operation) {
                    let memory = Memory::with_quirks(quirks, SIZE);
                    memory.fault(operation, u32::try_from(skip).expect("few"), answer);
                    let what = format!("{mode:?}, quirks {quirks:?}, {operation} {skip}: {answer:?}");
                    let first = upload_once(&memory, mode).await;
                    if !memory.ledger.keys("ledger/").is_empty() {
                        let steps = read_record(&memory).await.history;
                        let failed = steps.iter().any(|entry| entry.step.kind() == StepKind::Failed);
                        assert!(!failed, "{what}: {first:?}");
                    }
                    let ended = upload_until_published(&memory, mode).await;
                    assert_published(&memory, &ended, &what);
                    assert_nothing_open(&memory, &what).await;
                }
            }
        }
    }
}

/// Denies every further call of this operation.
fn deny_always(memory: &Memory, operation: &'static str, kind: ErrorKind) {
    for _ in 0..200 {
        memory.fault(operation, 0, Fault::Deny(kind));
    }
}

fn wait_reasons(record: &ledger::Record) -> Vec<WaitReason> {
    let reasons = record.history.iter().filter_map(|entry| match &entry.step {
        Step::Waiting(waiting) => Some(waiting.reason),
        _ => None,
    });
    reasons.collect()
}

/// A refusal that nothing explains is final only when a second run meets it.
#[tokio::test(start_paused = true)]
async fn an_unexplained_refusal_is_final_in_the_second_run_only() {
    let cases = [
        (Mode::Oss, "read", ErrorKind::Source, WaitReason::SourceRefused),
        (Mode::Oss, "part", ErrorKind::Target, WaitReason::TargetRefused),
        (Mode::Oss, "initiate", ErrorKind::Target, WaitReason::TargetRefused),
        (Mode::Slice, "slice", ErrorKind::Target, WaitReason::TargetRefused),
    ];
    for (mode, operation, kind, reason) in cases {
        let memory = Memory::holding(bytes(SIZE));
        deny_always(&memory, operation, kind);
        let begun = Instant::now();
        let error = upload_once(&memory, mode).await.expect_err("refused");
        // The caller gets the answer at once.
        assert!(error.kind() == kind && error.is_retryable(), "{operation}: {error:?}");
        assert!(begun.elapsed() < Duration::from_secs(60), "{operation}: {:?}", begun.elapsed());
        let after_one = read_record(&memory).await;
        assert_eq!(
            (wait_reasons(&after_one), after_one.state.has_ended()),
            (vec![reason], false),
            "{operation}"
        );
        // Nobody resumes it before its time.
        sleep(SECOND_RUN / 2).await;
        let error = upload_once(&memory, mode).await.expect_err("it rests");
        assert!(error.kind() == kind && error.is_retryable(), "{operation}: {error:?}");
        assert_eq!(read_record(&memory).await.sequence(), after_one.sequence(), "{operation}");
        sleep(SECOND_RUN).await;
        let error = upload_once(&memory, mode).await.expect_err("refused again");
        assert_eq!((error.kind(), error.advice()), (kind, RetryAdvice::Permanent), "{operation}");
        let ended = read_record(&memory).await;
        assert_eq!((ended.state, wait_reasons(&ended)), (State::Failed, vec![reason]), "{operation}");
        assert!(memory.world().videos.is_empty());
    }
}

/// One machine's way to the source may damage every byte: a second run, perhaps elsewhere, decides.
#[tokio::test(start_paused = true)]
async fn lasting_damage_is_final_in_the_second_run_only() {
    let damaged = || {
        let memory = Memory::holding(bytes(SIZE));
        memory.world().quirks.hides_md5 = true;
        (0..1000).for_each(|_| memory.fault("read", 0, Fault::Flip));
        memory
    };
    let (once, twice) = (damaged(), damaged());
    for memory in [&once, &twice] {
        let error = upload_once(memory, Mode::Oss).await.expect_err("damaged");
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Integrity, true), "{error:?}");
        assert_eq!(wait_reasons(&read_record(memory).await), [WaitReason::SourceRefused]);
    }
    once.world().clear_faults();
    assert_published(&once, &upload_until_published(&once, Mode::Oss).await, "damaged once");
    sleep(SECOND_RUN).await;
    let error = upload_once(&twice, Mode::Oss).await.expect_err("damaged again");
    assert_eq!(error.advice(), RetryAdvice::Permanent);
    assert_eq!(read_record(&twice).await.state, State::Failed);
}

#[tokio::test(start_paused = true)]
async fn a_second_run_that_fares_better_publishes() {
    let cases = [(Mode::Oss, "read", ErrorKind::Source), (Mode::Slice, "slice", ErrorKind::Target)];
    for (mode, operation, kind) in cases {
        let memory = Memory::holding(bytes(SIZE));
        memory.fault(operation, 1, Fault::Deny(kind));
        let ended = upload_until_published(&memory, mode).await;
        assert_published(&memory, &ended, operation);
    }
}

/// A bucket that refuses is asked once more with fresh credentials.
#[tokio::test(start_paused = true)]
async fn a_refusing_bucket_is_retried_with_fresh_credentials() {
    for operation in ["initiate", "part", "complete"] {
        let memory = Memory::holding(bytes(SIZE));
        memory.fault(operation, 0, Fault::Deny(ErrorKind::Target));
        assert_published(&memory, &upload_once(&memory, Mode::Oss).await, operation);
        assert_eq!(super::count_calls(&memory, "sts"), 1, "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_gone_is_believed_when_its_head_agrees() {
    for mode in MODES {
        let memory = Memory::holding(bytes(SIZE));
        let request = request_for(&memory, mode).await.expect("it is there");
        deny_always(&memory, "head", ErrorKind::SourceMissing);
        deny_always(&memory, "read", ErrorKind::SourceMissing);
        let error = memory.uploader().upload(&request, &RunContext::default()).await.expect_err("it is gone");
        assert_eq!((error.kind(), error.advice()), (ErrorKind::SourceMissing, RetryAdvice::Permanent));
    }
}

/// A source that answers every read with 404 although its HEAD succeeds leaves the upload open.
#[tokio::test(start_paused = true)]
async fn a_source_whose_reads_always_404_leaves_the_upload_open() {
    let memory = Memory::holding(bytes(SIZE));
    deny_always(&memory, "read", ErrorKind::SourceMissing);
    let error = upload_once(&memory, Mode::Oss).await.expect_err("it cannot be read");
    assert_eq!((error.kind(), error.advice()), (ErrorKind::SourceMissing, RetryAdvice::Exhausted));
    assert!(!read_record(&memory).await.state.has_ended());
}

#[tokio::test(start_paused = true)]
async fn a_run_that_its_deadline_ends_names_the_last_error() {
    let memory = Memory::holding(bytes(SIZE));
    for _ in 0..200 {
        memory.fault("part", 0, Fault::Refuse(ErrorKind::Target));
    }
    let request = request_for(&memory, Mode::Oss).await.expect("it is there");
    let run =
        RunContext { deadline: Some(Instant::now() + Duration::from_secs(20)), ..RunContext::default() };
    let error = memory.uploader().upload(&request, &run).await.expect_err("too late");
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(error.to_string().contains("last_error: target_failed in part"), "{error}");
}

/// The lookup before an upload gives up before the deadline, with its own error.
#[tokio::test(start_paused = true)]
async fn a_failing_head_gives_up_before_the_deadline() {
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

/// A refusal does not count as the second one where the upload made progress in between.
#[tokio::test(start_paused = true)]
async fn progress_between_two_refusals_keeps_the_upload_open() {
    let memory = Memory::holding(bytes(SIZE));
    memory.world().quirks.hides_md5 = true;
    memory.fault("read", 0, Fault::Deny(ErrorKind::Source));
    upload_once(&memory, Mode::Oss).await.expect_err("the reading pass is refused");
    sleep(SECOND_RUN).await;
    // The second run opens a session, and ends without a step of its own.
    for _ in 0..200 {
        memory.fault("part", 0, Fault::Refuse(ErrorKind::Target));
    }
    let error = upload_once(&memory, Mode::Oss).await.expect_err("no part arrives");
    assert_eq!(error.advice(), RetryAdvice::Exhausted);
    memory.world().clear_faults();
    memory.fault("read", 0, Fault::Deny(ErrorKind::Source));
    sleep(SECOND_RUN).await;
    upload_once(&memory, Mode::Oss).await.expect_err("refused at another place");
    assert!(!read_record(&memory).await.state.has_ended());
    assert_published(&memory, &upload_until_published(&memory, Mode::Oss).await, "in between");
}

/// A deadline in the middle of the claim leaves the event to be delivered again.
#[tokio::test(start_paused = true)]
async fn a_deadline_during_the_claim_leaves_the_event_to_retry() {
    use crate::ledger::tests::memory::{Fault as Down, Outage};
    let memory = Memory::holding(bytes(SIZE));
    let request = request_for(&memory, Mode::Oss).await.expect("it is there");
    let forever = Duration::from_secs(1 << 40);
    memory.ledger.world().outage =
        Some(Outage { from: 1, calls: usize::MAX, lasts: forever, fault: Down::Refuse });
    let run = RunContext { deadline: Some(Instant::now() + Duration::from_secs(5)), ..RunContext::default() };
    let error = memory.uploader().upload(&request, &run).await.expect_err("the ledger is down");
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(error.upload_id().is_some() && !error.is_recorded(), "{error:?}");
    memory.ledger.world().outage = None;
    assert_published(&memory, &upload_until_published(&memory, Mode::Oss).await, "once more");
    let run = RunContext { deadline: Some(Instant::now()), ..RunContext::default() };
    assert!(memory.uploader().upload(&request, &run).await.is_ok(), "what has ended answers at once");
}

/// While the ledger has a lease and no step, whoever holds it may be dead: the event that is refused is delivered again.
#[tokio::test(start_paused = true)]
async fn an_upload_without_a_step_leaves_the_event_to_retry() {
    use crate::ledger::tests::memory::{Fault as Down, Outage};
    let mut refused = 0;
    for from in 1..12 {
        let memory = Memory::holding(bytes(SIZE));
        let request = request_for(&memory, Mode::Oss).await.expect("it is there");
        let forever = Duration::from_secs(1 << 40);
        memory.ledger.world().outage =
            Some(Outage { from, calls: usize::MAX, lasts: forever, fault: Down::Refuse });
        let run =
            RunContext { deadline: Some(Instant::now() + Duration::from_secs(5)), ..RunContext::default() };
        memory.uploader().upload(&request, &run).await.expect_err("the ledger is down");
        memory.ledger.world().outage = None;
        let has_steps = memory
            .ledger()
            .read(&crate::UploadId::new(&request.object, &request.job))
            .await
            .expect("it answers")
            .is_some();
        match upload_once(&memory, Mode::Oss).await {
            Err(error) if error.kind() == ErrorKind::InProgress => {
                assert_eq!(error.is_recorded(), has_steps, "{from}: {error:?}");
                refused += u32::from(!has_steps);
            }
            other => assert_published(&memory, &other, "nobody had it"),
        }
        assert_published(&memory, &upload_until_published(&memory, Mode::Oss).await, "once more");
    }
    assert!(refused > 0, "no holder died between its lease and its first step");
}
