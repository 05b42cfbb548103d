//! Delivers an event until it settles, through one entrypoint after the other; its runs may be dropped on the way.

use super::{
    crash_points::CrashPoints,
    memory::{Hidden, Memory},
    request_for,
};
use crate::*;
use rand::{RngExt, rngs::StdRng};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The longest time that another holder waits for a lease.
pub(super) const LEASE: Duration = Duration::from_secs(20);

/// The entrypoints of a delivery: the event, the timer, and the event at another machine with other settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entrypoint {
    Event,
    Timer,
    OtherMachine,
}

impl Entrypoint {
    fn of(delivery: usize) -> Self {
        [Self::Event, Self::Timer, Self::OtherMachine][delivery % 3]
    }
}

/// One delivery. The timer returns no result: the next event shows what it did.
async fn deliver(
    memory: &Memory,
    mode: Mode,
    delivery: usize,
    run: &RunContext,
) -> Option<Result<PublishedVideo, Error>> {
    let uploader = match Entrypoint::of(delivery) {
        Entrypoint::Event => memory.uploader(),
        Entrypoint::OtherMachine => memory.uploader_with(1),
        Entrypoint::Timer => {
            let uploader_of = |_, _| async { Ok(memory.uploader()) };
            return match sweep(&memory.ledger(), uploader_of, None, 100, run).await {
                Ok(_) => None,
                Err(error) => Some(Err(error)),
            };
        }
    };
    match request_for(memory, mode).await {
        Ok(request) => Some(uploader.upload(&request, run).await),
        Err(error) => Some(Err(error)),
    }
}

/// Delivers until it settles. The n-th run is dropped at the n-th of these crash points, each counted from the run's beginning.
pub(super) async fn settle_with_crashes(
    memory: &Memory,
    mode: Mode,
    crashes: &[u32],
) -> Result<PublishedVideo, Error> {
    for delivery in 0..200 {
        if let Some(point) = crashes.get(delivery) {
            memory.crash_points.crash_at(Some(*point));
        } else if delivery == crashes.len() && delivery > 0 {
            memory.crash_points.crash_at(None);
        }
        let run = RunContext::default();
        let ended = tokio::select! {
            ended = deliver(memory, mode, delivery, &run) => ended,
            // The lease must run out before another run may continue.
            () = memory.crash_points.crashed() => None,
        };
        match ended {
            Some(Ok(published)) => return Ok(published),
            Some(Err(error)) if !is_delivered_again(&error) => return Err(error),
            // Long enough for a `Retry-After` as well.
            Some(Err(error)) => sleep((LEASE * 4).max(requested_pause(&error))).await,
            None => sleep(LEASE).await,
        }
    }
    Err(Error::new(ErrorKind::Failed, "settle", "it does not settle"))
}

/// How long the error asks to wait.
fn requested_pause(error: &Error) -> Duration {
    match error.advice() {
        RetryAdvice::Retry { retry_after: not_before } => not_before.unwrap_or_default(),
        _ => Duration::ZERO,
    }
}

/// Whether the event is delivered again: it failed in a way that may pass, or not for a reason of the upload's own.
fn is_delivered_again(error: &Error) -> bool {
    error.advice() != RetryAdvice::Permanent || error.kind() == ErrorKind::Ledger
}

/// Delivers until it settles.
pub(super) async fn settle(memory: &Memory, mode: Mode) -> Result<PublishedVideo, Error> {
    settle_with_crashes(memory, mode, &[]).await
}

/// Delivers runs of this length until it settles. Returns how many there were.
pub(super) async fn settle_in_runs_of(
    memory: &Memory,
    mode: Mode,
    time: Duration,
    in_flight: usize,
) -> (u32, Result<PublishedVideo, Error>) {
    for runs in 1..200 {
        let run = RunContext { deadline: Some(Instant::now() + time), ..RunContext::default() };
        let request = request_for(memory, mode).await.expect("the object is there");
        match memory.uploader_with(in_flight).upload(&request, &run).await {
            Err(error) if error.kind() == ErrorKind::Deadline => {}
            ended => return (runs, ended),
        }
    }
    (200, Err(Error::new(ErrorKind::Failed, "settle", "it does not settle")))
}

/// Asserts one video with the object's bytes. Where Youku's quirks hide whether the commit succeeded, a failure that says so is right as well.
pub(super) fn assert_published(memory: &Memory, ended: &Result<PublishedVideo, Error>, what: &str) {
    let world = memory.world();
    assert_eq!(world.videos.len(), 1, "{what}: {ended:?}");
    match ended {
        Ok(published) => {
            let video = published.video_id.as_ref().and_then(|id| world.videos.get(id));
            assert!(video == Some(&world.content), "{what}: other bytes");
        }
        Err(error) => {
            let is_hidden = world.quirks.hides_video_id || world.quirks.hidden == Some(Hidden::Everywhere);
            let unknowable = world.quirks.refuses_second_commit && is_hidden;
            assert!(unknowable && error.kind() == ErrorKind::CommitUnknown, "{what}: {error:?}");
        }
    }
}

/// Asserts that a sweep finds nothing to do, except for a mark that a crash left and what it stands for.
pub(super) async fn assert_nothing_open(memory: &Memory, what: &str) {
    memory.crash_points.crash_at(None);
    sleep(LEASE).await;
    let uploader_of = |_, _| async { Ok(memory.uploader()) };
    let swept = sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await;
    let swept = swept.expect("the ledger can be read");
    assert!(swept.resumed.is_empty() && swept.skipped == 0, "{what}: {swept:?}");
    assert_eq!(memory.ledger.keys("open/"), Vec::<String>::new(), "{what}");
    assert_eq!(memory.ledger.keys("recent/").len(), 1, "{what}: its end is listed once");
}

/// What the ledger says of the only upload.
pub(super) async fn read_record(memory: &Memory) -> ledger::Record {
    let request = request_for(memory, Mode::Oss).await.expect("the object is there");
    let id = UploadId::new(&request.object, &request.job);
    memory.ledger().read(&id).await.expect("the ledger reads back").expect("it knows the upload")
}

/// What a run came to; `None` where its machine crashed.
pub(super) type End<T> = Option<Result<T, Error>>;

/// Delivers the event to a machine until the upload is published there, four times at most: by the event or by the timer, at a machine
/// that crashes and freezes as `crash_points` say. `pauses` bound the waits before the first delivery and before each later one, in ms.
pub(super) async fn deliver_to_machine(
    memory: &Memory,
    mode: Mode,
    crash_points: CrashPoints,
    pauses: [u64; 2],
    chance: &mut StdRng,
) -> Vec<End<PublishedVideo>> {
    let memory = memory.seen_through(crash_points.clone());
    let mut ends = Vec::new();
    for delivery in 0..4 {
        let longest = pauses[usize::from(delivery > 0)];
        sleep(Duration::from_millis(chance.random_range(0..longest))).await;
        let uploader = memory.uploader_with(chance.random_range(1..4));
        let by_timer = chance.random_ratio(1, 4);
        let run = async {
            if by_timer {
                let uploader_of = |_, _| async { Ok(uploader.clone()) };
                let swept =
                    Box::pin(sweep(&memory.ledger(), uploader_of, None, 10, &RunContext::default())).await?;
                if let Some((_, ended)) = swept.resumed.into_iter().next() {
                    return ended;
                }
            }
            uploader.upload(&request_for(&memory, mode).await?, &RunContext::default()).await
        };
        let ended = Box::pin(crash_points.machine(run)).await;
        let is_done = matches!(ended, Some(Ok(_)));
        ends.push(ended);
        if is_done {
            break;
        }
    }
    ends
}
