//! Crash at every point: runs are dropped before and after every append and every call, and deliveries come through one entrypoint after the
//! other until it settles.

use super::{
    crash_points::report_crash_points,
    deliveries::{assert_nothing_open, assert_published, settle, settle_with_crashes},
    memory::{Hidden, Memory, Quirks, SinglePut, WebSessions},
};
use crate::*;
use rand::{RngExt, SeedableRng, rngs::StdRng};

const SIZE: usize = (1 << 20) + 1;

/// Every combination of the quirks that matter in this mode where a run is dropped: parts are listed in OSS mode alone, and the missing
/// video id is tried in slice mode.
fn quirks_of(mode: Mode) -> impl Iterator<Item = Quirks> {
    let matters = move |quirks: &Quirks| match mode {
        Mode::Oss => !quirks.hides_video_id,
        Mode::Slice => !quirks.hides_parts,
    };
    let hidden = [Quirks::of_hidden(Hidden::FromShow)];
    Quirks::of_youku().into_iter().filter(matters).chain(hidden).chain(shortcuts(mode))
}

/// The shorter ways that end in a video, alone and with what makes resuming and committing hard.
fn shortcuts(mode: Mode) -> Vec<Quirks> {
    if mode == Mode::Slice {
        return Vec::new();
    }
    let hard = |quirks| Quirks { refuses_second_commit: true, hides_parts: true, ..quirks };
    let web = [WebSessions::Taken, WebSessions::RefusedAtCreate].map(Quirks::of_web_session);
    let put = [SinglePut::Taken, SinglePut::RefusedAtBucket].map(Quirks::of_single_put);
    web.into_iter().chain(put).flat_map(|quirks| [quirks, hard(quirks)]).collect()
}

async fn drop_runs_at(mode: Mode, quirks: Quirks, crashes: &[u32]) {
    let memory = Memory::with_quirks(quirks, SIZE);
    let ended = settle_with_crashes(&memory, mode, crashes).await;
    let what = format!("{mode:?}, quirks {quirks:?}, dropped at {crashes:?}");
    assert_published(&memory, &ended, &what);
    assert_nothing_open(&memory, &what).await;
}

/// How many crash points an undisturbed run passes.
async fn count_crash_points(mode: Mode, quirks: Quirks) -> u32 {
    let calm = Memory::with_quirks(quirks, SIZE);
    assert_published(&calm, &settle(&calm, mode).await, "no crash");
    let crash_points = calm.crash_points.passed();
    assert!(crash_points > 30, "there are {crash_points} crash points");
    crash_points
}

async fn drop_at_every_point(mode: Mode) {
    let mut covered = 0;
    for quirks in quirks_of(mode) {
        let crash_points = count_crash_points(mode, quirks).await;
        for point in 1..=crash_points {
            drop_runs_at(mode, quirks, &[point]).await;
        }
        covered += crash_points;
    }
    report_crash_points(&format!("{mode:?} mode, dropped once"), covered);
}

/// Returns how many pairs of crash points were tried.
async fn drop_twice(mode: Mode) -> u32 {
    let mut chance = StdRng::seed_from_u64(7);
    let mut covered = 0;
    for quirks in quirks_of(mode) {
        let crash_points = count_crash_points(mode, quirks).await;
        for _ in 0..60 {
            let crashes = [chance.random_range(1..=crash_points), chance.random_range(1..=crash_points)];
            drop_runs_at(mode, quirks, &crashes).await;
            covered += 1;
        }
    }
    covered
}

/// In OSS mode a run that is dropped at any crash point ends in one video, whatever Youku's quirks.
#[tokio::test(start_paused = true)]
async fn an_oss_run_dropped_at_any_point_ends_in_one_video() {
    drop_at_every_point(Mode::Oss).await;
}

/// In slice mode a run that is dropped at any crash point ends in one video, whatever Youku's quirks.
#[tokio::test(start_paused = true)]
async fn a_slice_run_dropped_at_any_point_ends_in_one_video() {
    drop_at_every_point(Mode::Slice).await;
}

#[tokio::test(start_paused = true)]
async fn two_runs_dropped_at_any_two_points_end_in_one_video() {
    let pairs = Box::pin(drop_twice(Mode::Oss)).await + Box::pin(drop_twice(Mode::Slice)).await;
    report_crash_points("pairs, dropped twice", pairs);
}
