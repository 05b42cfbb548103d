//! Uploads that a person gives up: nobody goes on with them, nothing that may be a video is given up, and no holder is pushed aside.

use super::{
    calls, content,
    deliveries::{judge, settle, youku},
    memory::{Fault, Memory},
    points::Points,
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
    UploadId::new(&work.object, &work.job)
}

/// An upload whose holder died in the middle of its first call of this operation; answers its id.
async fn died_in(memory: &Memory, mode: Mode, operation: &'static str) -> UploadId {
    memory.world().takes.insert(operation, BEYOND_A_LEASE);
    let work = work(memory, mode).await.expect("it is there");
    let ended = timeout(A_WHILE, memory.uploader().upload(&work, &RunContext::default())).await;
    assert!(ended.is_err(), "it ended by itself: {ended:?}");
    memory.world().takes.clear();
    id(memory, mode).await
}

async fn refusal(memory: &Memory, id: &UploadId) -> Error {
    cancel(&memory.ledger(), memory, id).await.expect_err("refused")
}

#[tokio::test(start_paused = true)]
async fn an_upload_in_the_middle_is_given_up_and_begins_anew_only_when_asked() {
    for (mode, operation) in [(Mode::Oss, "part"), (Mode::Slice, "slice")] {
        let memory = Memory::holding(content());
        let id = died_in(&memory, mode, operation).await;
        // Youku's answer decides nothing: the session runs out by itself.
        memory.fault("cancel", 0, Fault::LoseAnswer);
        cancel(&memory.ledger(), &memory, &id).await.expect("given up, although the lease lives");
        assert_eq!(calls(&memory, "cancel"), 1);
        assert_eq!(memory.ledger.keys("open/"), Vec::<String>::new());

        assert_eq!(refusal(&memory, &id).await.kind(), ErrorKind::InvalidJob);
        sleep(BEYOND_A_LEASE).await;
        let uploader_of = |_, _| async { Ok(memory.uploader()) };
        sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await.expect("readable");
        let work = work(&memory, mode).await.expect("it is there");
        let asked = memory.uploader().upload(&work, &RunContext::default()).await;
        assert_eq!(asked.expect_err("it was given up").kind(), ErrorKind::Cancelled);
        assert!(memory.world().videos.is_empty());
        memory.uploader().retry(&id, Default::default(), &RunContext::default()).await.expect("tried again");
        assert_eq!(memory.world().videos.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_running_upload_stops_as_cancelled_at_its_next_renewal() {
    for (mode, operation) in [(Mode::Oss, "part"), (Mode::Slice, "slice")] {
        let memory = Memory::holding(content());
        memory.world().takes.insert(operation, BEYOND_A_LEASE * 10);
        let work = work(&memory, mode).await.expect("it is there");
        let uploader = memory.uploader();
        let running = tokio::spawn(async move { uploader.upload(&work, &RunContext::default()).await });
        sleep(A_WHILE).await;
        let began = tokio::time::Instant::now();
        let id = id(&memory, mode).await;
        cancel(&memory.ledger(), &memory, &id).await.expect("given up");
        let ended = running.await.expect("it does not panic").expect_err("no video");
        assert_eq!(ended.kind(), ErrorKind::Cancelled);
        assert!(began.elapsed() <= Duration::from_secs(6), "{:?}", began.elapsed());
        assert!(memory.world().videos.is_empty());
    }
}

/// Cancels when the upload has passed this point; answers whether that point exists.
async fn cancelled_at(mode: Mode, switches: u32, point: u32, window: Option<Duration>) -> bool {
    let memory = youku(switches, 1000);
    memory.ledger.world().slow = Some(Duration::from_millis(5));
    if let Some(window) = window {
        memory.ledger.race(window, point.into());
    }
    let seen = memory.seen_through(Points::default());
    let over = std::cell::Cell::new(false);
    let running = async {
        let ended = match work(&seen, mode).await {
            Ok(work) => seen.uploader().upload(&work, &RunContext::default()).await,
            Err(error) => Err(error),
        };
        over.set(true);
        ended
    };
    let cancelling = async {
        while seen.points.passed() < point {
            if over.get() {
                return None;
            }
            sleep(Duration::from_millis(1)).await;
        }
        let id = id(&memory, mode).await;
        Some((id.clone(), cancel(&memory.ledger(), &memory, &id).await))
    };
    let (ended, cancelled) = tokio::join!(Box::pin(running), Box::pin(cancelling));
    let what = format!("{mode:?}, switches {switches:07b}, at {point}, {window:?}: {ended:?}, {cancelled:?}");
    let videos = memory.world().videos.len();
    let Some((id, cancelled)) = cancelled else {
        assert_eq!(videos, 1, "{what}");
        return false;
    };
    match cancelled {
        Ok(()) => {
            assert_eq!(videos, 0, "a video after it was cancelled: {what}");
            assert_eq!(ended.expect_err("no video").kind(), ErrorKind::Cancelled, "{what}");
            let settled = settle(&memory, mode).await.expect_err("nobody goes on");
            assert_eq!((settled.kind(), memory.world().videos.len()), (ErrorKind::Cancelled, 0), "{what}");
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::InvalidJob, "{what}");
            judge(&memory, &settle(&memory, mode).await, &what);
        }
    }
    assert_eq!(
        cancel(&memory.ledger(), &memory, &id).await.expect_err("ended").kind(),
        ErrorKind::InvalidJob
    );
    true
}

#[tokio::test(start_paused = true)]
async fn cancel_at_every_point_answers_what_happened() {
    for (mode, switches) in [(Mode::Oss, 0), (Mode::Oss, 0b0001), (Mode::Slice, 0), (Mode::Slice, 0b1001)] {
        for window in [None, Some(Duration::from_millis(40))] {
            let mut point = 1;
            while cancelled_at(mode, switches, point, window).await {
                point += 1;
            }
            assert!(point > 30, "there are {point} points");
        }
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
    memory.fault("create", 0, Fault::Deny(ErrorKind::Unauthorized));
    super::upload(&memory, Mode::Oss).await.expect_err("refused");
    let id = id(&memory, Mode::Oss).await;
    cancel(&memory.ledger(), &memory, &id).await.expect("given up");
    assert_eq!((calls(&memory, "cancel"), memory.world().videos.len()), (0, 0));
}
