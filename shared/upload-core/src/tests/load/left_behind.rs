//! What comes after uploads that a sweep cannot help.

use crate::{
    ledger::{OpenMark, UploadRequest},
    tests::{
        callbacks::{
            env::{MINUTE, uploader_with, with_callback},
            receiver::{Receiver, unavailable},
        },
        job,
        memory::{CallLimit, Memory, Quirks},
    },
    *,
};
use std::collections::BTreeSet;
use tokio::time::sleep;

async fn request_on(memory: &Memory, location: Location) -> UploadRequest {
    let job = Job { location, ..job(Mode::Oss) };
    let object = head_object(memory, &job.location, &RetryPolicy::default()).await.expect("it is there");
    UploadRequest::new(job, object)
}

/// Files of a machine whose person does not come back were refused first: objects that were refused after them have their turn.
#[tokio::test(start_paused = true)]
async fn files_that_nobody_brings_again_keep_no_object_waiting() {
    let memory = Memory::with_quirks(Quirks::NONE, 1000);
    memory.world().limit = Some(CallLimit::of(0));
    let at = |key: String| Location { key, ..job(Mode::Oss).location };
    let carried = |key| Location { provider: Provider::Folder, bucket: String::new(), ..at(key) };
    let files = (0..20).map(|n| carried(format!("{n}.mp4")));
    for location in files.chain((0..3).map(|n| at(format!("dir/{n}.mp4")))) {
        let request = request_on(&memory, location).await;
        memory.uploader().upload(&request, &RunContext::default()).await.expect_err("no call is accepted");
    }
    memory.world().limit = None;
    sleep(20 * MINUTE).await;
    let uploader_of = |_, mark: OpenMark| {
        let opened = match mark.location.is_carried() {
            false => Ok(memory.uploader()),
            true => Err(Error::new(ErrorKind::InProgress, "source", "it lies elsewhere")
                .with_claim_refusal(ClaimRefusal::SourceElsewhere)),
        };
        async { opened }
    };
    let swept =
        sweep_with(&memory.ledger(), uploader_of, &BTreeSet::new(), None, 4, &RunContext::default()).await;
    let swept = swept.expect("the ledger can be read");
    assert_eq!((memory.published().len(), swept.carried, swept.is_unfinished()), (3, 20, false), "{swept:?}");
}

/// Messages take no call of Youku: they are sent again while uploads of the same account wait for calls.
#[tokio::test(start_paused = true)]
async fn messages_do_not_wait_for_calls() {
    let (memory, receiver) = (Memory::with_quirks(Quirks::NONE, 1000), Receiver::answering(&[unavailable()]));
    let callback = with_callback(&memory, &[]).await.expect("the object is there").callback;
    let uploader = uploader_with(&memory, &receiver);
    let upload = async |key: String| {
        let location = Location { key, ..job(Mode::Oss).location };
        let request = UploadRequest { callback: callback.clone(), ..request_on(&memory, location).await };
        uploader.upload(&request, &RunContext::default()).await
    };
    for n in 0..3 {
        upload(format!("told/{n}.mp4")).await.expect("published");
    }
    memory.world().limit = Some(CallLimit::of(0));
    for n in 0..3 {
        upload(format!("waits/{n}.mp4")).await.expect_err("no call is accepted");
    }
    sleep(61 * MINUTE).await;
    receiver.inner().answers.clear();
    let before = receiver.messages().len();
    let uploader_of = |_, _| async { Ok(uploader.clone()) };
    let swept = sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await;
    let swept = swept.expect("the ledger can be read");
    assert_eq!((swept.callbacks_delivered, receiver.messages().len() - before), (3, 3), "{swept:?}");
}
