//! A holder freezes at every point for longer than its lease lives, and wakes when another has published: it adds nothing.

use super::{
    deliveries::{LEASE, judge, nothing_is_open, record, settle, youku},
    points::Points,
    work,
};
use crate::{ledger::StepKind, *};
use std::time::Duration;
use tokio::time::sleep;

const SIZE: usize = (1 << 20) + 1;
/// Half a call of the store takes this long, so that a woken holder does not hear of its successor before it can do anything.
const STORE_TAKES: Duration = Duration::from_millis(50);

/// Freezes at a point, or at none for 0; answers how many points the late holder passed.
async fn wakes_late(mode: Mode, switches: u32, point: u32) -> u32 {
    let memory = youku(switches, SIZE);
    memory.ledger.world().slow = Some(STORE_TAKES);
    let points = Points::default();
    points.freeze_at(point, LEASE * 3);
    let seen = memory.seen_through(points.clone());
    let late = async {
        let work = work(&seen, mode).await?;
        seen.uploader().upload(&work, &RunContext::default()).await
    };
    let successor = async {
        sleep(LEASE * 2).await;
        settle(&memory, mode).await
    };
    let (late, ended) = tokio::join!(Box::pin(points.machine(late)), Box::pin(successor));
    let what = format!("{mode:?}, switches {switches:b}, frozen at {point}");
    judge(&memory, &ended, &what);
    match late.expect("it wakes") {
        Ok(published) => assert_eq!(published.video_id, ended.expect("judged").video_id, "{what}"),
        Err(error) => {
            let aside = [ErrorKind::InProgress, ErrorKind::Superseded];
            assert!(aside.contains(&error.kind()), "{what}: {error:?}");
        }
    }
    if point > 0 {
        // The call that was on its way when it froze cannot be called back; no other may follow.
        let trace = points.trace();
        let since: Vec<_> = trace.iter().skip(point as usize).map(|(name, _)| *name).collect();
        assert!(!since.iter().any(|call| ["create", "commit", "cancel"].contains(call)), "{what}: {since:?}");
    }
    let steps = record(&memory).await.history;
    let committed = steps.iter().filter(|entry| entry.step.kind() == StepKind::Committed);
    assert_eq!(committed.count(), 1, "{what}");
    nothing_is_open(&memory, &what).await;
    points.passed()
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_wakes_late_at_any_point_opens_and_commits_nothing_more() {
    for (mode, switches) in [(Mode::Oss, 0), (Mode::Oss, 0b0011), (Mode::Slice, 0), (Mode::Slice, 0b1001)] {
        let points = wakes_late(mode, switches, 0).await;
        assert!(points > 30, "there are {points} points");
        for point in 1..=points {
            wakes_late(mode, switches, point).await;
        }
    }
}
