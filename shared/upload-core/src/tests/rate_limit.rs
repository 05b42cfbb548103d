//! 2,000 objects land at once, and Youku takes 1,000 calls an hour.

use super::{
    callbacks::{
        env::{BOTH, MINUTE, run_sweep, small_memory, upload as upload_with_callback, uploader_with},
        receiver::Receiver,
    },
    count_calls, job,
    memory::{CallLimit, Fault, Memory, Quirks},
    request_for,
    robots::robot::Robot,
    watching::{count_events, publish},
};
use crate::{
    ledger::{State, UploadRequest},
    *,
};
use futures_util::future::join_all;
use std::{cell::RefCell, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

const OBJECTS: u32 = 2_000;
const WORKERS: usize = 50;
const AN_HOUR: u32 = 1_000;
const SWEEPS: Duration = Duration::from_secs(300);

async fn request_on(memory: &Memory, n: u32) -> UploadRequest {
    let mut job = job(Mode::Oss);
    job.location.key = format!("dir/{n}.mp4");
    let object = head_object(memory, &job.location, &RetryPolicy::default()).await.expect("it is there");
    UploadRequest::new(job, object)
}

/// Delivers every object's event once, by workers that take the next as soon as they are free. Returns the uploads that are not published.
async fn deliver_events(memory: &Memory, uploader: &Uploader) -> Vec<UploadId> {
    let (queue, left) = (RefCell::new(0..OBJECTS), RefCell::new(Vec::new()));
    let worker = || async {
        loop {
            let Some(n) = queue.borrow_mut().next() else { return };
            let request = request_on(memory, n).await;
            if let Err(error) = uploader.upload(&request, &RunContext::default()).await {
                assert!(error.kind() == ErrorKind::RateLimited && error.is_retryable(), "{error:?}");
                left.borrow_mut().push(UploadId::new(&request.object, &request.job));
            }
        }
    };
    join_all((0..WORKERS).map(|_| worker())).await;
    left.into_inner()
}

/// Sweeps until so many videos are there and nothing is open, or so long as anything may be; each from where the last one ended. Returns
/// when the last video came.
async fn sweep_until_done(memory: &Memory, uploader: &Uploader, videos: usize) -> Instant {
    let (mut after, mut last) = (None, None);
    for _ in 0..1000 {
        sleep(SWEEPS).await;
        let uploader_of = |_, _| async { Ok(uploader.clone()) };
        let swept = sweep(&memory.ledger(), uploader_of, after, 100, &RunContext::default()).await;
        after = swept.expect("the ledger can be read").next;
        if last.is_none() && memory.world().videos.len() == videos {
            last = Some(Instant::now());
        }
        if memory.ledger.keys("open/").is_empty() {
            break;
        }
    }
    last.expect("every video came")
}

fn limit_calls(memory: &Memory) {
    memory.world().limit = Some(CallLimit::of(AN_HOUR));
    let calls_take = Duration::from_millis(100);
    let calls = ["create", "initiate", "part", "complete", "commit"];
    memory.world().takes.extend(calls.map(|call| (call, calls_take)));
}

/// Two thousand objects all finish, and few calls of Youku are refused.
#[tokio::test(start_paused = true)]
async fn two_thousand_objects_finish_within_the_rate_limit() {
    let memory = Memory::with_quirks(Quirks::NONE, 1000);
    limit_calls(&memory);
    let begun = Instant::now();
    let left = deliver_events(&memory, &memory.uploader()).await;
    assert!(left.len() > 1_000, "the limit is met");
    for id in &left {
        let record = memory.ledger().read(id).await.expect("readable").expect("it is known");
        assert!(matches!(record.state, State::Waiting(_)), "{:?}", record.state);
        assert!(record.waiting.expect("it waits").not_before.is_some());
    }
    let last = sweep_until_done(&memory, &memory.uploader(), 2_000).await;
    let hours = last.duration_since(begun).as_secs_f64() / 3600.0;
    let videos = memory.world().videos.len();
    assert_eq!((videos, memory.published().len()), (2_000, 2_000), "each exactly once");
    let CallLimit { taken, refused, .. } = memory.world().limit.expect("there is one");
    assert_eq!(taken, 2 * OBJECTS, "one create and one commit each, whatever was refused between them");
    assert!(count_calls(&memory, "sts") == 0 && hours < 4.5, "{hours} hours");
    assert!(refused < 150, "{refused} calls were refused");
}

/// The same while four hundred videos of the account are watched: no upload is later for it, and each of these has its event in the end.
#[tokio::test(start_paused = true)]
async fn two_thousand_objects_finish_while_videos_are_watched() {
    let (memory, receiver) = publish(400).await;
    let uploader = uploader_with(&memory, &receiver);
    limit_calls(&memory);
    let begun = Instant::now();
    deliver_events(&memory, &uploader).await;
    let watched = sleep(Duration::from_secs(3 * 3600));
    tokio::pin!(watched);
    let (last, ()) = tokio::join!(sweep_until_done(&memory, &uploader, 2_400), async {
        watched.await;
        memory.world().states = [VideoState::Normal].into();
    });
    let hours = last.duration_since(begun).as_secs_f64() / 3600.0;
    let CallLimit { taken, .. } = memory.world().limit.expect("there is one");
    let asked = count_calls(&memory, "show_batch") + count_calls(&memory, "show");
    let asked = u32::try_from(asked).expect("few");
    assert!(hours < 4.5, "{hours} hours, {asked} questions");
    assert!(taken <= 2 * OBJECTS + asked, "{taken}");
    assert_eq!(count_events(&receiver), 400);
    assert!(memory.ledger.keys("open/").is_empty());
}

/// Who asks Youku about a video.
#[derive(Debug, Clone, Copy)]
enum Asker {
    Arrival,
    CallbackOfOne,
    CallbacksOfAll,
    Robots,
}

/// The same bytes arrive as another version.
async fn arrive(memory: &Memory, etag: &str) -> Result<ArrivalOutcome, Error> {
    memory.world().etag = etag.into();
    let request = request_for(memory, Mode::Oss).await?;
    memory.uploader().upload_arrival(&request, false, &RunContext::default()).await
}

async fn ask(memory: &Memory, receiver: &Receiver, id: &UploadId, asker: Asker) {
    let run = RunContext::default();
    let (youku_of, uploader) =
        (|_: &str| Ok(Arc::new(memory.clone()) as Arc<dyn Youku>), uploader_with(memory, receiver));
    match asker {
        Asker::Arrival => drop(arrive(memory, "B").await.expect_err("limited")),
        Asker::CallbackOfOne => drop(uploader.follow_up(id, &run).await.expect_err("limited")),
        Asker::CallbacksOfAll => drop(run_sweep(memory, receiver).await),
        Asker::Robots => watch_for_robots(&memory.ledger(), &youku_of, 1000, None).await.expect("readable"),
    }
}

/// After one refused question nobody calls Youku until the limit is over.
#[tokio::test(start_paused = true)]
async fn a_refused_question_spares_all_other_calls() {
    for asker in [Asker::Arrival, Asker::CallbackOfOne, Asker::CallbacksOfAll, Asker::Robots] {
        let (mut memory, receiver, robot) = (small_memory(), Receiver::default(), Robot::new("team"));
        memory.robots = [robot.subscriber()].into();
        memory.world().states.push_back(VideoState::InReview);
        let published = upload_with_callback(&memory, &receiver, BOTH).await.expect("published");
        sleep(2 * MINUTE).await;
        memory.fault("show", 0, Fault::Deny(ErrorKind::RateLimited));
        ask(&memory, &receiver, &published.upload_id, asker).await;
        let asked = count_calls(&memory, "show");
        assert_eq!(asked, 1, "{asker:?}");
        for n in 0..10 {
            let error = arrive(&memory, &format!("C{n}")).await.expect_err("limited");
            assert_eq!(error.kind(), ErrorKind::RateLimited, "{asker:?}");
        }
        assert_eq!(count_calls(&memory, "show"), asked, "{asker:?}");
        sleep(MINUTE).await;
        let again = arrive(&memory, "D").await.expect("it is over");
        assert!(matches!(again, ArrivalOutcome::SameContent), "{asker:?}");
        assert_eq!(memory.world().videos.len(), 1);
    }
}
