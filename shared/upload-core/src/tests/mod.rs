//! The uploader against a source and a Youku in memory: whatever fails on the way, one video with exactly the object's bytes, or
//! none and a reason.

mod audiences;
mod callbacks;
mod cancels;
pub(crate) mod clock;
mod commits;
mod crashes;
mod deadlines;
mod deliveries;
mod expiry;
mod frozen;
pub(crate) mod memory;
mod odd_answers;
mod outages;
pub(crate) mod points;
mod races;
mod rate_limit;
mod refusals;
mod renewed_tokens;
mod reopening;
mod requests;
mod resends;
mod same_content;
mod speed;
mod standstill;
mod stated;
#[expect(clippy::panic, reason = "a test fails by panicking")]
mod tokens;
mod twins;
mod waits;

use crate::{ledger::UploadRequest, *};
use memory::{Fault, Memory};
use std::sync::LazyLock;

const SIZE: usize = (5 << 20) + 1;

fn content() -> Vec<u8> {
    bytes(SIZE)
}

/// So many bytes; 8 MiB at most.
fn bytes(size: usize) -> Vec<u8> {
    static BYTES: LazyLock<Vec<u8>> =
        LazyLock::new(|| (0..8 << 20).map(|n| u8::try_from(n * 31 % 251).unwrap_or_default()).collect());
    BYTES[..size].to_vec()
}

fn job(mode: Mode) -> Job {
    let location =
        Location { provider: Provider::Oss, bucket: "b".into(), key: "dir/片.mp4".into(), region: None };
    Job { location, account: "main".into(), video: Default::default(), mode, md5: None, force_nonce: None }
}

async fn upload(memory: &Memory, mode: Mode) -> Result<PublishedVideo, Error> {
    let work = work(memory, mode).await?;
    memory.uploader().upload(&work, &RunContext::default()).await
}

async fn work(memory: &Memory, mode: Mode) -> Result<UploadRequest, Error> {
    let job = job(mode);
    let object = head_object(memory, &job.location, &RetryPolicy::default()).await?;
    Ok(UploadRequest { job, object, requested_key: None, callback: None, caller_account: None })
}

async fn publishes(memory: &Memory, mode: Mode) {
    let published = upload(memory, mode).await.expect("the upload survives this");
    let world = memory.world();
    assert_eq!(world.videos.len(), 1, "one video");
    let video = published.video_id.and_then(|id| world.videos.get(&id));
    assert!(video == Some(&world.content), "the object's bytes");
}

fn calls(memory: &Memory, operation: &str) -> usize {
    memory.world().calls.iter().filter(|call| **call == operation).count()
}

