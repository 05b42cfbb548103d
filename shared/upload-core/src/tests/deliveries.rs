//! An event that comes again until it settles: by one door after the other, and its runs may be dropped on the way.

use super::{bytes, memory::Memory, work};
use crate::*;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The ways in which Youku and the source may differ, as bits of a number below 2 to the power of this.
pub(super) const SWITCHES: u32 = 7;

/// The longest that another holder has to wait for a lease.
pub(super) const LEASE: Duration = Duration::from_secs(20);

/// A Youku of this kind, and an object of so many bytes.
pub(super) fn youku(switches: u32, size: usize) -> Memory {
    let memory = Memory::holding(bytes(size));
    {
        let is_on = |bit: u32| switches & (1 << bit) != 0;
        let mut world = memory.world();
        world.again_refuses = is_on(0);
        world.hides_parts = is_on(1);
        world.hides_video_id = is_on(2);
        world.shows_uncommitted = is_on(3);
        world.tells_md5 = !is_on(4);
        world.tells_crc = !is_on(5);
        world.answers_crc = !is_on(6);
    }
    memory
}

/// The doors by which a delivery comes: the event, the timer, and the event at another machine that has other settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Event,
    Timer,
    OtherMachine,
}

impl Door {
    fn of(delivery: usize) -> Self {
        [Self::Event, Self::Timer, Self::OtherMachine][delivery % 3]
    }
}

/// One delivery. The timer answers nothing: what it did shows at the next event.
async fn deliver(
    memory: &Memory,
    mode: Mode,
    delivery: usize,
    run: &RunContext,
) -> Option<Result<PublishedVideo, Error>> {
    let uploader = match Door::of(delivery) {
        Door::Event => memory.uploader(),
        Door::OtherMachine => memory.uploader_with(1),
        Door::Timer => {
            let uploader_of = |_, _| async { Ok(memory.uploader()) };
            return match sweep(&memory.ledger(), uploader_of, None, 100, run).await {
                Ok(_) => None,
                Err(error) => Some(Err(error)),
            };
        }
    };
    match work(memory, mode).await {
        Ok(work) => Some(uploader.upload(&work, run).await),
        Err(error) => Some(Err(error)),
    }
}

/// Delivers until it settles; the n-th run is dropped where it comes to the n-th of these points, each counted from the run's beginning.
pub(super) async fn settle_with_crashes(
    memory: &Memory,
    mode: Mode,
    crashes: &[u32],
) -> Result<PublishedVideo, Error> {
    for delivery in 0..200 {
        if let Some(point) = crashes.get(delivery) {
            memory.points.crash_at(Some(*point));
        } else if delivery == crashes.len() && delivery > 0 {
            memory.points.crash_at(None);
        }
        let run = RunContext::default();
        let ended = tokio::select! {
            ended = deliver(memory, mode, delivery, &run) => ended,
            // The lease must run out before anybody else may go on.
            () = memory.points.crashed() => None,
        };
        match ended {
            Some(Ok(published)) => return Ok(published),
            Some(Err(error)) if !comes_again(&error) => return Err(error),
            // Long enough for a wish to be left alone as well.
            Some(Err(error)) => sleep((LEASE * 4).max(wish(&error))).await,
            None => sleep(LEASE).await,
        }
    }
    Err(Error::new(ErrorKind::Failed, "settle", "it does not settle"))
}

/// How long the upload is to be left alone.
fn wish(error: &Error) -> Duration {
    match error.advice() {
        RetryAdvice::Retry { retry_after: not_before } => not_before.unwrap_or_default(),
        _ => Duration::ZERO,
    }
}

/// Whether the event is delivered again: it failed in a way that may pass, or not for a reason of its own.
fn comes_again(error: &Error) -> bool {
    error.advice() != RetryAdvice::Permanent || error.kind() == ErrorKind::Ledger
}

/// Delivers until it settles.
pub(super) async fn settle(memory: &Memory, mode: Mode) -> Result<PublishedVideo, Error> {
    settle_with_crashes(memory, mode, &[]).await
}

/// Delivers runs of this length until it settles; answers how many there were.
pub(super) async fn settle_in_runs_of(
    memory: &Memory,
    mode: Mode,
    time: Duration,
    in_flight: usize,
) -> (u32, Result<PublishedVideo, Error>) {
    for runs in 1..200 {
        let run = RunContext { deadline: Some(Instant::now() + time), ..RunContext::default() };
        let work = work(memory, mode).await.expect("the object is there");
        match memory.uploader_with(in_flight).upload(&work, &run).await {
            Err(error) if error.kind() == ErrorKind::Deadline => {}
            ended => return (runs, ended),
        }
    }
    (200, Err(Error::new(ErrorKind::Failed, "settle", "it does not settle")))
}

/// One video with the object's bytes, or, where Youku lets nobody know, none more and a failure that says so.
pub(super) fn judge(memory: &Memory, ended: &Result<PublishedVideo, Error>, what: &str) {
    let world = memory.world();
    assert_eq!(world.videos.len(), 1, "{what}: {ended:?}");
    match ended {
        Ok(published) => {
            let video = published.video_id.as_ref().and_then(|id| world.videos.get(id));
            assert!(video == Some(&world.content), "{what}: other bytes");
        }
        Err(error) => {
            let unknowable = world.again_refuses && world.hides_video_id;
            assert!(unknowable && error.kind() == ErrorKind::CommitUnknown, "{what}: {error:?}");
        }
    }
}

/// A sweep finds nothing to do but a mark that a crash left behind, and what it stood for.
pub(super) async fn nothing_is_open(memory: &Memory, what: &str) {
    memory.points.crash_at(None);
    sleep(LEASE).await;
    let uploader_of = |_, _| async { Ok(memory.uploader()) };
    let swept = sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await;
    let swept = swept.expect("the ledger can be read");
    assert!(swept.resumed.is_empty() && swept.skipped == 0, "{what}: {swept:?}");
    assert_eq!(memory.ledger.keys("open/"), Vec::<String>::new(), "{what}");
    assert_eq!(memory.ledger.keys("recent/").len(), 1, "{what}: its end is listed once");
}

/// What the ledger says of the only upload.
pub(super) async fn record(memory: &Memory) -> ledger::Record {
    let work = work(memory, Mode::Oss).await.expect("the object is there");
    let id = UploadId::new(&work.object, &work.job);
    memory.ledger().read(&id).await.expect("the ledger reads back").expect("it knows the upload")
}
