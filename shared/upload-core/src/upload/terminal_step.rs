//! Maps the error that ended a run to the step that records it.

use crate::{
    Error, ErrorKind, RetryAdvice, UploadError as _,
    ledger::{Entry, Failure, LeasedUpload, Record, State, Step, StepKind, WaitReason, Waiting},
    upload::{second_run, shortcuts::is_refusal},
};
use std::time::{Duration, SystemTime};

/// The first pause of an account whose token Youku refuses. It doubles each time, at most [`MAX_DOUBLINGS`] times.
const UNAUTHORIZED_PAUSE: Duration = Duration::from_secs(600);
const MAX_DOUBLINGS: u32 = 5;
/// How long an upload waits for a caller whose token has expired. A new token makes a new upload, so the caller may never return.
const CALLER_WAIT: Duration = Duration::from_secs(3 * 86_400);
/// How long an upload waits for Youku to show whether its commit went through (design: adoption).
const COMMIT_WAIT: Duration = Duration::from_secs(3 * 86_400);
/// The pause before Youku is asked again for that; it doubles each time.
const COMMIT_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_COMMIT_PAUSE: Duration = Duration::from_secs(6 * 3600);
/// The failure text of a commit whose result stayed unknown.
const GAVE_UP_ASKING: &str = "the session ended and Youku did not show for three days whether the video was committed: look before uploading again";
/// The pause after a rate refusal that states no time.
const RATE_LIMIT_PAUSE: Duration = Duration::from_secs(60);

/// Returns the step that records this error, if one does. `now` is the store's clock.
///
/// Errors that may resolve by themselves record nothing: the open mark brings the upload back. `second_run` is the time from an
/// unexplained refusal to the second run.
pub(crate) fn terminal_step(
    error: &Error,
    upload: &LeasedUpload,
    now: SystemTime,
    second_run: Duration,
) -> Option<Step> {
    if !upload.record().state.is_working() {
        return None;
    }
    let waiting = |reason, pause: Option<Duration>| {
        let not_before = pause.map(|pause| (now + pause).into());
        Some(Step::Waiting(Waiting { reason, not_before }))
    };
    match (error.kind(), error.advice()) {
        (ErrorKind::Superseded | ErrorKind::Cancelled | ErrorKind::Ledger | ErrorKind::InProgress, _) => None,
        // A person, or the function's next credentials, resolve these; the upload stays as it is.
        (ErrorKind::SourceDenied | ErrorKind::Config, _) => None,
        (ErrorKind::Deadline, _) => waiting(WaitReason::Deadline, None),
        (ErrorKind::RateLimited, RetryAdvice::Retry { retry_after }) => {
            waiting(WaitReason::RateLimited, Some(retry_after.unwrap_or(RATE_LIMIT_PAUSE)))
        }
        (ErrorKind::RateLimited, _) => waiting(WaitReason::RateLimited, Some(RATE_LIMIT_PAUSE)),
        (kind @ (ErrorKind::Unauthorized | ErrorKind::ClientRefused), _)
            if upload.record().request.caller_account.is_some() =>
        {
            if age(upload.record(), now) >= CALLER_WAIT {
                let advice = Some("send the task again with a valid access token".into());
                return Some(Step::Failed(Failure {
                    code: kind.code().into(),
                    text: error.to_string(),
                    advice,
                }));
            }
            let reason = WaitReason::CallerTokenGone;
            waiting(reason, Some(unauthorized_pause(upload.record(), reason)))
        }
        (ErrorKind::Unauthorized, _) => {
            let reason = WaitReason::Unauthorized;
            waiting(reason, Some(unauthorized_pause(upload.record(), reason)))
        }
        (ErrorKind::ClientRefused, _) => {
            let reason = WaitReason::ClientRefused;
            waiting(reason, Some(unauthorized_pause(upload.record(), reason)))
        }
        (ErrorKind::CommitUnknown, _) if is_wait_over(upload.record(), now) => {
            let code = error.kind().code().into();
            Some(Step::Failed(Failure {
                code,
                text: GAVE_UP_ASKING.into(),
                advice: Some(describe_last_state(upload.record())),
            }))
        }
        (ErrorKind::CommitUnknown, _) => {
            let reason = WaitReason::CommitUnknown;
            let times = upload.record().count_waits(reason).min(32);
            let pause = COMMIT_PAUSE * 2_u32.saturating_pow(u32::try_from(times).unwrap_or(u32::MAX));
            waiting(reason, Some(pause.min(LONGEST_COMMIT_PAUSE)))
        }
        // No time: the next holder checks first whether calls are possible again.
        (ErrorKind::Reauthorize, _) => waiting(WaitReason::Reauthorize, None),
        (kind, RetryAdvice::Permanent) => {
            let pause = second_run::pause_before_second_run(upload.record(), kind, now, second_run);
            Some(pause.map_or_else(|| failed_step(error, upload.record()), Step::Waiting))
        }
        _ => None,
    }
}

