//! The uploader against a source and a Youku in memory: whatever fails on the way, one video with exactly the object's bytes, or
//! none and a reason.

#[expect(clippy::panic, reason = "a test fails by panicking")]
mod access_token;
mod callbacks;
mod cancel;
mod changes;
pub(crate) mod clock;
mod commit_refusals;
mod concurrency;
mod corrected_token;
pub(crate) mod crash_points;
mod crashes;
mod credential_expiry;
mod deadlines;
mod deliveries;
mod freeze;
mod ledger_requests;
mod load;
mod lost_commits;
pub(crate) mod memory;
mod odd_answers;
mod outages;
mod part_checkpoint;
mod paused_uploads;
mod preflight;
mod public_type;
mod races;
mod rate_limit;
mod refused_account;
mod reopening;
pub(crate) mod robots;
mod same_content;
mod single_put;
mod stated_md5;
mod twins;
mod unused_statements;
mod upload;
mod watching;
mod without_md5;

use crate::{ledger::UploadRequest, *};
use memory::Memory;
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
    Job {
        location,
        account: "main".into(),
        video: Default::default(),
        publication: None,
        mode,
        md5: None,
        force_nonce: None,
    }
}

async fn upload(memory: &Memory, mode: Mode) -> Result<PublishedVideo, Error> {
    let request = request_for(memory, mode).await?;
    memory.uploader().upload(&request, &RunContext::default()).await
}

async fn request_for(memory: &Memory, mode: Mode) -> Result<UploadRequest, Error> {
    let job = job(mode);
    let object = head_object(memory, &job.location, &RetryPolicy::default()).await?;
    Ok(UploadRequest::new(job, object))
}

async fn upload_and_verify(memory: &Memory, mode: Mode) {
    let published = upload(memory, mode).await.expect("the upload survives this");
    let world = memory.world();
    assert_eq!(world.videos.len(), 1, "one video");
    let video = published.video_id.and_then(|id| world.videos.get(&id));
    assert!(video == Some(&world.content), "the object's bytes");
}

fn count_calls(memory: &Memory, operation: &str) -> usize {
    memory.world().calls.iter().filter(|call| **call == operation).count()
}
