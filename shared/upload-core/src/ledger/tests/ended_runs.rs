//! How a run ended: which step records its error, how long the upload waits, and what a person is told to do.

use super::*;
use crate::{RetryAdvice, upload::terminal_step::terminal_step};
use tokio::time::sleep;

const SECOND_RUN: Duration = Duration::from_secs(300);
const THREE_DAYS: Duration = Duration::from_secs(3 * 86_400);

/// An upload whose run goes on until it meets an error.
struct Run {
    store: MemoryStore,
    ledger: Ledger,
    held: LeasedUpload,
}

impl Run {
    async fn new(request: &UploadRequest) -> Self {
        let store = MemoryStore::new();
        let ledger = ledger(&store);
        let held = acquire(&ledger, request).await;
        Self { store, ledger, held }
    }

    /// One whose bytes are all stored.
    async fn landed(request: &UploadRequest, session: OpenedSession) -> Self {
        let mut run = Self::new(request).await;
        run.held.append_session(session).await.expect("opened");
        run.held.append(Step::Transferred(Transferred::default())).await.expect("landed");
        run
    }

    fn end(&self, error: &Error) -> Option<Step> {
        terminal_step(error, &self.held, self.store.now(), SECOND_RUN)
    }

    fn wait(&self, reason: WaitReason, seconds: Option<u64>) -> Option<Step> {
        let not_before = seconds.map(|seconds| (self.store.now() + Duration::from_secs(seconds)).into());
        Some(Step::Waiting(Waiting { reason, not_before }))
    }

    fn failure(&self, error: &Error) -> Failure {
        match self.end(error) {
            Some(Step::Failed(failure)) => failure,
            other => panic!("{error:?}: {other:?}"),
        }
    }

    fn advice(&self, error: &Error) -> String {
        self.failure(error).advice.unwrap_or_default()
    }

    /// Records the step, if there is one; the next run begins after so long.
    async fn run_again(mut self, step: Option<Step>, after: Duration) -> Self {
        if let Some(step) = step {
            self.held.append(step).await.expect("it follows");
        }
        let id = self.held.id().clone();
        self.held.release().await;
        sleep(after).await;
        match self.ledger.resume_at_once(&id).await {
            Ok(Claim::Acquired(held)) => Self { held: *held, ..self },
            other => panic!("not held: {other:?}"),
        }
    }
}

fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "call", "it says no")
}

fn retry(retry_after: Option<u64>) -> RetryAdvice {
    RetryAdvice::Retry { retry_after: retry_after.map(Duration::from_secs) }
}

#[tokio::test(start_paused = true)]
async fn each_error_makes_the_upload_wait_for_what_resolves_it() {
    let run = Run::new(&new_request("k", None)).await;
    for (error, reason, seconds) in [
        (error(ErrorKind::Deadline), WaitReason::Deadline, None),
        (error(ErrorKind::RateLimited).with_advice(retry(Some(90))), WaitReason::RateLimited, Some(90)),
        (error(ErrorKind::RateLimited).with_advice(retry(None)), WaitReason::RateLimited, Some(60)),
        (error(ErrorKind::RateLimited), WaitReason::RateLimited, Some(60)),
        (error(ErrorKind::Unauthorized), WaitReason::Unauthorized, Some(600)),
        (error(ErrorKind::ClientRefused), WaitReason::ClientRefused, Some(600)),
        (error(ErrorKind::Reauthorize), WaitReason::Reauthorize, None),
        (error(ErrorKind::CommitUnknown), WaitReason::CommitUnknown, Some(60)),
        (error(ErrorKind::Source), WaitReason::SourceRefused, Some(300)),
        (error(ErrorKind::Integrity), WaitReason::SourceRefused, Some(300)),
        (error(ErrorKind::VerificationFailed), WaitReason::SourceRefused, Some(300)),
        (error(ErrorKind::Target), WaitReason::TargetRefused, Some(300)),
        (error(ErrorKind::PartExists), WaitReason::TargetRefused, Some(300)),
        (error(ErrorKind::NoSuchMultipart), WaitReason::TargetRefused, Some(300)),
    ] {
        assert_eq!(run.end(&error), run.wait(reason, seconds), "{error:?}");
    }
}

