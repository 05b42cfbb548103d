//! 2,000 objects land at once, and Youku takes 1,000 calls an hour.

use super::{
    calls,
    deliveries::youku,
    job,
    memory::{CallLimit, Memory},
};
use crate::{
    ledger::{State, UploadRequest},
    *,
};
use futures_util::future::join_all;
use std::{cell::RefCell, time::Duration};
use tokio::time::{Instant, sleep};

const OBJECTS: u32 = 2_000;
const WORKERS: usize = 50;
const AN_HOUR: u32 = 1_000;
const SWEEPS: Duration = Duration::from_secs(300);

async fn work_on(memory: &Memory, n: u32) -> UploadRequest {
    let mut job = job(Mode::Oss);
    job.location.key = format!("dir/{n}.mp4");
    let object = head_object(memory, &job.location, &RetryPolicy::default()).await.expect("it is there");
    UploadRequest { job, object, requested_key: None, callback: None, caller_account: None }
}

/// Every object's event is delivered once, by workers that take the next as soon as they are free; answers which are not published.
async fn events(memory: &Memory) -> Vec<UploadId> {
    let (queue, left) = (RefCell::new(0..OBJECTS), RefCell::new(Vec::new()));
    let worker = || async {
        loop {
            let Some(n) = queue.borrow_mut().next() else { return };
            let work = work_on(memory, n).await;
            if let Err(error) = memory.uploader().upload(&work, &RunContext::default()).await {
                assert!(error.kind() == ErrorKind::RateLimited && error.is_retryable(), "{error:?}");
                left.borrow_mut().push(UploadId::new(&work.object, &work.job));
            }
        }
    };
    join_all((0..WORKERS).map(|_| worker())).await;
    left.into_inner()
}

/// Sweeps until nothing is open, each from where the last one ended.
async fn sweeps(memory: &Memory) {
    let mut after = None;
    for _ in 0..1000 {
        sleep(SWEEPS).await;
        let uploader_of = |_, _| async { Ok(memory.uploader()) };
        let swept = sweep(&memory.ledger(), uploader_of, after, 100, &RunContext::default()).await;
        after = swept.expect("the ledger can be read").next;
        if memory.ledger.keys("open/").is_empty() {
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn two_thousand_objects_all_finish_and_youku_is_hardly_ever_asked_in_vain() {
    let memory = youku(0, 1000);
    memory.world().limit = Some(CallLimit::of(AN_HOUR));
    let calls_take = Duration::from_millis(100);
    memory
        .world()
        .takes
        .extend(["create", "initiate", "part", "complete", "commit"].map(|call| (call, calls_take)));
    let begun = Instant::now();
    let left = events(&memory).await;
    assert!(left.len() > 1_000, "the limit is met");
    for id in &left {
        let record = memory.ledger().read(id).await.expect("readable").expect("it is known");
        assert!(matches!(record.state, State::Waiting(_)), "{:?}", record.state);
        assert!(record.waiting.expect("it waits").not_before.is_some());
    }
    sweeps(&memory).await;
    let hours = begun.elapsed().as_secs_f64() / 3600.0;
    let videos = memory.world().videos.len();
    assert_eq!((videos, memory.published().len()), (2_000, 2_000), "each exactly once");
    let CallLimit { taken, refused, .. } = memory.world().limit.expect("there is one");
    assert_eq!(taken, 2 * OBJECTS, "one create and one commit each, whatever was refused between them");
    assert!(calls(&memory, "sts") == 0 && hours < 4.5, "{hours} hours");
    assert!(refused < 150, "{refused} calls were refused");
}
