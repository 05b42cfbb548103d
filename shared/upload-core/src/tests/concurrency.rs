//! What an upload does concurrently.

use super::{clock::machine_clock, memory::Memory, request_for};
use crate::*;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

const PART: usize = 1 << 20;

/// How long an upload takes that moves 2 parts at once, and up to `most` where that pays.
async fn measure_upload(memory: &Memory, most: usize) -> Duration {
    let settings = TransferSettings {
        part_size: PART as u64,
        in_flight: 2,
        most_in_flight: most,
        ..TransferSettings::default()
    };
    let uploader = Uploader::new(
        Arc::new(memory.clone()),
        Arc::new(memory.clone()),
        memory.ledger(),
        settings,
        machine_clock(),
    );
    let begun = Instant::now();
    let request = request_for(memory, Mode::Oss).await.expect("it is there");
    let published = uploader.upload(&request, &RunContext::default()).await.expect("nothing fails");
    let taken = begun.elapsed();
    let world = memory.world();
    let video = published.video_id.and_then(|id| world.videos.get(&id));
    assert!(video == Some(&world.content), "the object's bytes");
    taken
}

/// The first parts are requested while the session is being opened. Before that one read of 5 seconds tells the preflight enough.
#[tokio::test(start_paused = true)]
async fn the_first_parts_are_read_while_the_session_opens() {
    let memory = Memory::holding(vec![7; 2 * PART]);
    let takes = [("initiate", 5), ("read", 5)].map(|(call, s)| (call, Duration::from_secs(s)));
    memory.world().takes.extend(takes);
    let taken = measure_upload(&memory, 2).await;
    assert!(taken < Duration::from_secs(12), "{taken:?}: one after the other they take 15 seconds");
    let reads = memory.world().calls.iter().filter(|call| **call == "read").count();
    assert_eq!(reads, 3, "the preflight reads once, and each part is read once");
}

/// More parts move at once where each connection has a rate of its own.
#[tokio::test(start_paused = true)]
async fn concurrency_grows_where_each_connection_has_its_own_rate() {
    let slow = || {
        let memory = Memory::holding((0..60).flat_map(|part| vec![part; PART]).collect());
        memory.world().takes.insert("part", Duration::from_millis(200));
        memory
    };
    let (kept, tried) = (measure_upload(&slow(), 2).await, measure_upload(&slow(), 6).await);
    assert!(kept > Duration::from_secs(5), "{kept:?}: a number that is set is kept to");
    assert!(tried < kept * 2 / 3, "{tried:?} instead of {kept:?}");
}