/// What others decide, and what may resolve by itself, leaves the upload as it is.
#[tokio::test(start_paused = true)]
async fn an_error_that_says_nothing_about_the_upload_is_not_recorded() {
    use ErrorKind::{Cancelled, Config, InProgress, Ledger, Source, SourceDenied, Superseded, Youku};
    let mut run = Run::new(&new_request("k", None)).await;
    for kind in [Superseded, Cancelled, Ledger, InProgress, SourceDenied, Config] {
        assert_eq!(run.end(&error(kind)), None, "{kind:?}");
    }
    assert_eq!(run.end(&error(Youku).retryable()), None);
    assert_eq!(run.end(&error(Source).retryable()), None);
    assert_eq!(run.failure(&error(Youku)).code, "youku_failed");
    run.held.append(failed()).await.expect("appended");
    assert_eq!(run.end(&error(Youku)), None, "it has ended");
}

#[tokio::test(start_paused = true)]
async fn waits_for_the_same_reason_grow_to_their_longest() {
    use ErrorKind::{ClientRefused, CommitUnknown, Unauthorized};
    let by_token = [600, 1200, 2400, 4800, 9600, 19_200, 19_200];
    let by_commit = [60, 120, 240, 480, 960, 1920, 3840, 7680, 15_360, 21_600, 21_600];
    for (kind, reason, pauses) in [
        (Unauthorized, WaitReason::Unauthorized, &by_token[..]),
        (ClientRefused, WaitReason::ClientRefused, &by_token[..]),
        (CommitUnknown, WaitReason::CommitUnknown, &by_commit[..]),
    ] {
        let mut run = Run::landed(&new_request("k", None), session("1")).await;
        for pause in pauses {
            let step = run.end(&error(kind));
            assert_eq!(step, run.wait(reason, Some(*pause)), "{kind:?}");
            run = run.run_again(step, Duration::ZERO).await;
        }
    }
}

/// A person looks for the video then, and may ask for another one; whoever retries it has Youku asked anew.
#[tokio::test(start_paused = true)]
async fn after_three_days_nobody_asks_for_a_commit_any_more() {
    let stored = new_request("dir/k.mp4", None);
    let mut carried = new_request("k.mp4", None);
    for location in [&mut carried.object.location, &mut carried.job.location] {
        (location.provider, location.bucket) = (Provider::Folder, String::new());
    }
    for (request, ways) in
        [(stored, ["\"oss://b/dir/k.mp4\" --again", "a task with"]), (carried, ["\"k.mp4\" --again", ""])]
    {
        let unknown = error(ErrorKind::CommitUnknown);
        let run = Run::landed(&request, session("1")).await;
        let run = {
            let step = run.end(&unknown);
            run.run_again(step, THREE_DAYS - Duration::from_secs(1)).await
        };
        let last = run.end(&unknown);
        assert_eq!(last, run.wait(WaitReason::CommitUnknown, Some(120)));
        let mut run = run.run_again(last, Duration::from_secs(1)).await;
        let failure = run.failure(&unknown);
        assert_eq!(failure.code, "commit_unknown");
        let advice = failure.advice.clone().expect("what to do");
        let anew = format!("oss2youku retry {} --new-session", run.held.id());
        assert!(advice.contains(&anew) && ways.iter().all(|way| advice.contains(way)), "{advice}");
        assert_eq!(advice.contains("a task with"), !request.object.location.is_carried(), "{advice}");
        run.held.append(Step::Failed(failure)).await.expect("it follows");
        let id = run.held.id().clone();
        run.held.release().await;
        run.held = run.ledger.reopen(&id, Reopening::default()).await.expect("it failed");
        assert_eq!(run.end(&unknown), run.wait(WaitReason::CommitUnknown, Some(60)), "asked anew");
    }
}

