//! The ledger's store fails at every call: the run stops, and a later one makes the one video.

use super::{
    deliveries::{judge, nothing_is_open, settle, youku},
    memory::Memory,
    work,
};
use crate::{
    ledger::tests::memory::{Fault, Outage},
    *,
};
use std::time::Duration;
use tokio::time::Instant;

const SIZE: usize = (3 << 20) + 1;
const FOREVER: Duration = Duration::from_secs(1 << 40);
/// As long as a lease lives: a holder that cannot renew it may work on until then, and no longer.
const LEASE_LIFE: Duration = Duration::from_secs(15);

/// Calls take so long that the lease is renewed during each of them.
fn slow() -> Memory {
    let memory = youku(0, SIZE);
    let calls = ["create", "initiate", "part", "complete", "create_file", "slice", "check", "commit"];
    memory.world().takes.extend(calls.map(|call| (call, Duration::from_secs(7))));
    memory
}

async fn store_calls(mode: Mode) -> usize {
    let memory = slow();
    judge(&memory, &settle(&memory, mode).await, "no outage");
    let calls = memory.ledger.world().calls.len();
    assert!(calls > 20, "there are {calls}");
    calls
}

/// What left the core after the store had begun to fail.
fn outbound_since_it_failed(memory: &Memory) -> Vec<(&'static str, Instant)> {
    let (_, points) = memory.ledger.world().failed.expect("it failed");
    let trace = memory.points.trace();
    let outbound = trace[points..].iter().filter(|(name, _)| !["ledger", "answer"].contains(name));
    outbound.copied().collect()
}

async fn ends_in_one_video(memory: &Memory, mode: Mode, what: &str) {
    let ended = settle(memory, mode).await;
    memory.ledger.world().outage = None;
    assert!(ended.is_ok(), "{what}: {ended:?}");
    judge(memory, &ended, what);
    nothing_is_open(memory, what).await;
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_from_any_call_on_stops_the_run_and_nothing_goes_on_without_it() {
    for mode in [Mode::Oss, Mode::Slice] {
        for from in 1..=store_calls(mode).await {
            for fault in [Fault::Deny, Fault::Refuse, Fault::LoseAnswer] {
                let memory = slow();
                let outage = Outage { from, calls: usize::MAX, lasts: FOREVER, fault };
                memory.ledger.world().outage = Some(outage);
                let work = work(&memory, mode).await.expect("it is there");
                let ended = memory.uploader().upload(&work, &RunContext::default()).await;
                let (operation, key) = memory.ledger.world().calls[from - 1].clone();
                let what = format!("{mode:?}, {fault:?} from call {from} on, {key}");
                if let Err(error) = ended {
                    assert_eq!(error.kind(), ErrorKind::Ledger, "{what}: {error:?}");
                }
                let (failed, _) = memory.ledger.world().failed.expect("it failed");
                for (call, at) in outbound_since_it_failed(&memory) {
                    assert!(!["create", "commit", "cancel"].contains(&call), "{what}: {call}");
                    // A renewal looks for steps of others, then writes the lease.
                    let renewal = key.starts_with("lease/") || operation == "list";
                    let renewing = renewal && at - failed < LEASE_LIFE;
                    assert!(renewing, "{what}: {call} {:?} later", at - failed);
                }
                memory.ledger.world().outage = None;
                ends_in_one_video(&memory, mode, &what).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_call_of_the_store_that_fails_or_loses_its_answer_costs_no_video() {
    for mode in [Mode::Oss, Mode::Slice] {
        for from in 1..=store_calls(mode).await {
            for (fault, calls) in [(Fault::Deny, 1), (Fault::LoseAnswer, 1), (Fault::LoseAnswer, 2)] {
                let memory = slow();
                memory.ledger.world().outage = Some(Outage { from, calls, lasts: FOREVER, fault });
                let what = format!("{mode:?}, {calls} {fault:?} at call {from}");
                ends_in_one_video(&memory, mode, &what).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_for_a_while_is_waited_for_or_the_next_run_goes_on() {
    for mode in [Mode::Oss, Mode::Slice] {
        for from in 1..=store_calls(mode).await {
            for seconds in [5, 20, 60, 300] {
                let memory = slow();
                let lasts = Duration::from_secs(seconds);
                let fault = Fault::Refuse;
                memory.ledger.world().outage = Some(Outage { from, calls: usize::MAX, lasts, fault });
                ends_in_one_video(&memory, mode, &format!("{mode:?}, {lasts:?} from call {from} on")).await;
            }
        }
    }
}
