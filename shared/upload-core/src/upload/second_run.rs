//! A refusal that nothing explains ends an upload only where a second run, begun long enough after the first, meets it again.

use crate::{
    ErrorKind,
    ledger::{Entry, Record, Step, StepKind, WaitReason, Waiting},
};
use std::time::{Duration, SystemTime};

/// The rest after a refusal of this kind at `now`; `None` where no second run is needed, or this run was it.
pub(crate) fn pause_before_second_run(
    record: &Record,
    kind: ErrorKind,
    now: SystemTime,
    pause: Duration,
) -> Option<Waiting> {
    let reason = reason(kind)?;
    let rests_until = |until: SystemTime| Some(Waiting { reason, not_before: Some(until.into()) });
    let Some(first) = first_refusal(record, reason) else { return rests_until(now + pause) };
    let due = first.at.get() + pause;
    let began = record.history.iter().rev().find(|entry| entry.step.kind() == StepKind::Claimed);
    // A run that was forced before its time proves nothing.
    let was_early = began.is_none_or(|began| began.sequence < first.sequence || began.at.get() < due);
    if was_early { rests_until(due.max(now)) } else { None }
}

/// What explains itself needs no second run: an object that a HEAD shows to be gone or another one, a hash that Youku refuses, a missing
/// right.
fn reason(kind: ErrorKind) -> Option<WaitReason> {
    match kind {
        ErrorKind::Source => Some(WaitReason::SourceRefused),
        ErrorKind::Target | ErrorKind::PartExists | ErrorKind::NoSuchMultipart => {
            Some(WaitReason::TargetRefused)
        }
        _ => None,
    }
}

/// The refusal that this run is the second to meet: the upload rested for it, and nothing else has happened to it since. What a run in between came to that
/// left no such step is not known, so it does not count as a refusal.
fn first_refusal(record: &Record, reason: WaitReason) -> Option<&Entry> {
    let mut steps = record.history.iter().rev();
    steps.next().filter(|newest| newest.step.kind() == StepKind::Claimed)?;
    let mut first = None;
    for entry in steps {
        match &entry.step {
            Step::Waiting(why) if why.reason == reason => first = Some(entry),
            // Of several in a row, each met by a run that began too early, the earliest counts.
            Step::Claimed { .. } if first.is_some() => {}
            _ => break,
        }
    }
    first
}
