//! The commit's answer is lost: one video and no second session, whatever Youku's quirks.

use super::{
    count_calls,
    crash_points::report_crash_points,
    deliveries::{assert_nothing_open, assert_published, settle, settle_with_crashes},
    memory::{Fault, Hidden, Memory, Quirks},
};
use crate::{ledger::State, *};

const RATE_LIMITED: Fault = Fault::Refuse(ErrorKind::RateLimited);
const TROUBLE: Fault = Fault::Refuse(ErrorKind::Youku);

const MODES: [Mode; 2] = [Mode::Oss, Mode::Slice];

fn all_kinds() -> impl Iterator<Item = (Mode, Quirks)> {
    Quirks::all().into_iter().flat_map(|quirks| [(Mode::Oss, quirks), (Mode::Slice, quirks)])
}

/// A small object, whose calls of commit meet these.
fn memory_with_commits(quirks: Quirks, faults: &[Fault]) -> Memory {
    let memory = Memory::with_quirks(quirks, 1000);
    for fault in faults {
        memory.fault("commit", 0, *fault);
    }
    memory
}

async fn assert_one_session(memory: &Memory, ended: Result<PublishedVideo, Error>, what: &str) {
    assert_published(memory, &ended, what);
    assert_eq!(count_calls(memory, "create"), 1, "{what}");
    assert_nothing_open(memory, what).await;
}

/// Whatever the quirks.
#[tokio::test(start_paused = true)]
async fn commit_answers_lost_in_any_way_end_in_one_video() {
    let ways: [&[Fault]; 6] = [
        &[Fault::LoseAnswer],
        &[Fault::LoseAnswer, Fault::LoseAnswer],
        &[Fault::LoseAnswer, RATE_LIMITED],
        &[RATE_LIMITED, Fault::LoseAnswer, RATE_LIMITED],
        &[TROUBLE, Fault::LoseAnswer, TROUBLE],
        &[Fault::LoseAnswer, Fault::Refuse(ErrorKind::Unauthorized)],
    ];
    for (mode, quirks) in all_kinds() {
        for way in ways {
            let memory = memory_with_commits(quirks, way);
            let ended = settle(&memory, mode).await;
            assert_one_session(&memory, ended, &format!("{mode:?}, quirks {quirks:?}, {way:?}")).await;
        }
    }
}

/// A commit whose answer is lost and then a crash end in one video, whatever the quirks.
#[tokio::test(start_paused = true)]
async fn a_lost_commit_answer_and_a_crash_end_in_one_video() {
    let mut covered = 0;
    for (mode, quirks) in all_kinds() {
        let calm = memory_with_commits(quirks, &[Fault::LoseAnswer]);
        assert_published(&calm, &settle(&calm, mode).await, "no crash");
        let last = calm.crash_points.passed();
        // The commit and what follows.
        for point in last - 14..=last {
            let memory = memory_with_commits(quirks, &[Fault::LoseAnswer]);
            let ended = settle_with_crashes(&memory, mode, &[point]).await;
            assert_one_session(&memory, ended, &format!("{mode:?}, quirks {quirks:?}, dropped at {point}"))
                .await;
            covered += 1;
        }
    }
    report_crash_points("after a lost commit answer", covered);
}

/// A Youku that fails for longer than one run is asked again later, whether or not it had committed.
#[tokio::test(start_paused = true)]
async fn a_long_youku_outage_at_commit_ends_in_one_video() {
    for (mode, quirks) in all_kinds() {
        for first in [Fault::LoseAnswer, TROUBLE] {
            // More than one run retries.
            let memory = memory_with_commits(quirks, &[&[first][..], &[TROUBLE; 60]].concat());
            let ended = settle(&memory, mode).await;
            assert_one_session(&memory, ended, &format!("{mode:?}, quirks {quirks:?}, {first:?}")).await;
        }
    }
}

/// A video that `show` hides is found among the account's own, wherever a run was dropped; only one that every call hides stays for a
/// person.
#[tokio::test(start_paused = true)]
async fn a_video_that_show_hides_is_adopted_from_the_accounts_own() {
    for (mode, hidden) in
        MODES.into_iter().flat_map(|mode| [(mode, Hidden::FromShow), (mode, Hidden::Everywhere)])
    {
        let kind = || memory_with_commits(Quirks::of_hidden(hidden), &[Fault::LoseAnswer]);
        let calm = kind();
        let ended = settle(&calm, mode).await;
        assert_eq!(ended.is_ok(), hidden == Hidden::FromShow, "{mode:?} {hidden:?}");
        let (mut unknown, points) = (0, calm.crash_points.passed().min(80));
        for point in 1..=points {
            let memory = kind();
            let ended = settle_with_crashes(&memory, mode, &[point]).await;
            unknown += u32::from(ended.is_err());
            let what = format!("{mode:?}, {hidden:?}, dropped at {point}");
            assert_published(&memory, &ended, &what);
            assert_nothing_open(&memory, &what).await;
        }
        report_crash_points(
            &format!("{mode:?}, {hidden:?}, of which {unknown} end as commit_unknown"),
            points,
        );
        assert_eq!(unknown == 0, hidden == Hidden::FromShow, "{mode:?} {hidden:?}: {unknown} are unknown");
    }
}

/// Only the state that a committed video alone has adopts it, also where it stands among the account's own.
#[tokio::test(start_paused = true)]
async fn only_a_committed_state_is_adopted_from_own_videos() {
    for (state, adopted) in [
        (VideoState::Absent, false),
        (VideoState::Encoding, false),
        (VideoState::InReview, false),
        (VideoState::Failed, false),
        (VideoState::Normal, true),
        (VideoState::Limited, true),
        (VideoState::Blocked, true),
    ] {
        let memory = memory_with_commits(Quirks::of_hidden(Hidden::FromShow), &[Fault::LoseAnswer]);
        memory.world().states.push_back(state);
        let ended = settle(&memory, Mode::Oss).await;
        assert_eq!(ended.is_ok(), adopted, "{state:?}: {ended:?}");
        assert!(count_calls(&memory, "by_me") > 0, "{state:?}");
        assert!(adopted || ended.is_err_and(|error| error.kind() == ErrorKind::CommitUnknown), "{state:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_nobody_can_know_of_stays_for_a_person() {
    let memory = memory_with_commits(
        Quirks { hides_video_id: true, ..Quirks::REFUSES_SECOND_COMMIT },
        &[Fault::LoseAnswer],
    );
    let error = settle(&memory, Mode::Oss).await.expect_err("no id and no second answer");
    assert_eq!(error.kind(), ErrorKind::CommitUnknown);
    let record = super::deliveries::read_record(&memory).await;
    assert_eq!(record.state, State::FailedAfterTransfer);
    assert!(record.failure.and_then(|failure| failure.advice).is_some(), "it says what a person can do");
}
