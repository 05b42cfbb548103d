//! The same bytes that come again under the same key: other versions, copies onto themselves. They are not published again by themselves.

use super::{
    bytes,
    callbacks::{Receiver, URL, telling},
    calls,
    deliveries::LEASE,
    memory::{Fault, Memory},
    work,
};
use crate::*;
use tokio::time::sleep;

const SIZE: usize = 1000;

/// The object comes again as this version.
fn comes_again(memory: &Memory, etag: &str) {
    memory.world().etag = etag.into();
}

async fn arrives(memory: &Memory, republish: bool) -> Result<ArrivalOutcome, Error> {
    let work = work(memory, Mode::Oss).await?;
    memory.uploader().upload_arrival(&work, republish, &RunContext::default()).await
}

fn is_skipped(ended: Result<ArrivalOutcome, Error>) -> bool {
    matches!(ended.expect("nothing fails"), ArrivalOutcome::SameContent)
}

async fn published_once() -> Memory {
    let memory = Memory::holding(bytes(SIZE));
    assert!(!is_skipped(arrives(&memory, false).await));
    memory
}

#[tokio::test(start_paused = true)]
async fn the_same_bytes_again_are_skipped_and_youku_asked_once() {
    let memory = published_once().await;
    for etag in ["B", "C"] {
        comes_again(&memory, etag);
        let shows = calls(&memory, "show");
        for _ in 0..3 {
            assert!(is_skipped(arrives(&memory, false).await), "{etag}");
        }
        assert_eq!(calls(&memory, "show"), shows + 1, "once a version");
    }
    assert_eq!((memory.world().videos.len(), memory.ledger.keys("content/").len()), (1, 1));
    // The version that was published answers what it answered.
    comes_again(&memory, "A");
    assert!(!is_skipped(arrives(&memory, false).await));
    assert_eq!(memory.world().videos.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn other_bytes_a_rule_and_a_task_publish_again() {
    let memory = published_once().await;
    comes_again(&memory, "B");
    assert!(!is_skipped(arrives(&memory, true).await), "the rule wants it");
    comes_again(&memory, "C");
    let task = work(&memory, Mode::Oss).await.expect("it is there");
    memory.uploader().upload(&task, &RunContext::default()).await.expect("somebody asks for it");
    let memory = published_once().await;
    memory.hold_content(bytes(SIZE + 1));
    comes_again(&memory, "D");
    assert!(!is_skipped(arrives(&memory, false).await), "other bytes");
    assert_eq!(memory.world().videos.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_video_that_failed_was_blocked_or_is_gone_is_tried_again() {
    for state in [Some(VideoState::Failed), Some(VideoState::Blocked), None] {
        let memory = published_once().await;
        match state {
            Some(state) => memory.world().states.push_back(state),
            None => memory.world().videos.clear(),
        }
        comes_again(&memory, "B");
        assert!(!is_skipped(arrives(&memory, false).await), "{state:?}");
    }
    for state in [VideoState::Encoding, VideoState::InReview, VideoState::Limited, VideoState::Absent] {
        let memory = published_once().await;
        memory.world().states.push_back(state);
        comes_again(&memory, "B");
        assert!(is_skipped(arrives(&memory, false).await), "{state:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn where_youku_cannot_be_asked_nothing_is_decided() {
    for kind in [ErrorKind::RateLimited, ErrorKind::Unauthorized, ErrorKind::Youku, ErrorKind::Reauthorize] {
        let memory = published_once().await;
        comes_again(&memory, "B");
        memory.fault("show", 0, Fault::Deny(kind));
        let error = arrives(&memory, false).await.expect_err("nobody can ask");
        assert!(error.is_retryable() && error.upload_id().is_none(), "{error:?}");
        assert_eq!(memory.world().videos.len(), 1);
        assert!(is_skipped(arrives(&memory, false).await), "asked again");
    }
}

/// An arrival whose rule has a callback, or none.
async fn arrives_with(memory: &Memory, receiver: Option<&Receiver>) -> Result<ArrivalOutcome, Error> {
    let Some(receiver) = receiver else { return arrives(memory, false).await };
    let mut work = work(memory, Mode::Oss).await?;
    work.callback = Some(Callback { url: URL.into(), events: Vec::new() });
    telling(memory, receiver).upload_arrival(&work, false, &RunContext::default()).await
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_the_commit_leaves_the_index_to_the_sweep() {
    for receiver in [None, Some(Receiver::default())] {
        let calm = Memory::holding(bytes(SIZE));
        arrives_with(&calm, receiver.as_ref()).await.expect("published");
        for point in 1..=calm.points.passed() {
            dropped_at(point, receiver.as_ref()).await;
        }
    }
}

async fn dropped_at(point: u32, receiver: Option<&Receiver>) {
    {
        let memory = Memory::holding(bytes(SIZE));
        memory.points.crash_at(Some(point));
        tokio::select! {
            ended = arrives_with(&memory, receiver) => drop(ended),
            () = memory.points.crashed() => {}
        }
        memory.points.crash_at(None);
        sleep(LEASE * 10).await;
        let uploader_of = |_, _| async {
            Ok(receiver.map_or_else(|| memory.uploader(), |receiver| telling(&memory, receiver)))
        };
        sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await.expect("readable");
        if memory.world().videos.is_empty() {
            return;
        }
        let record = super::deliveries::record(&memory).await;
        assert!(record.state.is_published(), "{:?}", record.state);
        comes_again(&memory, "B");
        assert!(is_skipped(arrives(&memory, false).await), "dropped at {point}");
    }
}
