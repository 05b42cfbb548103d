//! The ledger's store fails at every call: the run stops, and a later one makes the one video.

use super::{
    deliveries::{assert_nothing_open, assert_published, settle},
    memory::{Memory, Quirks},
    request_for,
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

/// A world whose calls take so long that the lease is renewed during each of them.
fn slow_memory() -> Memory {
    let memory = Memory::with_quirks(Quirks::NONE, SIZE);
    let calls = ["create", "initiate", "part", "complete", "create_file", "slice", "check", "commit"];
    memory.world().takes.extend(calls.map(|call| (call, Duration::from_secs(7))));
    memory
}

async fn count_store_calls(mode: Mode) -> usize {
    let memory = slow_memory();
    assert_published(&memory, &settle(&memory, mode).await, "no outage");
    let calls = memory.ledger.world().calls.len();
    assert!(calls > 20, "there are {calls}");
    calls
}

/// The calls that left the core after the store had begun to fail.
fn outbound_since_it_failed(memory: &Memory) -> Vec<(&'static str, Instant)> {
    let (_, crash_points) = memory.ledger.world().failed.expect("it failed");
    let trace = memory.crash_points.trace();
    let outbound = trace[crash_points..].iter().filter(|(name, _)| !["ledger", "answer"].contains(name));
    outbound.copied().collect()
}

async fn assert_one_video(memory: &Memory, mode: Mode, what: &str) {
    let ended = settle(memory, mode).await;
    memory.ledger.world().outage = None;
    assert!(ended.is_ok(), "{what}: {ended:?}");
    assert_published(memory, &ended, what);
    assert_nothing_open(memory, what).await;
}

/// A store that fails from any call onward stops the run: nothing proceeds without the ledger.
#[tokio::test(start_paused = true)]
async fn a_store_that_fails_from_any_call_on_stops_the_run() {
    for mode in [Mode::Oss, Mode::Slice] {
        for from in 1..=count_store_calls(mode).await {
            for fault in [Fault::Deny, Fault::Refuse, Fault::LoseAnswer] {
                let memory = slow_memory();
                let outage = Outage { from, calls: usize::MAX, lasts: FOREVER, fault };
                memory.ledger.world().outage = Some(outage);
                let request = request_for(&memory, mode).await.expect("it is there");
                let ended = memory.uploader().upload(&request, &RunContext::default()).await;
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
                    // The preflight's one read goes out with the calls that confirm the claim: it promises nothing.
                    let looking = call == "read" && at == failed;
                    assert!(renewing || looking, "{what}: {call} {:?} later", at - failed);
                }
                memory.ledger.world().outage = None;
                assert_one_video(&memory, mode, &what).await;
            }
        }
    }
}

/// One call of the store that fails or loses its answer costs no video.
#[tokio::test(start_paused = true)]
async fn one_failed_call_of_the_store_costs_no_video() {
    for mode in [Mode::Oss, Mode::Slice] {
        for from in 1..=count_store_calls(mode).await {
            for (fault, calls) in [(Fault::Deny, 1), (Fault::LoseAnswer, 1), (Fault::LoseAnswer, 2)] {
                let memory = slow_memory();
                memory.ledger.world().outage = Some(Outage { from, calls, lasts: FOREVER, fault });
                let what = format!("{mode:?}, {calls} {fault:?} at call {from}");
                assert_one_video(&memory, mode, &what).await;
            }
        }
    }
}

/// A store that fails for a while is waited for, or the next run resumes the upload.
#[tokio::test(start_paused = true)]
async fn an_outage_of_the_store_ends_in_one_video() {
    for mode in [Mode::Oss, Mode::Slice] {
        for from in 1..=count_store_calls(mode).await {
            for seconds in [5, 20, 60, 300] {
                let memory = slow_memory();
                let lasts = Duration::from_secs(seconds);
                let fault = Fault::Refuse;
                memory.ledger.world().outage = Some(Outage { from, calls: usize::MAX, lasts, fault });
                assert_one_video(&memory, mode, &format!("{mode:?}, {lasts:?} from call {from} on")).await;
            }
        }
    }
}