/// A new token makes a new upload, so that its caller may never come back to this one.
#[tokio::test(start_paused = true)]
async fn a_callers_upload_waits_three_days_for_another_token() {
    let request = UploadRequest { caller_account: Some("a token".into()), ..new_request("k", None) };
    for kind in [ErrorKind::Unauthorized, ErrorKind::ClientRefused] {
        let run = Run::new(&request).await;
        let step = run.end(&error(kind));
        assert_eq!(step, run.wait(WaitReason::CallerTokenGone, Some(600)));
        let run = run.run_again(step, THREE_DAYS - Duration::from_secs(1)).await;
        let step = run.end(&error(kind));
        assert_eq!(step, run.wait(WaitReason::CallerTokenGone, Some(1200)));
        let run = run.run_again(step, Duration::from_secs(1)).await;
        let failure = run.failure(&error(kind));
        assert_eq!(failure.code, kind.code());
        assert!(failure.advice.is_some_and(|advice| advice.contains("send the task again")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_says_what_a_person_can_do_about_it() {
    let run = Run::new(&new_request("k", None)).await;
    for (kind, words) in [
        (ErrorKind::InvalidJob, "correct the video's metadata"),
        (ErrorKind::SourceMissing, "put the object back"),
        (ErrorKind::SourceChanged, "the newer version of the object"),
        (ErrorKind::HashRefused, "correct the stated MD5"),
        (ErrorKind::Youku, "see the log"),
    ] {
        let failure = run.failure(&error(kind));
        assert_eq!((failure.code.as_str(), failure.text.contains("it says no")), (kind.code(), true));
        assert!(failure.advice.as_ref().is_some_and(|advice| advice.contains(words)), "{failure:?}");
    }
    let mut carried = new_request("k", None);
    for location in [&mut carried.object.location, &mut carried.job.location] {
        (location.provider, location.bucket) = (Provider::Folder, String::new());
    }
    let run = Run::new(&carried).await;
    assert!(run.advice(&error(ErrorKind::SourceChanged)).contains("upload the file again"));
    let damaged = error(ErrorKind::Integrity);
    let step = run.end(&damaged);
    let run = run.run_again(step, SECOND_RUN).await;
    assert!(run.advice(&damaged).contains("check the object"));
}

/// Slices that several runs sent may have been damaged on the way of one of them.
#[tokio::test(start_paused = true)]
async fn a_refused_hash_names_slices_of_several_runs() {
    for several in [false, true] {
        let target = Target::Slice { upload_server: "s".into(), slice_kib: 64, already_stored: false };
        let mut run = Run::new(&new_request("k", None)).await;
        run.held.append_session(OpenedSession { target, ..session("1") }).await.expect("opened");
        if several {
            run = run.run_again(None, Duration::ZERO).await;
        }
        run.held.append(Step::Transferred(Transferred::default())).await.expect("landed");
        let advice = run.advice(&error(ErrorKind::HashRefused));
        assert_eq!(advice.contains("several runs sent its slices"), several, "{advice}");
    }
}

/// Youku may have refused a commit because the session was shorter than usual.
#[tokio::test(start_paused = true)]
async fn a_refused_commit_names_the_settings_of_a_shorter_session() {
    let without_md5 = OpenedSession { md5: None, ..session("1") };
    let run = Run::landed(&new_request("k", None), without_md5.clone()).await;
    assert!(run.advice(&error(ErrorKind::Youku)).contains("take youku.md5 out of the settings"));
    assert!(run.advice(&error(ErrorKind::SourceMissing)).contains("put the object back"));
    let whole = Run::landed(&new_request("k", None), session("1")).await;
    assert!(whole.advice(&error(ErrorKind::Youku)).contains("see the log"));
    let mut open = Run::new(&new_request("k", None)).await;
    open.held.append_session(without_md5).await.expect("opened");
    assert!(open.advice(&error(ErrorKind::Youku)).contains("see the log"), "nothing was committed");
}

/// A refusal that nothing explains is confirmed by a run that began after the pause, and by no other.
#[tokio::test(start_paused = true)]
async fn a_second_run_counts_if_it_began_after_the_pause() {
    let refused = error(ErrorKind::Source);
    // When the next run begins, and how long its refusal makes the upload wait.
    for (begins, expected) in [(1, Some(299)), (299, Some(1)), (300, None), (301, None)] {
        let run = Run::new(&new_request("k", None)).await;
        let step = run.end(&refused);
        let run = run.run_again(step, Duration::from_secs(begins)).await;
        match expected {
            Some(pause) => assert_eq!(run.end(&refused), run.wait(WaitReason::SourceRefused, Some(pause))),
            None => assert_eq!(run.failure(&refused).code, "source_failed"),
        }
        let of_target = run.end(&error(ErrorKind::Target));
        assert_eq!(of_target, run.wait(WaitReason::TargetRefused, Some(300)), "another refusal");
    }
}

/// Of several refusals in a row, each met too early, the first counts; a run that left no refusal says nothing.
#[tokio::test(start_paused = true)]
async fn a_second_run_confirms_the_first_refusal_of_a_row() {
    let refused = error(ErrorKind::Source);
    let run = Run::new(&new_request("k", None)).await;
    let step = run.end(&refused);
    let run = run.run_again(step, Duration::from_secs(100)).await;
    let step = run.end(&refused);
    let run = run.run_again(step, Duration::from_secs(200)).await;
    assert_eq!(run.failure(&refused).code, "source_failed");
    let run = run.run_again(None, Duration::from_secs(100)).await;
    assert_eq!(
        run.end(&refused),
        run.wait(WaitReason::SourceRefused, Some(300)),
        "nobody knows how the run before ended"
    );
}
