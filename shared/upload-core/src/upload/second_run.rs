//! An unexplained refusal ends an upload only if a second run, started long enough after the first, meets it again.

use crate::{
    ErrorKind,
    ledger::{Entry, Record, Step, StepKind, WaitReason, Waiting},
};
use std::time::{Duration, SystemTime};

/// How long the upload waits after a refusal of this kind at `now`; `None` if no second run is needed, or this run was the second.
pub(crate) fn pause_before_second_run(
    record: &Record,
    kind: ErrorKind,
    now: SystemTime,
    pause: Duration,
) -> Option<Waiting> {
    let reason = reason(kind)?;
    let wait_until = |until: SystemTime| Some(Waiting { reason, not_before: Some(until.into()) });
    let Some(first) = first_refusal(record, reason) else { return wait_until(now + pause) };
    let due = first.at.get() + pause;
    // This run began with the newest step. One that was forced before the pause was over proves nothing.
    let was_early = record.history.last().is_none_or(|began| began.at.get() < due);
    if was_early { wait_until(due.max(now)) } else { None }
}

/// `None` for a refusal that explains itself: an object that a HEAD shows to be gone or replaced, a hash that Youku refuses, a missing
/// permission.
fn reason(kind: ErrorKind) -> Option<WaitReason> {
    match kind {
        // Bytes that are damaged each time they are read may be so on one machine's way to the source alone.
        ErrorKind::Source | ErrorKind::Integrity | ErrorKind::VerificationFailed => {
            Some(WaitReason::SourceRefused)
        }
        ErrorKind::Target | ErrorKind::PartExists | ErrorKind::NoSuchMultipart => {
            Some(WaitReason::TargetRefused)
        }
        _ => None,
    }
}

/// The refusal that this run may confirm: the upload waited because of it, and nothing else has happened to the upload since. A run in
/// between that left no such step does not count, because its result is unknown.
fn first_refusal(record: &Record, reason: WaitReason) -> Option<&Entry> {
    let mut steps = record.history.iter().rev();
    steps.next().filter(|newest| newest.step.kind() == StepKind::Claimed)?;
    let mut first = None;
    for entry in steps {
        match &entry.step {
            Step::Waiting(why) if why.reason == reason => first = Some(entry),
            // Of several in a row, each met by a run that started too early, the earliest counts.
            Step::Claimed { .. } if first.is_some() => {}
            _ => break,
        }
    }
    first
}
