//! A run dies at every crash point, from the upload's claim to the last notice deleted.

use super::{MINUTE, deliver, deliver_all, memory_with, robot::Robot, run_sweep};
use crate::{
    tests::{
        changes::env::{HOUR, now, request_at, run_sweep as run_timer},
        crash_points::{CrashPoints, report_crash_points},
        memory::{Fault, Memory},
        upload,
    },
    *,
};
use std::time::SystemTime;
use tokio::time::{Instant, sleep};

fn env() -> (Memory, Robot) {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    let crash_points = memory.crash_points.clone();
    (memory, robot.with_crash_points(crash_points))
}

fn last_calls(crash_points: &CrashPoints) -> Option<[&'static str; 2]> {
    crash_points.trace().last_chunk().map(|last: &[_; 2]| last.map(|(name, _)| name))
}

/// One run as an event makes it, then sweeps: each may be dropped at the crash point. Returns the last two calls before that.
async fn drive(memory: &Memory, robot: &Robot) -> Option<[&'static str; 2]> {
    let (mut is_published, mut crashed) = (false, None);
    for _ in 0..12 {
        let run = async {
            let done = match is_published {
                false => upload(memory, Mode::Oss).await.is_ok(),
                true => {
                    run_sweep(memory).await;
                    true
                }
            };
            deliver(memory, robot).await;
            done
        };
        is_published = tokio::select! {
            done = run => done,
            () = memory.crash_points.crashed() => {
                crashed = last_calls(&memory.crash_points);
                is_published
            }
        };
        sleep(MINUTE).await;
    }
    memory.crash_points.crash_at(None);
    assert_eq!(deliver_all(memory, robot).await, [""; 0]);
    assert!(memory.ledger.keys("watch/").is_empty() && memory.ledger.keys("open/").is_empty());
    crashed
}

/// What happened is told at least once and, but for an answer that was lost with the run that asked, once.
#[tokio::test(start_paused = true)]
async fn a_crash_at_any_point_loses_no_event() {
    for point in 2.. {
        let (memory, robot) = env();
        memory.crash_points.crash_at(Some(point));
        let crashed = drive(&memory, &robot).await;
        // The message has arrived, and what it told is not recorded.
        let is_lost = crashed.is_some_and(|calls| calls.contains(&"robot answers"));
        for event in [NoticeEvent::Published, NoticeEvent::VideoReady] {
            let told = robot.told(event);
            assert!(
                told == 1 || told == 2 && is_lost,
                "{event:?} dropped at {point} ({crashed:?}): told {told} times"
            );
        }
        assert_eq!(robot.told(NoticeEvent::Failed), 0, "dropped at {point}");
        if crashed.is_none() {
            assert!(point > 100, "there are {point} crash points");
            report_crash_points("robots", point - 1);
            break;
        }
    }
}

/// Youku refuses to show the video at its hour. An upload, then sweeps, each of which may be dropped at the crash point.
async fn miss_hour(memory: &Memory, robot: &Robot, at: SystemTime) -> Option<[&'static str; 2]> {
    let (hour, mut is_published, mut crashed) = (Instant::now() + HOUR, false, None);
    while Instant::now() < hour + 5 * HOUR {
        let run = async {
            if is_published {
                run_timer(memory).await;
            } else if let Ok(request) = request_at(memory, Some(at)).await {
                is_published = memory.uploader().upload(&request, &RunContext::default()).await.is_ok();
            }
            deliver(memory, robot).await;
        };
        tokio::select! {
            () = run => {}
            () = memory.crash_points.crashed() => crashed = last_calls(&memory.crash_points),
        }
        sleep(MINUTE * 5).await;
    }
    memory.crash_points.crash_at(None);
    assert_eq!(deliver_all(memory, robot).await, [""; 0]);
    crashed
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_point_hides_no_failed_hour() {
    for point in 2.. {
        let (memory, robot) = env();
        memory.world().states.push_back(VideoState::Normal);
        (0..20).for_each(|_| memory.fault("update", 0, Fault::Deny(ErrorKind::Youku)));
        memory.crash_points.crash_at(Some(point));
        let crashed = miss_hour(&memory, &robot, now(&memory) + HOUR).await;
        let is_lost = crashed.is_some_and(|calls| calls.contains(&"robot answers"));
        let told = robot.told(NoticeEvent::NeedsYou);
        assert!(told == 1 || told == 2 && is_lost, "dropped at {point} ({crashed:?}): told {told} times");
        if crashed.is_none() {
            assert!(point > 100, "there are {point} crash points");
            report_crash_points("failed hours", point - 1);
            break;
        }
    }
}
