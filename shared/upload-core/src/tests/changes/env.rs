//! An upload that may be changed, its sweeps, and what Youku was told.

use crate::{
    ledger::{ChangeOrigin, Record, UploadRequest},
    metadata::{PublicType, VideoMetadata},
    tests::{
        callbacks::{env::MINUTE, receiver::Receiver},
        memory::Memory,
        request_for,
    },
    *,
};
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::time::sleep;

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

pub(crate) fn person() -> ChangeOrigin {
    ChangeOrigin::Person("editor".into())
}

pub(crate) fn titled(title: &str) -> VideoMetadata {
    VideoMetadata { title: Some(title.into()), ..VideoMetadata::default() }
}

pub(crate) fn audience(public_type: PublicType) -> VideoMetadata {
    VideoMetadata { public_type: Some(public_type), ..VideoMetadata::default() }
}

/// What a settings file without rules says, with management on.
pub(crate) fn managing_policy(rules: &crate::rules::Rules, now: SystemTime) -> IntakePolicy<'_> {
    IntakePolicy {
        rules,
        reserved: &[],
        paused: false,
        mode: Mode::Oss,
        retry: RetryPolicy::default(),
        manage: ManagePolicy { enabled: true, hiding: Hiding::Password },
        now,
    }
}

/// The ledger's clock.
pub(crate) fn now(memory: &Memory) -> SystemTime {
    memory.ledger.now()
}

pub(crate) fn uploader(memory: &Memory, receiver: &Receiver) -> Uploader {
    memory.uploader().with_notifier(Arc::new(receiver.clone()), MINUTE)
}

/// A request whose video is public for everybody, at a time.
pub(crate) async fn request_at(memory: &Memory, at: Option<SystemTime>) -> Result<UploadRequest, Error> {
    let mut request = request_for(memory, Mode::Oss).await?;
    request.job.video.metadata.public_type = Some(PublicType::All);
    request.job.publication = at.map(|at| Hiding::Password.until(at.into()));
    Ok(request)
}

pub(crate) async fn publish(memory: &Memory, at: Option<SystemTime>) -> UploadId {
    let request = request_at(memory, at).await.expect("the object is there");
    let uploader = uploader(memory, &Receiver::default());
    uploader.upload(&request, &RunContext::default()).await.expect("published").upload_id
}

pub(crate) async fn change(
    memory: &Memory,
    id: &UploadId,
    change: VideoChange,
    by: ChangeOrigin,
) -> Result<Changed, Error> {
    uploader(memory, &Receiver::default()).change_video(id, change, by, &RunContext::default()).await
}

pub(crate) async fn run_sweep(memory: &Memory) -> SweepReport {
    let uploader_of = |_, _| async { Ok(uploader(memory, &Receiver::default())) };
    let swept = sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await;
    swept.expect("the ledger can be read")
}

/// A timer calls the sweep every five minutes for this time.
pub(crate) async fn sweep_for(memory: &Memory, time: Duration) -> usize {
    let end = tokio::time::Instant::now() + time;
    let mut made_public = 0;
    while tokio::time::Instant::now() < end {
        sleep(5 * MINUTE).await;
        made_public += run_sweep(memory).await.made_public;
    }
    made_public
}

pub(crate) async fn read(memory: &Memory, id: &UploadId) -> Record {
    memory.ledger().read(id).await.expect("readable").expect("it is there")
}

/// What the only video states now.
pub(crate) fn shown(memory: &Memory) -> VideoMetadata {
    let world = memory.world();
    let id = world.videos.keys().next().expect("there is a video");
    world.metadata_of(id)
}

/// Who may watch the only video now.
pub(crate) fn public_type(memory: &Memory) -> PublicType {
    shown(memory).public_type.expect("it is always stated here")
}

/// When the video became public for everybody, by this machine's clock since the test began.
pub(crate) fn made_public(memory: &Memory) -> Vec<tokio::time::Instant> {
    let world = memory.world();
    let public = |metadata: &VideoMetadata| metadata.public_type == Some(PublicType::All);
    world.edits.iter().filter(|(_, _, metadata)| public(metadata)).map(|(at, _, _)| *at).collect()
}
