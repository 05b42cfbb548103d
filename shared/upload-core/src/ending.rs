//! How a run's end is recorded, and how a recorded end is answered.

use crate::{
    Error, ErrorKind, Published, Verdict,
    ledger::{End, Failure, Held, Record, State, Step, WaitReason, Waiting},
};
use std::time::{Duration, SystemTime};

/// How long an account whose token Youku refuses is left alone at first; the pause doubles each time, [`DOUBLED`] times at most.
const UNAUTHORISED_PAUSE: Duration = Duration::from_secs(600);
const DOUBLED: u32 = 5;
/// How long an upload waits for a caller whose token has run out. A new token makes an upload of its own, so that nobody may ever come.
const CALLER_PATIENCE: Duration = Duration::from_secs(3 * 86_400);
/// How long Youku is left alone after a refusal for the rate that names no time.
const RATE_LIMIT_PAUSE: Duration = Duration::from_secs(60);

/// The step that records this end, if one does. `now` is the store's clock.
///
/// What may go better by itself leaves the upload where it stands: its open mark brings it back.
pub(crate) fn ending(error: &Error, held: &Held, now: SystemTime) -> Option<Step> {
    if !held.record().state.is_working() {
        return None;
    }
    let waiting = |reason, pause: Option<Duration>| {
        let not_before = pause.map(|pause| (now + pause).into());
        Some(Step::Waiting(Waiting { reason, not_before }))
    };
    match (error.kind(), error.verdict()) {
        (ErrorKind::Superseded | ErrorKind::Ledger | ErrorKind::InProgress, _) => None,
        // A person, or the function's next credentials, repair these while the upload stands where it is.
        (ErrorKind::SourceDenied | ErrorKind::Config, _) => None,
        (ErrorKind::Deadline, _) => waiting(WaitReason::Deadline, None),
        (ErrorKind::RateLimited, Verdict::Retry { not_before }) => {
            waiting(WaitReason::RateLimited, Some(not_before.unwrap_or(RATE_LIMIT_PAUSE)))
        }
        (ErrorKind::RateLimited, _) => waiting(WaitReason::RateLimited, Some(RATE_LIMIT_PAUSE)),
        (kind @ ErrorKind::Unauthorised, _) if held.record().work.brought.is_some() => {
            if age(held.record(), now) >= CALLER_PATIENCE {
                let advice = Some("send the task again with a valid access token".into());
                return Some(Step::Failed(Failure {
                    code: kind.code().into(),
                    text: error.to_string(),
                    advice,
                }));
            }
            let reason = WaitReason::CallerTokenGone;
            waiting(reason, Some(unauthorised_pause(held.record(), reason)))
        }
        (ErrorKind::Unauthorised, _) => {
            let reason = WaitReason::Unauthorised;
            waiting(reason, Some(unauthorised_pause(held.record(), reason)))
        }
        // No time: whether calls can be made again is asked before the upload is taken up.
        (ErrorKind::Reauthorise, _) => waiting(WaitReason::Reauthorise, None),
        (kind, Verdict::Permanent) => Some(Step::Failed(Failure {
            code: kind.code().into(),
            text: error.to_string(),
            advice: Some(advice(kind).into()),
        })),
        _ => None,
    }
}

/// Longer each time that the upload was put aside for this reason.
fn unauthorised_pause(record: &Record, reason: WaitReason) -> Duration {
    let waited = record
        .history
        .iter()
        .filter(|entry| matches!(&entry.step, Step::Waiting(waiting) if waiting.reason == reason));
    let times = u32::try_from(waited.count()).unwrap_or(DOUBLED).min(DOUBLED);
    UNAUTHORISED_PAUSE * 2_u32.pow(times)
}

/// How long ago the upload began.
fn age(record: &Record, now: SystemTime) -> Duration {
    let began = record.history.first().map(|entry| entry.at.get());
    began.and_then(|began| now.duration_since(began).ok()).unwrap_or_default()
}

/// What a person can do about a failure.
fn advice(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidJob => {
            "correct the video's metadata and upload the object again, or ask with `again`"
        }
        ErrorKind::SourceMissing => "put the object back, then retry the upload",
        ErrorKind::SourceChanged => "nothing: the newer version of the object is an upload of its own",
        ErrorKind::CommitUnknown => "look for the video on Youku; if it is not there, retry the upload",
        ErrorKind::Integrity => "check the object: its bytes do not have the checksum its store states",
        _ => "see the log for the cause, then retry the upload",
    }
}

/// What an upload that ended before answers again.
pub(crate) fn stored(record: &Record) -> Result<Published, Error> {
    match record.state {
        State::Committed | State::Notified(End::Committed) | State::Followed => published(record),
        State::Cancelled => Err(Error::new(ErrorKind::Cancelled, "ledger", "the upload was cancelled")),
        _ => Err(failure(record)),
    }
}

fn published(record: &Record) -> Result<Published, Error> {
    let known = record.video_id.clone().zip(record.session.as_ref());
    let (video_id, (_, session)) =
        known.ok_or_else(|| Error::new(ErrorKind::Ledger, "ledger", INCOMPLETE))?;
    let (upload_id, size) = (record.id.clone(), record.work.object.size);
    Ok(Published { upload_id, video_id, size, md5: session.md5 })
}

const INCOMPLETE: &str = "the ledger says that the upload ended, and not how";

fn failure(record: &Record) -> Error {
    let Some(failure) = &record.failure else { return Error::new(ErrorKind::Ledger, "ledger", INCOMPLETE) };
    let kind = ErrorKind::from_code(&failure.code).unwrap_or(ErrorKind::Failed);
    Error::new(kind, "ledger", failure.text.clone())
}
