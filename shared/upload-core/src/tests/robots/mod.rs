//! Group robots: each event is told once, whatever dies on the way, and no robot is sent more than its vendor allows.

mod crashes;
mod events;
mod refusals;
pub(crate) mod robot;
mod twins;
mod waits;
mod watching;

use super::memory::{Memory, Quirks};
use crate::*;
use robot::Robot;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

const MINUTE: Duration = Duration::from_secs(60);
/// What a message may take when nobody waits for it.
const CALM: DeliveryTime = DeliveryTime { patience: Duration::from_secs(10), until: None, hurry: false };

/// A small object whose uploads this robot reports.
fn memory_with(robots: &[&Robot]) -> Memory {
    let mut memory = Memory::with_quirks(Quirks::default(), 1000);
    memory.robots = robots.iter().map(|robot| robot.subscriber()).collect();
    memory
}

/// What a run has for its robots.
fn hurried() -> DeliveryTime {
    let until = Some(Instant::now() + Duration::from_secs(1));
    DeliveryTime { patience: Duration::from_millis(700), until, hurry: true }
}

/// Whatever is due is sent.
async fn deliver(memory: &Memory, robot: &Robot) -> NoticeDelivery {
    deliver_notices(&memory.ledger(), robot, CALM).await.expect("the ledger can be read")
}

/// A timer sends what is due every minute, until nothing is left. Returns what is left where that does not come.
async fn deliver_all(memory: &Memory, robot: &Robot) -> Vec<String> {
    for _ in 0..200 {
        deliver(memory, robot).await;
        if left(memory).is_empty() {
            break;
        }
        sleep(MINUTE).await;
    }
    left(memory)
}

/// What is still to be told.
fn left(memory: &Memory) -> Vec<String> {
    memory.ledger.keys("notice/")
}

/// Sweeps, and asks about the videos that are watched.
async fn run_sweep(memory: &Memory) {
    let uploader_of = |_, _| async { Ok(memory.uploader()) };
    let ledger = memory.ledger();
    sweep(&ledger, uploader_of, None, 100, &RunContext::default()).await.expect("the ledger can be read");
    let youku_of = |_: &str| Ok(Arc::new(memory.clone()) as Arc<dyn Youku>);
    watch_for_robots(&ledger, &youku_of, 1000, None).await.expect("the ledger can be read");
}
