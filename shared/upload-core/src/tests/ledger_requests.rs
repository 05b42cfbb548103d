//! What one upload costs at the ledger's store, counted, so that no request is made in vain.

use super::{bytes, memory::Memory, request_for};
use crate::*;
use std::{collections::BTreeMap, time::Duration};

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

/// Lists: the steps before and after the claim and before the commit; the leases before it is taken and before session and commit. Creates:
/// the lease and four steps. Writes: the open mark, the recent end, the content, the released lease. A read: the account's pause.
#[tokio::test(start_paused = true)]
async fn an_upload_of_one_part_makes_17_requests_of_the_ledger() {
    let task = BTreeMap::from([("create", 5), ("delete", 1), ("list", 6), ("read", 1), ("write", 4)]);
    assert_eq!(count_requests(None, false).await, task);
    // An arrival asks what was last published of its key.
    let event = BTreeMap::from_iter(task.clone().into_iter().chain([("read", 2)]));
    assert_eq!(count_requests(None, true).await, event);
    // Where create-only is not atomic, the end is read once more before its mark is deleted.
    let window = Some(Duration::from_millis(500));
    assert_eq!(count_requests(window, false).await["list"], task["list"] + 1);
}
