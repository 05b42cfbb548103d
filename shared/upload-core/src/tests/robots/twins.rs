//! Several processes have the same to tell, on a store whose create-only is not atomic.

use super::{CALM, MINUTE, deliver_all, left, memory_with, robot::Robot};
use crate::{
    tests::{crash_points::CrashPoints, upload},
    *,
};
use std::time::Duration;
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn of_two_processes_one_tells() {
    for seed in 0..30 {
        let robot = Robot::new("team");
        let memory = memory_with(&[&robot]);
        upload(&memory, Mode::Oss).await.expect("published");
        memory.ledger.race(Duration::from_millis(500), seed);
        let one = || async {
            deliver_notices(&memory.ledger(), &robot, CALM).await.expect("the ledger can be read")
        };
        let told = [tokio::join!(one(), one(), one())].map(|(a, b, c)| [a, b, c]);
        let tellers = told.iter().flatten().filter(|one| matches!(one, NoticeDelivery::Told(_))).count();
        assert!(tellers <= 1, "{told:?}");
        assert_eq!(deliver_all(&memory, &robot).await, [""; 0]);
        assert_eq!(robot.told(NoticeEvent::Published), 1, "{told:?}");
    }
}

/// A process freezes at every point of its message for longer than its claim counts, while another tells.
#[tokio::test(start_paused = true)]
async fn a_process_that_wakes_late_tells_nothing() {
    for point in 1..40 {
        let crash_points = CrashPoints::default();
        let robot = Robot::new("team");
        let memory = memory_with(&[&robot]);
        upload(&memory, Mode::Oss).await.expect("published");
        crash_points.freeze_at(point, MINUTE * 5);
        let frozen = memory.seen_through(crash_points.clone());
        let late = robot.clone().with_crash_points(crash_points.clone());
        let telling = async { deliver_notices(&frozen.ledger(), &late, CALM).await };
        let successor = async {
            sleep(MINUTE).await;
            for _ in 0..10 {
                super::deliver(&memory, &robot).await;
                sleep(MINUTE).await;
            }
        };
        tokio::join!(crash_points.machine(telling), successor);
        let trace = crash_points.trace();
        // A message that was on its way cannot be called back.
        let name = trace.get(point as usize - 1).map_or("", |(name, _)| *name);
        let before =
            (point as usize).checked_sub(2).and_then(|at| trace.get(at)).map_or("", |(name, _)| *name);
        let is_lost = name.starts_with("robot") || before == "robot answers";
        let told = robot.told(NoticeEvent::Published);
        assert!(told == 1 || told == 2 && is_lost, "frozen at {point} ({name}): told {told} times");
        assert_eq!(left(&memory), [""; 0]);
    }
}
