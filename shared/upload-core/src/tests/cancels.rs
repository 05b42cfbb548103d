//! Uploads that a person gives up: nobody goes on with them, nothing that may be a video is given up, and no holder is pushed aside.

use super::{
    calls, content,
    memory::{Fault, Memory},
    publishes, work,
};
use crate::*;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Longer than any call here takes and shorter than a lease lives.
const A_WHILE: Duration = Duration::from_secs(5);
const BEYOND_A_LEASE: Duration = Duration::from_secs(120);

async fn id(memory: &Memory, mode: Mode) -> UploadId {
    let work = work(memory, mode).await.expect("it is there");
    UploadId::of(&work.object, &work.job)
}

/// An upload whose holder died in the middle of its first call of this operation; answers its id.
async fn died_in(memory: &Memory, mode: Mode, operation: &'static str) -> UploadId {
    memory.world().takes.insert(operation, BEYOND_A_LEASE);
    let work = work(memory, mode).await.expect("it is there");
    let ended = timeout(A_WHILE, memory.uploader().upload(&work, &Run::default())).await;
    assert!(ended.is_err(), "it ended by itself: {ended:?}");
    memory.world().takes.clear();
    id(memory, mode).await
}

async fn refusal(memory: &Memory, id: &UploadId) -> Error {
    cancel(&memory.ledger(), memory, id).await.expect_err("refused")
}

#[tokio::test(start_paused = true)]
async fn an_upload_in_the_middle_is_given_up_once_its_holder_is_dead_and_begins_anew_only_when_asked() {
    for (mode, operation) in [(Mode::Oss, "part"), (Mode::Slice, "slice")] {
        let memory = Memory::holding(content());
        let id = died_in(&memory, mode, operation).await;
        assert_eq!(refusal(&memory, &id).await.kind(), ErrorKind::InProgress);
        assert_eq!(calls(&memory, "cancel"), 0);
        sleep(BEYOND_A_LEASE).await;
        // Youku's answer decides nothing: the session runs out by itself.
        memory.fault("cancel", 0, Fault::LoseAnswer);
        cancel(&memory.ledger(), &memory, &id).await.expect("given up");
        assert_eq!(calls(&memory, "cancel"), 1);

        assert_eq!(refusal(&memory, &id).await.kind(), ErrorKind::InvalidJob);
        let uploader_of = |_, _| async { Ok(memory.uploader()) };
        sweep(&memory.ledger(), uploader_of, None, 100, &Run::default()).await.expect("readable");
        let work = work(&memory, mode).await.expect("it is there");
        let asked = memory.uploader().upload(&work, &Run::default()).await;
        assert_eq!(asked.expect_err("it was given up").kind(), ErrorKind::Cancelled);
        assert!(memory.world().videos.is_empty());
        memory.uploader().retry(&id, &Run::default()).await.expect("tried again");
        assert_eq!(memory.world().videos.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_be_a_video_is_not_given_up() {
    let memory = Memory::holding(content());
    let id = died_in(&memory, Mode::Oss, "commit").await;
    sleep(BEYOND_A_LEASE).await;
    let error = refusal(&memory, &id).await;
    assert!(
        error.kind() == ErrorKind::InvalidJob && error.to_string().contains("may be a video"),
        "{error:?}"
    );
    publishes(&memory, Mode::Oss).await;
    let error = refusal(&memory, &id).await;
    assert!(error.kind() == ErrorKind::InvalidJob && error.to_string().contains("has ended"), "{error:?}");
    assert_eq!(calls(&memory, "cancel"), 0);
}

#[tokio::test(start_paused = true)]
async fn before_there_is_a_session_youku_has_nothing_to_forget() {
    let memory = Memory::holding(content());
    memory.fault("create", 0, Fault::Deny(ErrorKind::Unauthorised));
    super::upload(&memory, Mode::Oss).await.expect_err("refused");
    let id = id(&memory, Mode::Oss).await;
    cancel(&memory.ledger(), &memory, &id).await.expect("given up");
    assert_eq!((calls(&memory, "cancel"), memory.world().videos.len()), (0, 0));
}
