//! When an upload's callback is attempted again, and when Youku is asked again about its video.

use crate::ledger::Record;
use std::time::{Duration, SystemTime};

/// For how long a callback is retried, and Youku is asked about a video.
pub(super) const GIVE_UP_AFTER: Duration = Duration::from_secs(3 * 86_400);
/// Youku is asked at these multiples of the first pause after the commit, then at every multiple of the last one.
const QUERY_PAUSES: [u32; 6] = [1, 2, 5, 10, 30, 60];
/// The longest pause between two attempts, in first pauses.
const MAX_PAUSES: u32 = 180;

/// Returns when the rest of an upload's callback is due, `retry_after` from `now` at the earliest. `pause` is the pause
/// before the first attempt of a sweep.
pub(super) fn next_due(
    record: &Record,
    now: SystemTime,
    pause: Duration,
    retry_after: Duration,
) -> SystemTime {
    let (ended, age) = (ended_at(record), age(record, now));
    let due = if record.pending_event_callback() {
        ended + next_query(age, pause)
    } else {
        let pause = (age / 2).clamp(pause, pause * MAX_PAUSES);
        (now + pause).min((ended + GIVE_UP_AFTER).max(now))
    };
    due.max(now + retry_after)
}

/// Time since the upload ended.
pub(super) fn age(record: &Record, now: SystemTime) -> Duration {
    now.duration_since(ended_at(record)).unwrap_or_default()
}

/// When the upload ended, by the ledger's clock.
fn ended_at(record: &Record) -> SystemTime {
    record.end().map_or(SystemTime::UNIX_EPOCH, |end| end.at.get())
}

/// The age at which Youku is asked next about a video of this age.
fn next_query(age: Duration, pause: Duration) -> Duration {
    let listed = QUERY_PAUSES.iter().map(|times| pause * *times).find(|at| *at > age);
    let last = pause * QUERY_PAUSES[QUERY_PAUSES.len() - 1];
    listed.unwrap_or_else(|| {
        let periods = age.as_secs() / last.as_secs().max(1) + 1;
        Duration::from_secs(periods * last.as_secs())
    })
}
