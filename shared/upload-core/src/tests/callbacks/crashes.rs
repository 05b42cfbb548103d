//! A run dies at every crash point.

use super::{
    env::{BOTH, MINUTE, is_open, read_deliveries, run_sweep, small_memory, upload},
    receiver::{Receiver, unavailable},
};
use crate::{
    tests::{crash_points::report_crash_points, memory::Memory},
    *,
};
use std::collections::BTreeSet;
use tokio::time::sleep;

/// Delivers the event until it settles, then sweeps until nothing is open; a run that comes to the crash point is dropped there.
async fn drive_until_settled(memory: &Memory, receiver: &Receiver) -> Result<(), &'static str> {
    let mut settled = false;
    for _ in 0..60 {
        let run = async {
            if settled {
                run_sweep(memory, receiver).await;
                return true;
            }
            upload(memory, receiver, BOTH).await.is_ok()
        };
        settled = tokio::select! {
            done = run => done,
            () = memory.crash_points.crashed() => settled,
        };
        sleep(MINUTE).await;
        if settled && !is_open(memory) {
            return Ok(());
        }
    }
    Err("it does not come to rest")
}

fn failing_env() -> (Memory, Receiver) {
    let memory = small_memory();
    memory.world().states.extend([VideoState::Encoding, VideoState::Normal]);
    let receiver = Receiver::with_crash_points(memory.crash_points.clone());
    receiver.inner().answers.extend([unavailable(), DeliveryResult::Accepted { status: 200 }]);
    (memory, receiver)
}

/// A run that is dropped at any crash point delivers each callback at least once and records it once.
#[tokio::test(start_paused = true)]
async fn a_crash_at_any_point_delivers_and_records_once() {
    let (memory, receiver) = failing_env();
    drive_until_settled(&memory, &receiver).await.expect("no crash");
    let crash_points = memory.crash_points.passed();
    assert!(crash_points > 100, "there are {crash_points} crash points");
    for point in 1..=crash_points {
        let (memory, receiver) = failing_env();
        memory.crash_points.crash_at(Some(point));
        let rest = drive_until_settled(&memory, &receiver).await;
        assert_eq!(rest, Ok(()), "dropped at {point}");
        assert_eq!(memory.world().videos.len(), 1, "dropped at {point}");
        let expected = [("200".into(), None), ("200".into(), Some(VideoEvent::Ready))];
        assert_eq!(read_deliveries(&memory).await, expected, "dropped at {point}");
        let ids: BTreeSet<_> = receiver.messages().into_iter().map(|heard| heard.id).collect();
        assert_eq!(ids.len(), 2, "dropped at {point}: {ids:?}");
    }
    report_crash_points("callbacks", crash_points);
}
