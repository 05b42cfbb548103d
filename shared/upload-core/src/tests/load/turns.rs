//! Whose turn it is in a sweep, and what a client costs that Youku refuses.

use crate::{
    ledger::{Claim, UploadRequest},
    tests::{
        count_calls, job,
        memory::{CallLimit, Memory, Quirks},
    },
    *,
};
use std::{collections::BTreeSet, time::Duration};
use tokio::time::sleep;

const SWEEPS: Duration = Duration::from_secs(300);

async fn request_on(memory: &Memory, key: &str) -> (UploadId, UploadRequest) {
    let mut job = job(Mode::Oss);
    job.location.key = key.into();
    let object = head_object(memory, &job.location, &RetryPolicy::default()).await.expect("it is there");
    let request = UploadRequest { landed: object.modified, ..UploadRequest::new(job, object) };
    (UploadId::new(&request.object, &request.job), request)
}

/// Uploads that Youku refused, and that are due; of each the object landed a second after that of the next.
async fn refuse(memory: &Memory, count: u64) -> Vec<UploadId> {
    let (mut ids, first) = (Vec::new(), memory.ledger.now());
    memory.world().limit = Some(CallLimit::of(0));
    for n in 0..count {
        let key = format!("dir/{n}.mp4");
        memory.world().landed.insert(key.clone(), first - Duration::from_secs(n));
        let (id, request) = request_on(memory, &key).await;
        let refused = memory.uploader().upload(&request, &RunContext::default()).await;
        assert_eq!(refused.expect_err("no call is taken").kind(), ErrorKind::RateLimited);
        ids.push(id);
    }
    sleep(SWEEPS).await;
    ids
}

async fn run_sweep(memory: &Memory, after: Option<UploadId>, limit: usize) -> SweepReport {
    let uploader_of = |_, _| async { Ok(memory.uploader()) };
    let swept = sweep(&memory.ledger(), uploader_of, after, limit, &RunContext::default()).await;
    swept.expect("the ledger can be read")
}

/// Those that wait for calls and those that were interrupted alternate, and the preview says so.
#[tokio::test(start_paused = true)]
async fn who_waits_for_calls_alternates_with_all_others() {
    let memory = Memory::with_quirks(Quirks::NONE, 1000);
    // A preview writes nothing, not even this.
    memory.ledger().record_birth().await.expect("recorded");
    let mut interrupted = Vec::new();
    for n in 0..4 {
        let (id, request) = request_on(&memory, &format!("interrupted/{n}.mp4")).await;
        let Ok(Claim::Acquired(held)) = memory.ledger().claim(&id, &request).await else { unreachable!() };
        held.release().await;
        interrupted.push(id);
    }
    interrupted.sort();
    let refused = refuse(&memory, 4).await;
    memory.world().limit = None;
    let expected = [&interrupted[0], &refused[3], &interrupted[1], &refused[2]];
    let preview = preview_sweep(&memory.ledger(), &BTreeSet::new(), None, 4).await.expect("readable");
    assert!(preview.due.iter().map(|due| &due.id).eq(expected) && preview.has_more, "{preview:?}");
    let swept = run_sweep(&memory, None, 4).await;
    assert!(swept.resumed.iter().map(|(id, _)| id).eq(expected), "{swept:?}");
    assert!(swept.is_unfinished() && swept.uploads_wait());
    let rest = run_sweep(&memory, swept.next, 100).await;
    let expected = [&interrupted[2], &refused[1], &interrupted[3], &refused[0]];
    assert!(rest.resumed.iter().map(|(id, _)| id).eq(expected), "{rest:?}");
    assert!(!rest.is_unfinished() && memory.world().videos.len() == 8);
}

/// While it is known that Youku takes no calls, a sweep lists what waits and reads one mark, whatever waits.
#[tokio::test(start_paused = true)]
async fn a_client_known_to_be_refused_costs_four_requests() {
    let memory = Memory::with_quirks(Quirks::NONE, 1000);
    refuse(&memory, 50).await;
    run_sweep(&memory, None, 75).await;
    // Its second refusal in a row: the others are due, and it would be in vain.
    sleep(Duration::from_secs(61)).await;
    memory.ledger.world().calls.clear();
    let swept = run_sweep(&memory, None, 75).await;
    assert_eq!((swept.skipped, swept.calls_made()), (50, 0));
    let asked: Vec<_> = memory
        .ledger
        .world()
        .calls
        .iter()
        .map(|(operation, key)| (*operation, key[..5].to_owned()))
        .collect();
    let expected = [("list", "open/"), ("read", "birth"), ("read", "open/"), ("read", "pause")];
    assert_eq!(asked, expected.map(|(operation, key)| (operation, key.to_owned())));
}

/// Where Youku takes no call for a day, it is asked four times an hour, and the upload that asks has that many attempts more.
#[tokio::test(start_paused = true)]
async fn a_day_of_refusals_costs_four_attempts_an_hour() {
    let memory = Memory::with_quirks(Quirks::NONE, 1000);
    let ids = refuse(&memory, 20).await;
    for _ in 0..288 {
        run_sweep(&memory, None, 75).await;
        sleep(SWEEPS).await;
    }
    let asked = count_calls(&memory, "create");
    assert!(asked <= 20 + 100, "{asked} calls");
    let last = ids.last().expect("it landed first");
    let record = memory.ledger().read(last).await.expect("readable").expect("known");
    assert!(record.sequence() <= 2 * 100, "{} steps", record.sequence());
    memory.world().limit = None;
    sleep(3 * SWEEPS).await;
    assert_eq!(run_sweep(&memory, None, 75).await.resumed.len(), 20);
    assert_eq!(memory.published().len(), 20);
}
