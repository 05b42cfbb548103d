//! A holder freezes at every crash point for longer than its lease lives, and wakes when another has published: it adds nothing.

use super::{
    crash_points::{CrashPoints, report_crash_points},
    deliveries::{LEASE, assert_nothing_open, assert_published, read_record, settle},
    memory::{Memory, Quirks},
    request_for,
};
use crate::{ledger::StepKind, *};
use std::time::Duration;
use tokio::time::sleep;

const SIZE: usize = (1 << 20) + 1;
/// Half a call of the store takes this long, so that a woken holder can act before it learns of its successor.
const STORE_TAKES: Duration = Duration::from_millis(50);

/// Freezes a holder at a crash point, or at none for 0. Returns how many crash points the late holder passed.
async fn freeze_at(mode: Mode, quirks: Quirks, point: u32) -> u32 {
    let memory = Memory::with_quirks(quirks, SIZE);
    memory.ledger.world().slow = Some(STORE_TAKES);
    let crash_points = CrashPoints::default();
    crash_points.freeze_at(point, LEASE * 3);
    let seen = memory.seen_through(crash_points.clone());
    let late = async {
        let request = request_for(&seen, mode).await?;
        seen.uploader().upload(&request, &RunContext::default()).await
    };
    let successor = async {
        sleep(LEASE * 2).await;
        settle(&memory, mode).await
    };
    let (late, ended) = tokio::join!(Box::pin(crash_points.machine(late)), Box::pin(successor));
    let what = format!("{mode:?}, quirks {quirks:?}, frozen at {point}");
    assert_published(&memory, &ended, &what);
    match late.expect("it wakes") {
        Ok(published) => assert_eq!(published.video_id, ended.expect("judged").video_id, "{what}"),
        Err(error) => {
            let aside = [ErrorKind::InProgress, ErrorKind::Superseded];
            assert!(aside.contains(&error.kind()), "{what}: {error:?}");
        }
    }
    if point > 0 {
        // The call that was on its way when it froze cannot be called back; no other may follow.
        let trace = crash_points.trace();
        let since: Vec<_> = trace.iter().skip(point as usize).map(|(name, _)| *name).collect();
        assert!(!since.iter().any(|call| ["create", "commit", "cancel"].contains(call)), "{what}: {since:?}");
    }
    let steps = read_record(&memory).await.history;
    let committed = steps.iter().filter(|entry| entry.step.kind() == StepKind::Committed);
    assert_eq!(committed.count(), 1, "{what}");
    assert_nothing_open(&memory, &what).await;
    crash_points.passed()
}

/// A holder that freezes at any crash point and wakes late opens and commits nothing more.
#[tokio::test(start_paused = true)]
async fn a_holder_frozen_at_any_point_commits_nothing_more() {
    let mut covered = 0;
    for (mode, quirks) in Quirks::BY_MODE {
        let crash_points = freeze_at(mode, quirks, 0).await;
        assert!(crash_points > 30, "there are {crash_points} crash points");
        for point in 1..=crash_points {
            freeze_at(mode, quirks, point).await;
        }
        covered += crash_points;
    }
    report_crash_points("frozen", covered);
}
