//! A ledger in which a million uploads lie finished: what a sweep, a list and an upload ask of it is what they ask of one with a thousand.

use crate::{
    ledger::{UploadRequest, tests::history::History},
    tests::{
        job,
        memory::{CallLimit, Memory, Quirks},
    },
    *,
};
use std::collections::BTreeSet;

/// What was asked of the ledger's store: requests, keys that lists returned, and the bytes of these and of what was read.
type Asked = (usize, usize, usize);

fn take_asked(memory: &Memory) -> Asked {
    let mut world = memory.ledger.world();
    let requests = std::mem::take(&mut world.calls).len();
    let (keys, bytes) = std::mem::take(&mut world.returned);
    (requests, keys, bytes)
}

async fn request_on(memory: &Memory, key: &str) -> UploadRequest {
    let mut job = job(Mode::Oss);
    job.location.key = format!("dir/{key}.mp4");
    let object = head_object(memory, &job.location, &RetryPolicy::default()).await.expect("it is there");
    UploadRequest::new(job, object)
}

/// A ledger with this many finished uploads, and five that wait until Youku takes calls again.
async fn with_finished(count: u32) -> Memory {
    let memory = Memory::with_quirks(Quirks::NONE, 1000);
    let (uploader, run) = (memory.uploader(), RunContext::default());
    let request = request_on(&memory, "first").await;
    uploader.upload_arrival(&request, false, &run).await.expect("published");
    let id = UploadId::new(&request.object, &request.job);
    {
        let (now, mut world) = (memory.ledger.now(), memory.ledger.world());
        let entries = std::mem::take(&mut world.entries);
        let entries: Vec<_> = entries.into_iter().map(|(key, (bytes, _))| (key, bytes)).collect();
        world.history = History::new(count, now, &id, &entries);
        assert_eq!(world.history.len(), 7 * count as usize, "four steps, the lease, the end and the content");
    }
    memory.ledger().record_birth().await.expect("recorded");
    memory.world().limit = Some(CallLimit::of(0));
    for n in 0..5 {
        let request = request_on(&memory, &n.to_string()).await;
        uploader.upload_arrival(&request, false, &run).await.expect_err("no call is taken");
    }
    memory.world().limit = None;
    tokio::time::advance(std::time::Duration::from_secs(120)).await;
    take_asked(&memory);
    memory
}

/// What a sweep asks that resumes five uploads, an upload, and a list's page of either kind.
async fn ask(count: u32) -> [Asked; 4] {
    let memory = with_finished(count).await;
    let (ledger, run) = (memory.ledger(), RunContext::default());
    let uploader_of = |_, _| async { Ok(memory.uploader()) };
    // As the function's timer has it.
    let mut report = sweep_with(&ledger, uploader_of, &BTreeSet::new(), None, 75, &run).await.expect("swept");
    watch_videos(&ledger, uploader_of, &mut report, 25, &run).await.expect("swept");
    assert_eq!(ledger.forget_finished().await.expect("swept"), 0);
    ledger.record_sweep().await.expect("swept");
    assert_eq!(report.resumed.iter().filter(|(_, ended)| ended.is_ok()).count(), 5);
    let swept = take_asked(&memory);
    let request = request_on(&memory, "another").await;
    memory.uploader().upload_arrival(&request, false, &run).await.expect("published");
    let uploaded = take_asked(&memory);
    let open = ledger.open_marks(None, 50).await.expect("listed");
    let finished = ledger.finished_uploads(None, 50).await.expect("listed");
    assert_eq!((open.uploads.len(), finished.uploads.len(), finished.next.is_some()), (0, 50, true));
    let listed = take_asked(&memory);
    let next = ledger.finished_uploads(finished.next.as_ref(), 500).await.expect("listed");
    assert!(!next.uploads.is_empty());
    [swept, uploaded, listed, take_asked(&memory)]
}

#[tokio::test(start_paused = true)]
async fn a_million_finished_uploads_cost_what_a_thousand_do() {
    let (million, few) = (ask(1_000_000).await, ask(1_000).await);
    assert_eq!(million, few);
}
