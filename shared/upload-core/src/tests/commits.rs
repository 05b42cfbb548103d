//! The commit's answer is lost, and whatever Youku is like: one video, and no second session.

use super::{
    calls,
    deliveries::{SWITCHES, judge, nothing_is_open, settle, settle_with_crashes, youku},
    memory::{Fault, Memory},
};
use crate::{ledger::State, *};

const RATE_LIMITED: Fault = Fault::Refuse(ErrorKind::RateLimited);
const TROUBLE: Fault = Fault::Refuse(ErrorKind::Youku);

fn kinds() -> impl Iterator<Item = (Mode, u32)> {
    (0..1 << SWITCHES).flat_map(|switches| [(Mode::Oss, switches), (Mode::Slice, switches)])
}

/// A small object, whose calls of commit meet these.
fn with_commits(switches: u32, faults: &[Fault]) -> Memory {
    let memory = youku(switches, 1000);
    for fault in faults {
        memory.fault("commit", 0, *fault);
    }
    memory
}

async fn judged(memory: &Memory, ended: Result<PublishedVideo, Error>, what: &str) {
    judge(memory, &ended, what);
    assert_eq!(calls(memory, "create"), 1, "{what}");
    nothing_is_open(memory, what).await;
}

#[tokio::test(start_paused = true)]
async fn answers_lost_in_any_way_end_in_one_video_under_every_switch() {
    let ways: [&[Fault]; 6] = [
        &[Fault::LoseAnswer],
        &[Fault::LoseAnswer, Fault::LoseAnswer],
        &[Fault::LoseAnswer, RATE_LIMITED],
        &[RATE_LIMITED, Fault::LoseAnswer, RATE_LIMITED],
        &[TROUBLE, Fault::LoseAnswer, TROUBLE],
        &[Fault::LoseAnswer, Fault::Refuse(ErrorKind::Unauthorized)],
    ];
    for (mode, switches) in kinds() {
        for way in ways {
            let memory = with_commits(switches, way);
            let ended = settle(&memory, mode).await;
            judged(&memory, ended, &format!("{mode:?}, switches {switches:07b}, {way:?}")).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_lost_and_then_a_crash_end_in_one_video_under_every_switch() {
    for (mode, switches) in kinds() {
        let calm = with_commits(switches, &[Fault::LoseAnswer]);
        judge(&calm, &settle(&calm, mode).await, "no crash");
        let last = calm.points.passed();
        // The commit and what follows.
        for point in last - 14..=last {
            let memory = with_commits(switches, &[Fault::LoseAnswer]);
            let ended = settle_with_crashes(&memory, mode, &[point]).await;
            judged(&memory, ended, &format!("{mode:?}, switches {switches:07b}, dropped at {point}")).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_youku_that_fails_for_long_is_asked_again_later_whether_or_not_it_had_committed() {
    for (mode, switches) in kinds() {
        for first in [Fault::LoseAnswer, TROUBLE] {
            // More than the patience of one run.
            let memory = with_commits(switches, &[&[first][..], &[TROUBLE; 60]].concat());
            let ended = settle(&memory, mode).await;
            judged(&memory, ended, &format!("{mode:?}, switches {switches:07b}, {first:?}")).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_nobody_can_know_of_stays_for_a_person() {
    let memory = with_commits(0b0101, &[Fault::LoseAnswer]);
    let error = settle(&memory, Mode::Oss).await.expect_err("no id and no second answer");
    assert_eq!(error.kind(), ErrorKind::CommitUnknown);
    let record = super::deliveries::record(&memory).await;
    assert_eq!(record.state, State::FailedAfterTransfer);
    assert!(record.failure.and_then(|failure| failure.advice).is_some(), "it says what a person can do");
}
