//! When an upload's callback is attempted again, and when Youku is asked again about its video.

use crate::ledger::Record;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// For how long a callback is retried, and Youku is asked about a video.
pub(crate) const GIVE_UP_AFTER: Duration = Duration::from_secs(3 * 86_400);
/// Youku is asked at these multiples of the first pause after the commit, then at every multiple of the last one by the store's clock: the
/// videos of a day are due together, and one call asks about many.
const QUERY_PAUSES: [u32; 6] = [1, 2, 5, 10, 30, 60];
/// The longest pause between two attempts, in first pauses.
const MAX_PAUSES: u32 = 180;

/// The longest pause between two looks at a video whose hour has come, in first pauses.
const MAX_HOUR_PAUSES: u32 = 10;

/// Returns when the rest of an upload that has ended is due, its callback or its video's hour, `retry_after` from `now` at the earliest.
/// `pause` is the pause before the first attempt of a sweep. The callback is not due before `postponed`, for which its receiver asked.
pub(crate) fn next_due(
    record: &Record,
    now: SystemTime,
    pause: Duration,
    retry_after: Duration,
    postponed: Option<SystemTime>,
) -> SystemTime {
    let callback =
        record.has_pending_callback().then(|| callback_due(record, now, pause).max(postponed.unwrap_or(now)));
    let hour = record.pending_publication().map(|pending| hour_due(pending.since.get(), now, pause));
    let due = callback.into_iter().chain(hour).min().unwrap_or(now);
    due.max(now + retry_after)
}

/// When the video's hour is carried out: then or, where that failed or Youku did not show the video as published, soon again.
pub(crate) fn hour_due(at: SystemTime, now: SystemTime, pause: Duration) -> SystemTime {
    match now.duration_since(at) {
        Ok(late) => now + (late / 4).clamp(pause, pause * MAX_HOUR_PAUSES),
        Err(_) => at,
    }
}

fn callback_due(record: &Record, now: SystemTime, pause: Duration) -> SystemTime {
    let (ended, age) = (ended_at(record), age(record, now));
    if record.pending_event_callback() && record.untold_refusal().is_none() {
        return next_question(ended, now, pause);
    }
    let pause = (age / 2).clamp(pause, pause * MAX_PAUSES);
    (now + pause).min((ended + GIVE_UP_AFTER).max(now))
}

/// Time since that happened which the next message is about.
pub(super) fn age(record: &Record, now: SystemTime) -> Duration {
    now.duration_since(ended_at(record)).unwrap_or_default()
}

/// When that happened which the next message is about, by the ledger's clock: the refusal of a change, else the upload's end.
fn ended_at(record: &Record) -> SystemTime {
    let refusal = record.untold_refusal().filter(|_| !record.pending_outcome_callback());
    refusal.or(record.end()).map_or(SystemTime::UNIX_EPOCH, |entry| entry.at.get())
}

/// Returns when Youku is asked next about a video that was committed at `ended`. `pause` is the pause before the first attempt of a sweep.
pub(crate) fn next_question(ended: SystemTime, now: SystemTime, pause: Duration) -> SystemTime {
    let age = now.duration_since(ended).unwrap_or_default();
    let listed = QUERY_PAUSES.iter().map(|times| pause * *times).find(|at| *at > age);
    listed.map_or_else(
        || {
            let period = (pause * QUERY_PAUSES[QUERY_PAUSES.len() - 1]).as_secs().max(1);
            let since = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
            UNIX_EPOCH + Duration::from_secs((since / period + 1) * period)
        },
        |at| ended + at,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Young videos are asked about by their own age, older ones together on the hour.
    #[test]
    fn older_videos_are_due_together() {
        let at = |seconds: u64| UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds);
        let pause = Duration::from_secs(60);
        for (ended, now, due) in [
            (7, 7, 67),
            (7, 66, 67),
            (7, 67, 127),
            (7, 1807, 3607),
            (7, 3607, 7200),
            (900, 5000, 7200),
            (900, 7199, 7200),
            (900, 7200, 10_800),
        ] {
            assert_eq!(next_question(at(ended), at(now), pause), at(due), "{ended} {now}");
        }
    }
}
