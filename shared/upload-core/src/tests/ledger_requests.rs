//! What one upload costs, counted: requests of the ledger's store, so that none is made in vain, and calls that follow one another,
//! so that none waits for an answer that it does not need.

use super::{
    bytes,
    memory::{Memory, Quirks, SinglePut},
    request_for,
};
use crate::*;
use std::{collections::BTreeMap, time::Duration};
use tokio::time::Instant;

/// How often the ledger's store was called for an upload of one part, by operation.
async fn count_requests(window: Option<Duration>, arrives: bool) -> BTreeMap<&'static str, usize> {
    let memory = Memory::holding(bytes(1000));
    if let Some(window) = window {
        memory.ledger.race(window, 1);
    }
    let request = request_for(&memory, Mode::Oss).await.expect("it is there");
    let run = RunContext::default();
    if arrives {
        memory.uploader().upload_arrival(&request, false, &run).await.expect("published");
    } else {
        memory.uploader().upload(&request, &run).await.expect("published");
    }
    let mut counts = BTreeMap::new();
    for (operation, _) in &memory.ledger.world().calls {
        *counts.entry(*operation).or_default() += 1;
    }
    counts
}

/// Lists: the steps after the claim and before the commit; the leases before it is taken and before the commit. Creates: the lease and
/// four steps. Writes: the open mark, the recent end, the content, the released lease. A read: the account's pause.
#[tokio::test(start_paused = true)]
async fn an_upload_of_one_part_makes_15_requests_of_the_ledger() {
    let task = BTreeMap::from([("create", 5), ("delete", 1), ("list", 4), ("read", 1), ("write", 4)]);
    assert_eq!(count_requests(None, false).await, task);
    // An arrival asks what was last published of its key.
    let event = BTreeMap::from_iter(task.clone().into_iter().chain([("read", 2)]));
    assert_eq!(count_requests(None, true).await, event);
    // Where create-only is not atomic, the end is read once more before its mark is deleted.
    let window = Some(Duration::from_millis(500));
    assert_eq!(count_requests(window, false).await["list"], task["list"] + 1);
}

/// How many calls of source, target, Youku and ledger follow one another in an upload of one part whose object is known.
async fn count_calls_in_a_row(memory: &Memory) -> u128 {
    const CALL: Duration = Duration::from_millis(20);
    let request = request_for(memory, Mode::Oss).await.expect("it is there");
    memory.crash_points.slow_down(CALL);
    let begun = Instant::now();
    memory.uploader().upload_arrival(&request, false, &RunContext::default()).await.expect("published");
    begun.elapsed().as_millis() / CALL.as_millis()
}

/// In a row: the content and the leases; the lease and the mark; `claimed`; the chain and the pause; create; Initiate; `created`; the part;
/// Complete; `transferred`; the chain; the leases; commit; `committed`; the recent end and the content; the deleted mark and the
/// released lease. One PutObject takes the place of part, Initiate and Complete.
#[tokio::test(start_paused = true)]
async fn an_upload_of_one_part_waits_for_16_answers_in_a_row() {
    assert_eq!(count_calls_in_a_row(&Memory::holding(bytes(1000))).await, 16);
    let single_put = Memory::with_quirks(Quirks::of_single_put(SinglePut::Taken), 1000);
    assert_eq!(count_calls_in_a_row(&single_put).await, 14);
}