#[tokio::test(start_paused = true)]
async fn both_modes_publish_the_objects_bytes() {
    for mode in [Mode::Oss, Mode::Slice] {
        publishes(&Memory::holding(content()), mode).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_object_without_md5_is_read_once_before() {
    let memory = Memory::holding(content());
    memory.world().tells_md5 = false;
    publishes(&memory, Mode::Oss).await;
    let (pass, parts) = (SIZE.div_ceil(1 << 20), 6);
    assert!(calls(&memory, "read") >= pass + parts);
}

#[tokio::test(start_paused = true)]
async fn short_troubles_of_every_call_are_survived() {
    let oss = ["read", "create", "initiate", "part", "complete", "commit"];
    let slice = ["read", "create", "create_file", "next", "slice", "check", "commit"];
    for (mode, operations) in [(Mode::Oss, &oss[..]), (Mode::Slice, &slice[..])] {
        for operation in operations {
            for fault in [Fault::Refuse(ErrorKind::Target), Fault::LoseAnswer] {
                let memory = Memory::holding(content());
                memory.fault(operation, 0, fault);
                memory.fault(operation, 1, fault);
                publishes(&memory, mode).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_whose_answer_was_lost_is_not_sent_again() {
    let memory = Memory::holding(content());
    publishes(&memory, Mode::Oss).await;
    let parts = calls(&memory, "part");
    let memory = Memory::holding(content());
    memory.fault("part", 1, Fault::LoseAnswer);
    publishes(&memory, Mode::Oss).await;
    assert_eq!(calls(&memory, "part"), parts);
}

#[tokio::test(start_paused = true)]
async fn damaged_and_cut_bytes_are_sent_again() {
    for (operation, fault) in
        [("part", Fault::Flip), ("slice", Fault::Flip), ("read", Fault::Flip), ("read", Fault::Cut)]
    {
        for mode in [Mode::Oss, Mode::Slice] {
            for skip in [0, 2] {
                let memory = Memory::holding(content());
                memory.fault(operation, skip, fault);
                publishes(&memory, mode).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_tells_no_crc_is_measured_and_a_target_that_answers_none_is_checked_by_md5() {
    let memory = Memory::holding(content());
    memory.world().tells_crc = false;
    publishes(&memory, Mode::Oss).await;
    let memory = Memory::holding(content());
    memory.world().answers_crc = false;
    memory.fault("part", 4, Fault::Flip);
    publishes(&memory, Mode::Oss).await;
}

#[tokio::test(start_paused = true)]
async fn credentials_that_run_out_are_renewed_and_no_session_is_lost() {
    for operation in ["initiate", "part", "complete"] {
        let memory = Memory::holding(content());
        memory.fault(operation, 0, Fault::Refuse(ErrorKind::CredentialExpired));
        publishes(&memory, Mode::Oss).await;
        assert_eq!((calls(&memory, "create"), calls(&memory, "sts")), (1, 1), "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_object_replaced_meanwhile_publishes_nothing() {
    for mode in [Mode::Oss, Mode::Slice] {
        let memory = Memory::holding(content());
        let work = work(&memory, mode).await.expect("it is there");
        memory.world().etag = "B".into();
        let error = memory.uploader().upload(&work, &RunContext::default()).await.expect_err("it changed");
        assert_eq!(error.kind(), ErrorKind::SourceChanged);
        assert!(memory.world().videos.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_commit_whose_answer_was_lost_makes_one_video_whatever_youku_says_the_second_time() {
    for again_refuses in [true, false] {
        for mode in [Mode::Oss, Mode::Slice] {
            let memory = Memory::holding(content());
            memory.world().again_refuses = again_refuses;
            memory.fault("commit", 0, Fault::LoseAnswer);
            publishes(&memory, mode).await;
            assert_eq!(calls(&memory, "create"), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_dies_before_its_bytes_landed_is_opened_anew_and_after_it_never() {
    let memory = Memory::holding(content());
    memory.fault("slice", 3, Fault::Deny(ErrorKind::SessionOver));
    publishes(&memory, Mode::Slice).await;
    assert_eq!(calls(&memory, "create"), 2);

    let memory = Memory::holding(content());
    memory.world().shows_uncommitted = true;
    memory.fault("commit", 0, Fault::Deny(ErrorKind::SessionOver));
    let error = upload(&memory, Mode::Oss).await.expect_err("nobody knows");
    assert_eq!(error.kind(), ErrorKind::CommitUnknown);
    assert_eq!(calls(&memory, "create"), 1);
    let error = upload(&memory, Mode::Oss).await.expect_err("the ledger remembers");
    assert_eq!((error.kind(), calls(&memory, "create")), (ErrorKind::CommitUnknown, 1));
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_at_its_deadline_and_can_be_tried_again() {
    let memory = Memory::holding(content());
    for _ in 0..100 {
        memory.fault("part", 0, Fault::Refuse(ErrorKind::Target));
    }
    let work = work(&memory, Mode::Oss).await.expect("it is there");
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(5);
    let run = RunContext { deadline: Some(deadline), ..RunContext::default() };
    let error = memory.uploader().upload(&work, &run).await.expect_err("too late");
    assert!(error.kind() == ErrorKind::Deadline && error.is_retryable(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn an_empty_object_is_refused_before_anything_is_opened() {
    let memory = Memory::holding(Vec::new());
    let error = upload(&memory, Mode::Oss).await.expect_err("empty");
    assert_eq!(error.kind(), ErrorKind::InvalidJob);
    assert_eq!(calls(&memory, "create"), 0);
}
