//! The same bytes again under the same key: other versions, copies onto themselves. They are not published again automatically.

use super::{
    bytes,
    callbacks::{
        env::{MINUTE, uploader_with},
        receiver::{Receiver, URL},
    },
    changes::env::{HOUR, change, now, person, publish, sweep_for, titled},
    count_calls,
    crash_points::report_crash_points,
    deliveries::LEASE,
    memory::{Fault, Memory},
    request_for,
};
use crate::*;
use tokio::time::sleep;

const SIZE: usize = 1000;

/// Replaces the object by this version, with the same bytes.
fn replace_version(memory: &Memory, etag: &str) {
    memory.world().etag = etag.into();
}

async fn arrive(memory: &Memory, republish: bool) -> Result<ArrivalOutcome, Error> {
    let request = request_for(memory, Mode::Oss).await?;
    memory.uploader().upload_arrival(&request, republish, &RunContext::default()).await
}

fn is_skipped(ended: Result<ArrivalOutcome, Error>) -> bool {
    matches!(ended.expect("nothing fails"), ArrivalOutcome::SameContent)
}

async fn publish_once() -> Memory {
    let memory = Memory::holding(bytes(SIZE));
    assert!(!is_skipped(arrive(&memory, false).await));
    memory
}

#[tokio::test(start_paused = true)]
async fn the_same_bytes_again_are_skipped_and_youku_asked_once() {
    let memory = publish_once().await;
    for etag in ["B", "C"] {
        replace_version(&memory, etag);
        let shows = count_calls(&memory, "show");
        for _ in 0..3 {
            assert!(is_skipped(arrive(&memory, false).await), "{etag}");
        }
        assert_eq!(count_calls(&memory, "show"), shows + 1, "once a version");
    }
    assert_eq!((memory.world().videos.len(), memory.ledger.keys("content/").len()), (1, 1));
    // The version that was published answers what it answered.
    replace_version(&memory, "A");
    assert!(!is_skipped(arrive(&memory, false).await));
    assert_eq!(memory.world().videos.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn other_bytes_a_rule_and_a_task_publish_again() {
    let memory = publish_once().await;
    replace_version(&memory, "B");
    assert!(!is_skipped(arrive(&memory, true).await), "the rule wants it");
    replace_version(&memory, "C");
    let task = request_for(&memory, Mode::Oss).await.expect("it is there");
    memory.uploader().upload(&task, &RunContext::default()).await.expect("somebody asks for it");
    let memory = publish_once().await;
    memory.hold_content(bytes(SIZE + 1));
    replace_version(&memory, "D");
    assert!(!is_skipped(arrive(&memory, false).await), "other bytes");
    assert_eq!(memory.world().videos.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_video_that_failed_was_blocked_or_is_gone_is_tried_again() {
    for state in [Some(VideoState::Failed), Some(VideoState::Blocked), None] {
        let memory = publish_once().await;
        match state {
            Some(state) => memory.world().states.push_back(state),
            None => memory.world().videos.clear(),
        }
        replace_version(&memory, "B");
        assert!(!is_skipped(arrive(&memory, false).await), "{state:?}");
    }
    for state in [VideoState::Encoding, VideoState::InReview, VideoState::Limited, VideoState::Absent] {
        let memory = publish_once().await;
        memory.world().states.push_back(state);
        replace_version(&memory, "B");
        assert!(is_skipped(arrive(&memory, false).await), "{state:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn where_youku_cannot_be_asked_nothing_is_decided() {
    for kind in [ErrorKind::RateLimited, ErrorKind::Unauthorized, ErrorKind::Youku, ErrorKind::Reauthorize] {
        let memory = publish_once().await;
        replace_version(&memory, "B");
        memory.fault("show", 0, Fault::Deny(kind));
        let error = arrive(&memory, false).await.expect_err("nobody can ask");
        assert!(error.is_retryable() && error.upload_id().is_none(), "{error:?}");
        assert_eq!(memory.world().videos.len(), 1);
        // A limit is waited out.
        sleep(MINUTE).await;
        assert!(is_skipped(arrive(&memory, false).await), "asked again");
    }
}

/// What happens to the video of an older version, or its hour, leaves the index to the version that was published last.
#[tokio::test(start_paused = true)]
async fn a_change_of_an_older_version_leaves_the_last_one_known() {
    for is_hour in [false, true] {
        let memory = Memory::holding(bytes(SIZE));
        memory.world().states.extend([VideoState::Normal]);
        let older = publish(&memory, is_hour.then(|| now(&memory) + HOUR)).await;
        memory.hold_content(bytes(SIZE + 1));
        replace_version(&memory, "B");
        assert!(!is_skipped(arrive(&memory, false).await), "other bytes");
        sleep(MINUTE).await;
        match is_hour {
            true => assert_eq!(sweep_for(&memory, HOUR).await, 1),
            false => {
                let edit = VideoChange::Edit(titled("旧的"));
                change(&memory, &older, edit, person()).await.expect("changed");
            }
        }
        replace_version(&memory, "C");
        assert!(is_skipped(arrive(&memory, false).await), "hour: {is_hour}");
        assert_eq!(memory.world().videos.len(), 2);
        let location = request_for(&memory, Mode::Oss).await.expect("it is there").object.location;
        let json = br#"{"description":"new"}"#;
        let applied = memory.uploader().apply_sidecar(&location, "main", json, &RunContext::default()).await;
        assert_eq!(applied.expect("carried out"), SidecarResult::Changed);
        assert_eq!(memory.world().edits.last().map(|edit| edit.1.clone()).as_deref(), Some("V1"));
    }
}

/// A change of the video that was published last keeps what was decided about later versions of it.
#[tokio::test(start_paused = true)]
async fn a_change_forgets_no_decision() {
    let memory = Memory::holding(bytes(SIZE));
    let id = publish(&memory, None).await;
    memory.world().states.extend([VideoState::Normal]);
    replace_version(&memory, "B");
    assert!(is_skipped(arrive(&memory, false).await));
    change(&memory, &id, VideoChange::Edit(titled("新的")), person()).await.expect("changed");
    let shows = count_calls(&memory, "show");
    memory.world().states = [VideoState::Blocked].into();
    assert!(is_skipped(arrive(&memory, false).await), "it was decided");
    assert_eq!((count_calls(&memory, "show"), memory.world().videos.len()), (shows, 1));
}

/// An arrival whose rule has a callback, or none.
async fn arrive_with(memory: &Memory, receiver: Option<&Receiver>) -> Result<ArrivalOutcome, Error> {
    let Some(receiver) = receiver else { return arrive(memory, false).await };
    let mut request = request_for(memory, Mode::Oss).await?;
    request.callback = Some(Callback::new(URL.into()));
    uploader_with(memory, receiver).upload_arrival(&request, false, &RunContext::default()).await
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_the_commit_leaves_the_index_to_the_sweep() {
    let mut covered = 0;
    for receiver in [None, Some(Receiver::default())] {
        let calm = Memory::holding(bytes(SIZE));
        arrive_with(&calm, receiver.as_ref()).await.expect("published");
        for point in 1..=calm.crash_points.passed() {
            drop_at(point, receiver.as_ref()).await;
            covered += 1;
        }
    }
    report_crash_points("same content", covered);
}

async fn drop_at(point: u32, receiver: Option<&Receiver>) {
    {
        let memory = Memory::holding(bytes(SIZE));
        memory.crash_points.crash_at(Some(point));
        tokio::select! {
            ended = arrive_with(&memory, receiver) => drop(ended),
            () = memory.crash_points.crashed() => {}
        }
        memory.crash_points.crash_at(None);
        sleep(LEASE * 10).await;
        let uploader_of = |_, _| async {
            Ok(receiver.map_or_else(|| memory.uploader(), |receiver| uploader_with(&memory, receiver)))
        };
        sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await.expect("readable");
        if memory.world().videos.is_empty() {
            return;
        }
        let record = super::deliveries::read_record(&memory).await;
        assert!(record.state.is_published(), "{:?}", record.state);
        replace_version(&memory, "B");
        assert!(is_skipped(arrive(&memory, false).await), "dropped at {point}");
    }
}
