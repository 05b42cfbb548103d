//! Crash at every point: runs are dropped before and after every append and every call, and deliveries come by one door after the
//! other until it settles.

use super::deliveries::{judge, nothing_is_open, settle, settle_with_crashes, youku};
use crate::*;
use rand::{RngExt, SeedableRng, rngs::StdRng};

const SIZE: usize = (1 << 20) + 1;

/// Switches that matter where a run is dropped, as [`youku`] takes them: a second commit is refused, parts are not listed, create
/// tells no video id, videos are shown before their commit.
const OSS_SWITCHES: [u32; 8] = [0b0000, 0b0001, 0b0010, 0b0011, 0b1000, 0b1001, 0b1010, 0b1011];
const SLICE_SWITCHES: [u32; 8] = [0b0000, 0b0001, 0b0100, 0b0101, 0b1000, 0b1001, 0b1100, 0b1101];

async fn dropped(mode: Mode, switches: u32, crashes: &[u32]) {
    let memory = youku(switches, SIZE);
    let ended = settle_with_crashes(&memory, mode, crashes).await;
    let what = format!("{mode:?}, switches {switches:04b}, dropped at {crashes:?}");
    judge(&memory, &ended, &what);
    nothing_is_open(&memory, &what).await;
}

/// How many points a run passes that nobody disturbs.
async fn points(mode: Mode, switches: u32) -> u32 {
    let calm = youku(switches, SIZE);
    judge(&calm, &settle(&calm, mode).await, "no crash");
    let points = calm.points.passed();
    assert!(points > 30, "there are {points} points");
    points
}

async fn dropped_at_every_point(mode: Mode, all_switches: &[u32]) {
    for &switches in all_switches {
        for point in 1..=points(mode, switches).await {
            dropped(mode, switches, &[point]).await;
        }
    }
}

async fn dropped_twice(mode: Mode, all_switches: &[u32]) {
    let mut chance = StdRng::seed_from_u64(7);
    for &switches in all_switches {
        let points = points(mode, switches).await;
        for _ in 0..60 {
            let crashes = [chance.random_range(1..=points), chance.random_range(1..=points)];
            dropped(mode, switches, &crashes).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn in_oss_mode_a_run_dropped_at_any_point_ends_in_one_video_under_every_switch() {
    dropped_at_every_point(Mode::Oss, &OSS_SWITCHES).await;
}

#[tokio::test(start_paused = true)]
async fn in_slice_mode_a_run_dropped_at_any_point_ends_in_one_video_under_every_switch() {
    dropped_at_every_point(Mode::Slice, &SLICE_SWITCHES).await;
}

#[tokio::test(start_paused = true)]
async fn two_runs_dropped_at_any_two_points_end_in_one_video() {
    Box::pin(dropped_twice(Mode::Oss, &OSS_SWITCHES)).await;
    Box::pin(dropped_twice(Mode::Slice, &SLICE_SWITCHES)).await;
}
