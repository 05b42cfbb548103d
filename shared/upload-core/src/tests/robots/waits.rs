//! How often robots are told of an upload that waits for a person.

use super::{MINUTE, deliver, left, memory_with, robot::Robot, run_sweep};
use crate::{
    ledger::tests::commit_many,
    tests::{memory::Fault, request_for},
    *,
};
use tokio::time::sleep;

/// Its pauses grow to a day each, and from then on each is told; requests in between begin them anew, and are told once a day. Other messages
/// to the robot make no difference.
#[tokio::test(start_paused = true)]
async fn an_upload_that_keeps_waiting_is_told_every_day() {
    for others in [false, true] {
        let robot = Robot::new("team");
        let memory = memory_with(&[&robot]);
        let ledger = memory.ledger();
        let request = request_for(&memory, Mode::Oss).await.expect("it is there");
        memory.world().denied = true;
        memory.uploader().upload(&request, &RunContext::default()).await.expect_err("denied");
        for hour in 0..10 * 24 {
            run_sweep(&memory).await;
            if others && hour % 7 == 0 {
                commit_many(&ledger, hour).await;
            }
            deliver(&memory, &robot).await;
            sleep(MINUTE * 60).await;
        }
        // The first pause, and from the second day on one each day.
        let told = robot.told(NoticeEvent::NeedsYou);
        assert!((8..=10).contains(&told), "told {told} times");
        for _ in 0..2 * 24 {
            memory.uploader().upload(&request, &RunContext::default()).await.expect_err("denied");
            deliver(&memory, &robot).await;
            sleep(MINUTE * 60).await;
        }
        let again = robot.told(NoticeEvent::NeedsYou) - told;
        assert!((2..=3).contains(&again), "told {again} times within two days");
        assert_eq!(left(&memory), [""; 0]);
    }
}

/// Another cause is told on the same day, too.
#[tokio::test(start_paused = true)]
async fn each_cause_of_waiting_is_told() {
    let robot = Robot::new("team");
    let memory = memory_with(&[&robot]);
    let request = request_for(&memory, Mode::Oss).await.expect("it is there");
    let causes = [("create", ErrorKind::Config), ("read", ErrorKind::SourceDenied)];
    for (number, (call, kind)) in (1..).zip(causes.into_iter().cycle().take(4)) {
        for _ in 0..2 {
            memory.fault(call, 0, Fault::Deny(kind));
            let error = memory.uploader().upload(&request, &RunContext::default()).await.expect_err("waits");
            assert_eq!(error.kind(), kind);
            deliver(&memory, &robot).await;
            sleep(MINUTE).await;
            assert_eq!(robot.told(NoticeEvent::NeedsYou), number, "{kind:?}");
        }
    }
}