fn failed_step(error: &Error, record: &Record) -> Step {
    let (kind, text) = (error.kind(), error.to_string());
    let advice = shortcut_advice(error, record)
        .or_else(|| preflight_advice(error))
        .unwrap_or_else(|| advice(kind, record).into());
    Step::Failed(Failure { code: kind.code().into(), text, advice: Some(advice) })
}

/// Names the settings that allowed a session which Youku did not commit.
fn shortcut_advice(error: &Error, record: &Record) -> Option<String> {
    let (_, session) = record.session.as_ref().filter(|_| record.state == State::Transferred)?;
    let settings = session.shortcut_settings().join(", ");
    (is_refusal(error) && !settings.is_empty()).then(|| {
        format!("Youku may have refused the session's shorter way: take {settings} out of the settings, then ask with `again`")
    })
}

/// What the findings say, and how to publish the object all the same.
fn preflight_advice(error: &Error) -> Option<String> {
    let report = error.preflight()?;
    let advice: Vec<_> = report.refusals().map(|finding| finding.advice.as_str()).collect();
    Some(format!(
        "{} To publish it as it is, ask with `preflight` set to `off`, or by `oss2youku upload --force`",
        advice.join(" ")
    ))
}

/// The pause grows each time that the upload waits for this reason.
fn unauthorized_pause(record: &Record, reason: WaitReason) -> Duration {
    let times = u32::try_from(record.count_waits(reason)).unwrap_or(MAX_DOUBLINGS).min(MAX_DOUBLINGS);
    UNAUTHORIZED_PAUSE * 2_u32.pow(times)
}

/// Whether Youku has been asked for long enough whether a commit went through.
fn is_wait_over(record: &Record, now: SystemTime) -> bool {
    let unknown =
        |entry: &&Entry| matches!(&entry.step, Step::Waiting(why) if why.reason == WaitReason::CommitUnknown);
    let since = record.history.iter().rev().take_while(|entry| entry.step.kind() != StepKind::Reopened);
    let first = since.filter(unknown).last();
    first.is_some_and(|first| now.duration_since(first.at.get()).is_ok_and(|age| age >= COMMIT_WAIT))
}

/// What a person can do about a commit of unknown result, with the commands.
fn describe_last_state(record: &Record) -> String {
    let (id, object) = (&record.id, &record.request.location);
    let again = if object.is_carried() {
        format!("`oss2youku upload {:?} --again once-more`", object.key)
    } else {
        format!("`oss2youku upload {:?} --again once-more`, or a task with `again`", object.to_string())
    };
    format!(
        "look for the video on Youku; if it is not there, `oss2youku retry {id} --new-session` uploads it anew, \
         and so does {again}"
    )
}

/// How long ago the upload began.
fn age(record: &Record, now: SystemTime) -> Duration {
    let began = record.history.first().map(|entry| entry.at.get());
    began.and_then(|began| now.duration_since(began).ok()).unwrap_or_default()
}

/// What a person can do about a failure.
fn advice(kind: ErrorKind, record: &Record) -> &'static str {
    match kind {
        ErrorKind::InvalidJob => {
            "correct the video's metadata and upload the object again, or ask with `again`"
        }
        ErrorKind::SourceMissing => "put the object back, then retry the upload",
        ErrorKind::SourceChanged if record.request.location.is_carried() => {
            "upload the file again once nothing writes to it any more"
        }
        ErrorKind::SourceChanged => "nothing: the newer version of the object is an upload of its own",
        ErrorKind::HashRefused if record.holds_unverified_slices() => {
            "ask with `again`: several runs sent its slices, and one of those was damaged on its way, unless a stated MD5 is wrong"
        }
        ErrorKind::HashRefused => {
            "correct the stated MD5, then ask with `again`; where it is right, ask Youku about it"
        }
        ErrorKind::Integrity | ErrorKind::VerificationFailed => {
            "check the object: its bytes do not have the checksum its store states"
        }
        _ => "see the log for the cause, then retry the upload",
    }
}
