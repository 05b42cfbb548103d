//! Hours that have come before Youku shows their videos as published: later looks ask about many at once.

use super::env::{HOUR, made_public, now, uploader};
use crate::{
    ledger::UploadRequest,
    metadata::PublicType,
    tests::{
        callbacks::{env::MINUTE, receiver::Receiver},
        count_calls, job,
        memory::{CallLimit, Memory, Quirks},
    },
    *,
};
use std::collections::BTreeSet;
use tokio::time::sleep;

fn whole(memory: &Memory) -> Uploader {
    uploader(memory, &Receiver::default())
}

async fn request(memory: &Memory, key: String) -> UploadRequest {
    let mut job = job(Mode::Oss);
    job.location.key = key;
    let object = head_object(memory, &job.location, &RetryPolicy::default()).await.expect("it is there");
    UploadRequest::new(job, object)
}

/// Videos in review whose hour has come.
async fn overdue(count: usize) -> Memory {
    let memory = Memory::with_quirks(Quirks::NONE, 1000);
    memory.world().states.push_back(VideoState::InReview);
    for n in 0..count {
        let mut request = request(&memory, format!("hidden/{n}.mp4")).await;
        request.job.video.metadata.public_type = Some(PublicType::All);
        request.job.publication = Some(Hiding::Password.until(now(&memory).into()));
        whole(&memory).upload(&request, &RunContext::default()).await.expect("published");
    }
    memory
}

/// A sweep as the application makes it, with room for `limit` uploads and half as many videos.
async fn run_sweep(memory: &Memory, limit: usize) -> SweepReport {
    let (ledger, run) = (memory.ledger(), RunContext::default());
    let uploader_of = |_, _| async { Ok(whole(memory)) };
    let swept = sweep_with(&ledger, uploader_of, &BTreeSet::new(), None, limit, &run).await;
    let mut report = swept.expect("the ledger can be read");
    watch_videos(&ledger, uploader_of, &mut report, limit / 2, &run).await.expect("the ledger can be read");
    report
}

fn count_shows(memory: &Memory) -> usize {
    count_calls(memory, "show") + count_calls(memory, "show_batch")
}

#[tokio::test(start_paused = true)]
async fn two_hundred_in_review_cost_few_calls_and_are_public_soon() {
    let memory = overdue(200).await;
    for hour in 0..5 {
        let before = count_shows(&memory);
        for _ in 0..12 {
            sleep(5 * MINUTE).await;
            run_sweep(&memory, 200).await;
        }
        let calls = count_shows(&memory) - before;
        // Four calls, at most six times an hour.
        assert!(hour == 0 || calls <= 24, "{calls} calls in hour {hour}");
    }
    assert!(made_public(&memory).is_empty());
    memory.world().states = [VideoState::Normal].into();
    for _ in 0..4 {
        sleep(5 * MINUTE).await;
        run_sweep(&memory, 200).await;
    }
    assert_eq!(made_public(&memory).len(), 200);
    assert!(memory.ledger.keys("open/").is_empty(), "nothing is left to do");
}

/// Uploads that wait put off the questions about videos, but not the hours.
#[tokio::test(start_paused = true)]
async fn a_backlog_does_not_put_off_an_hour() {
    let memory = overdue(5).await;
    memory.world().limit = Some(CallLimit::of(0));
    for n in 0..40 {
        let request = request(&memory, format!("dir/{n}.mp4")).await;
        whole(&memory).upload(&request, &RunContext::default()).await.expect_err("no call is left");
    }
    memory.world().states = [VideoState::Normal].into();
    memory.world().limit = Some(CallLimit::of(500));
    sleep(HOUR).await;
    let mut public_meanwhile = 0;
    while made_public(&memory).len() < 5 {
        let before = made_public(&memory).len();
        let report = run_sweep(&memory, 6).await;
        if report.uploads_wait() {
            public_meanwhile += made_public(&memory).len() - before;
        }
        sleep(MINUTE).await;
    }
    assert!(public_meanwhile > 0, "all waited until no upload was due");
}
