//! Uploads that a person cancels: nobody resumes them, nothing that may be a video is cancelled, and no holder is pushed aside.

use super::{
    content, count_calls,
    crash_points::{CrashPoints, report_crash_points},
    deliveries::{assert_published, settle},
    memory::{Fault, Memory, Quirks},
    request_for, upload_and_verify,
};
use crate::*;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Longer than any call here takes and shorter than a lease lives.
const A_WHILE: Duration = Duration::from_secs(5);
const BEYOND_A_LEASE: Duration = Duration::from_secs(120);

async fn upload_id(memory: &Memory, mode: Mode) -> UploadId {
    let request = request_for(memory, mode).await.expect("it is there");
    UploadId::new(&request.object, &request.job)
}

/// An upload whose holder died in the middle of its first call of this operation. Returns its id.
async fn die_in(memory: &Memory, mode: Mode, operation: &'static str) -> UploadId {
    memory.world().takes.insert(operation, BEYOND_A_LEASE);
    let request = request_for(memory, mode).await.expect("it is there");
    let ended = timeout(A_WHILE, memory.uploader().upload(&request, &RunContext::default())).await;
    assert!(ended.is_err(), "it ended by itself: {ended:?}");
    memory.world().takes.clear();
    upload_id(memory, mode).await
}

async fn expect_refusal(memory: &Memory, id: &UploadId) -> Error {
    cancel(&memory.ledger(), memory, id).await.expect_err("refused")
}

/// An upload that is cancelled in the middle begins again only when somebody asks for it.
#[tokio::test(start_paused = true)]
async fn a_cancelled_upload_begins_again_only_when_asked() {
    for (mode, operation) in [(Mode::Oss, "part"), (Mode::Slice, "slice")] {
        let memory = Memory::holding(content());
        let id = die_in(&memory, mode, operation).await;
        // Youku's answer decides nothing: the session runs out by itself.
        memory.fault("cancel", 0, Fault::LoseAnswer);
        cancel(&memory.ledger(), &memory, &id).await.expect("given up, although the lease lives");
        assert_eq!(count_calls(&memory, "cancel"), 1);
        assert_eq!(memory.ledger.keys("open/"), Vec::<String>::new());

        assert_eq!(expect_refusal(&memory, &id).await.kind(), ErrorKind::WrongState);
        sleep(BEYOND_A_LEASE).await;
        let uploader_of = |_, _| async { Ok(memory.uploader()) };
        sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await.expect("readable");
        let request = request_for(&memory, mode).await.expect("it is there");
        let asked = memory.uploader().upload(&request, &RunContext::default()).await;
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
        let request = request_for(&memory, mode).await.expect("it is there");
        let uploader = memory.uploader();
        let running = tokio::spawn(async move { uploader.upload(&request, &RunContext::default()).await });
        sleep(A_WHILE).await;
        let began = tokio::time::Instant::now();
        let id = upload_id(&memory, mode).await;
        cancel(&memory.ledger(), &memory, &id).await.expect("given up");
        let ended = running.await.expect("it does not panic").expect_err("no video");
        assert_eq!(ended.kind(), ErrorKind::Cancelled);
        assert!(began.elapsed() <= Duration::from_secs(6), "{:?}", began.elapsed());
        assert!(memory.world().videos.is_empty());
    }
}

/// Cancels when the upload has passed this crash point. Returns whether that crash point exists.
async fn cancel_at(mode: Mode, quirks: Quirks, point: u32, window: Option<Duration>) -> bool {
    let memory = Memory::with_quirks(quirks, 1000);
    memory.ledger.world().slow = Some(Duration::from_millis(5));
    if let Some(window) = window {
        memory.ledger.race(window, point.into());
    }
    let seen = memory.seen_through(CrashPoints::default());
    let over = std::cell::Cell::new(false);
    let running = async {
        let ended = match request_for(&seen, mode).await {
            Ok(request) => seen.uploader().upload(&request, &RunContext::default()).await,
            Err(error) => Err(error),
        };
        over.set(true);
        ended
    };
    let cancelling = async {
        while seen.crash_points.passed() < point {
            if over.get() {
                return None;
            }
            sleep(Duration::from_millis(1)).await;
        }
        let id = upload_id(&memory, mode).await;
        Some((id.clone(), cancel(&memory.ledger(), &memory, &id).await))
    };
    let (ended, cancelled) = tokio::join!(Box::pin(running), Box::pin(cancelling));
    let what = format!("{mode:?}, quirks {quirks:?}, at {point}, {window:?}: {ended:?}, {cancelled:?}");
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
            // Before its first step the ledger does not know it.
            let known = [ErrorKind::NoSuchUpload, ErrorKind::WrongState];
            assert!(known.contains(&error.kind()), "{what}");
            assert_published(&memory, &settle(&memory, mode).await, &what);
        }
    }
    assert_eq!(
        cancel(&memory.ledger(), &memory, &id).await.expect_err("ended").kind(),
        ErrorKind::WrongState
    );
    true
}

#[tokio::test(start_paused = true)]
async fn cancel_at_every_point_answers_what_happened() {
    let mut covered = 0;
    for (mode, quirks) in
        Quirks::BY_MODE.map(|(mode, quirks)| (mode, Quirks { hides_parts: false, ..quirks }))
    {
        for window in [None, Some(Duration::from_millis(40))] {
            let mut point = 1;
            while cancel_at(mode, quirks, point, window).await {
                point += 1;
            }
            assert!(point > 30, "there are {point} crash points");
            covered += point - 1;
        }
    }
    report_crash_points("cancelled", covered);
}

#[tokio::test(start_paused = true)]
async fn what_may_be_a_video_is_not_cancelled() {
    let memory = Memory::holding(content());
    let id = die_in(&memory, Mode::Oss, "commit").await;
    sleep(BEYOND_A_LEASE).await;
    let error = expect_refusal(&memory, &id).await;
    assert!(
        error.kind() == ErrorKind::WrongState && error.to_string().contains("may be a video"),
        "{error:?}"
    );
    upload_and_verify(&memory, Mode::Oss).await;
    let error = expect_refusal(&memory, &id).await;
    assert!(error.kind() == ErrorKind::WrongState && error.to_string().contains("has ended"), "{error:?}");
    assert_eq!(count_calls(&memory, "cancel"), 0);
}

#[tokio::test(start_paused = true)]
async fn before_there_is_a_session_youku_has_nothing_to_forget() {
    let memory = Memory::holding(content());
    memory.fault("create", 0, Fault::Deny(ErrorKind::Unauthorized));
    super::upload(&memory, Mode::Oss).await.expect_err("refused");
    let id = upload_id(&memory, Mode::Oss).await;
    cancel(&memory.ledger(), &memory, &id).await.expect("given up");
    assert_eq!((count_calls(&memory, "cancel"), memory.world().videos.len()), (0, 0));
}
