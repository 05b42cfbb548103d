//! An uploader with callbacks, the sweeps that follow, and what the ledger recorded.

use super::receiver::{Receiver, URL};
use crate::{
    ledger::{FinishedUpload, PendingCallback, Record, Step, UploadRequest},
    tests::{content, memory::Memory, request_for},
    *,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const DAY: Duration = Duration::from_secs(86_400);
/// Both events of a video.
pub(crate) const BOTH: &[VideoEvent] = &[VideoEvent::Ready, VideoEvent::Rejected];

pub(crate) fn small_memory() -> Memory {
    Memory::holding(content()[..(1 << 20) + 1].to_vec())
}

pub(crate) fn uploader_with(memory: &Memory, receiver: &Receiver) -> Uploader {
    memory.uploader().with_notifier(Arc::new(receiver.clone()), MINUTE)
}

pub(crate) async fn with_callback(memory: &Memory, events: &[VideoEvent]) -> Result<UploadRequest, Error> {
    let callback = Callback { events: events.to_vec(), ..Callback::new(URL.into()) };
    Ok(UploadRequest {
        callback: Some(callback),
        requested_key: Some("film 7".into()),
        ..request_for(memory, Mode::Oss).await?
    })
}

pub(crate) async fn upload(
    memory: &Memory,
    receiver: &Receiver,
    events: &[VideoEvent],
) -> Result<PublishedVideo, Error> {
    let request = with_callback(memory, events).await?;
    uploader_with(memory, receiver).upload(&request, &RunContext::default()).await
}

pub(crate) async fn run_sweep(memory: &Memory, receiver: &Receiver) -> SweepReport {
    let uploader_of = |_, _| async { Ok(uploader_with(memory, receiver)) };
    let swept = sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await;
    swept.expect("the ledger can be read")
}

/// A timer calls the sweep every minute.
pub(crate) async fn sweep_for(time: Duration, memory: &Memory, receiver: &Receiver) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        sleep(MINUTE).await;
        run_sweep(memory, receiver).await;
    }
}

pub(crate) async fn read_record(memory: &Memory) -> Record {
    let steps = memory.ledger.keys("ledger/");
    let id = steps.first().and_then(|key| key.split('/').nth(1)).and_then(UploadId::parse);
    let read = memory.ledger().read(&id.expect("there is an upload")).await;
    read.expect("readable").expect("it is there")
}

/// Every callback that was recorded as ended: its code, and the event unless it was the outcome.
pub(crate) async fn read_deliveries(memory: &Memory) -> Vec<(String, Option<VideoEvent>)> {
    let notified = |step: Step| match step {
        Step::Notified { code, event } => Some((code, event)),
        _ => None,
    };
    read_record(memory).await.history.into_iter().filter_map(|entry| notified(entry.step)).collect()
}

pub(crate) fn is_open(memory: &Memory) -> bool {
    !memory.ledger.keys("open/").is_empty()
}

/// What the open mark says of the callback that is left.
pub(crate) async fn read_pending(memory: &Memory) -> Option<PendingCallback> {
    let ledger = memory.ledger();
    let page = ledger.open_marks(None, 1).await.expect("a list");
    let mark = ledger.open_mark(page.uploads.first()?).await.expect("readable");
    mark.expect("it is there").callback
}

/// What the list of finished uploads says.
pub(crate) async fn is_callback_pending(memory: &Memory) -> bool {
    read_finished(memory).await.callback_pending
}

/// The code that the list of finished uploads has of a callback which ended without having been accepted.
pub(crate) async fn read_failed_callback(memory: &Memory) -> Option<String> {
    read_finished(memory).await.callback_failed
}

async fn read_finished(memory: &Memory) -> FinishedUpload {
    let page = memory.ledger().finished_uploads(None, 1).await.expect("a list");
    page.uploads.into_iter().next().expect("it ended").1
}
