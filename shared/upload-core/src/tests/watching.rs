//! Watching: what asking Youku about published videos costs, and what it does with odd answers.

use super::{
    callbacks::{
        env::{BOTH, MINUTE, uploader_with},
        receiver::{Receiver, URL},
    },
    count_calls, job,
    memory::{CallLimit, Fault, Memory, Quirks},
};
use crate::{ledger::UploadRequest, *};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const HOUR: Duration = Duration::from_secs(3600);
const SWEEPS: Duration = Duration::from_secs(300);

/// Publishes this many videos, whose events are wanted and which stay in review.
pub(super) async fn publish(count: usize) -> (Memory, Receiver) {
    let (memory, receiver) = (Memory::with_quirks(Quirks::NONE, 1000), Receiver::default());
    memory.world().states.push_back(VideoState::InReview);
    for n in 0..count {
        let mut job = job(Mode::Oss);
        job.location.key = format!("watched/{n}.mp4");
        let object = head_object(&memory, &job.location, &RetryPolicy::default()).await.expect("it is there");
        let callback = Callback { events: BOTH.to_vec(), ..Callback::new(URL.into()) };
        let request = UploadRequest { callback: Some(callback), ..UploadRequest::new(job, object) };
        uploader_with(&memory, &receiver).upload(&request, &RunContext::default()).await.expect("published");
    }
    (memory, receiver)
}

async fn sweep_as(memory: &Memory, uploader: &Uploader, limit: usize) -> SweepReport {
    let uploader_of = |_, _| async { Ok(uploader.clone()) };
    let swept = sweep(&memory.ledger(), uploader_of, None, limit, &RunContext::default()).await;
    swept.expect("the ledger can be read")
}

/// Sweeps for this long, every five minutes.
async fn sweep_for(time: Duration, memory: &Memory, uploader: &Uploader) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        sleep(SWEEPS).await;
        sweep_as(memory, uploader, 100).await;
    }
}

/// How many questions of either kind Youku was asked.
fn count_questions(memory: &Memory) -> usize {
    count_calls(memory, "show_batch") + count_calls(memory, "show")
}

/// The events that the receiver was sent.
pub(super) fn count_events(receiver: &Receiver) -> usize {
    receiver.messages().iter().filter(|message| message.id.contains(".video.")).count()
}

/// A thousand videos in review cost twenty calls an hour, and each has its event once it is decided.
#[tokio::test(start_paused = true)]
async fn a_thousand_videos_in_review_cost_twenty_calls_an_hour() {
    let (memory, receiver) = publish(1000).await;
    let uploader = uploader_with(&memory, &receiver);
    // The first hour asks more often; from the third on there is nothing young.
    sweep_for(2 * HOUR, &memory, &uploader).await;
    for hour in 0..4 {
        let before = count_questions(&memory);
        sweep_for(HOUR, &memory, &uploader).await;
        let calls = count_questions(&memory) - before;
        assert!(calls <= 20, "{calls} calls in hour {hour}");
    }
    assert_eq!(count_events(&receiver), 0);
    let asked = memory.world().batches.asked.len();
    let last: usize = memory.world().batches.asked[asked - 20..].iter().map(|(_, ids)| ids).sum();
    assert_eq!(last, 1000, "every video was asked about");
    memory.world().states = [VideoState::Normal].into();
    sweep_for(3 * HOUR, &memory, &uploader).await;
    assert_eq!(count_events(&receiver), 1000);
    assert!(memory.ledger.keys("open/").is_empty());
}

/// What a call takes is learnt once, whether too many ids are refused or look like a failure.
#[tokio::test(start_paused = true)]
async fn the_number_of_ids_is_halved_until_youku_takes_it() {
    for fails in [false, true] {
        let (memory, receiver) = publish(60).await;
        let uploader = uploader_with(&memory, &receiver);
        (memory.world().batches.max_ids, memory.world().batches.fails) = (Some(20), fails);
        sweep_for(2 * HOUR, &memory, &uploader).await;
        let noted = memory.ledger().watching("main").await.expect("readable").expect("it was asked");
        assert_eq!(noted.ids, 12, "50, 25, 12");
        let before = count_questions(&memory);
        sweep_for(HOUR, &memory, &uploader).await;
        assert_eq!(count_questions(&memory) - before, 5, "60 videos, 12 a call");
        // A day later Youku is asked for more again.
        sweep_for(23 * HOUR, &memory, &uploader).await;
        let noted = memory.ledger().watching("main").await.expect("readable").expect("it was asked");
        assert!(
            noted.learnt.is_some_and(|learnt| memory.ledger.now() < learnt.get() + 4 * HOUR),
            "{noted:?}"
        );
    }
}

/// Without the batch each video is asked for alone, and no hour takes more than a tenth of the calls; none is forgotten.
#[tokio::test(start_paused = true)]
async fn without_batches_watching_keeps_to_a_tenth_of_the_calls() {
    let (memory, receiver) = publish(60).await;
    let uploader = uploader_with(&memory, &receiver).with_calls_per_hour(200);
    memory.world().batches.is_missing = true;
    // To a full hour by the ledger's clock, which begins on one.
    let into_hour =
        memory.ledger.now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs() % 3600;
    sleep(Duration::from_secs(3600 - into_hour)).await;
    for hour in 0..6 {
        let before = count_questions(&memory);
        for _ in 0..11 {
            sleep(SWEEPS).await;
            sweep_as(&memory, &uploader, 100).await;
        }
        let calls = count_questions(&memory) - before;
        assert_eq!(calls, 20, "hour {hour}");
        sleep(SWEEPS).await;
    }
    assert_eq!(count_calls(&memory, "show_batch"), 1, "it was missed once");
    memory.world().states = [VideoState::Limited].into();
    sweep_for(4 * HOUR, &memory, &uploader).await;
    assert_eq!(count_events(&receiver), 60);
}

/// What an answer leaves out is asked for alone; that the answers are short is learnt.
#[tokio::test(start_paused = true)]
async fn videos_that_an_answer_leaves_out_are_asked_for_alone() {
    let (memory, receiver) = publish(30).await;
    let uploader = uploader_with(&memory, &receiver);
    sleep(2 * MINUTE).await;
    memory.world().batches.answers = Some(10);
    memory.world().states = [VideoState::Normal].into();
    sweep_as(&memory, &uploader, 100).await;
    assert_eq!((count_events(&receiver), count_calls(&memory, "show_batch")), (30, 1));
    let noted = memory.ledger().watching("main").await.expect("readable").expect("it was asked");
    assert_eq!((noted.ids, noted.calls), (10, 21));
}

/// A video that Youku does not know keeps nobody from the others', and is given up after three days.
#[tokio::test(start_paused = true)]
async fn a_video_that_is_gone_is_given_up_after_three_days() {
    let (memory, receiver) = publish(3).await;
    let uploader = uploader_with(&memory, &receiver);
    let gone = memory.world().videos.pop_first().expect("three").0;
    sweep_for(2 * HOUR, &memory, &uploader).await;
    let noted = memory.ledger().watching("main").await.expect("readable").expect("it was asked");
    assert_eq!(noted.ids, 50, "a gone video says nothing about batches");
    memory.world().states = [VideoState::Blocked].into();
    sweep_for(2 * HOUR, &memory, &uploader).await;
    assert_eq!((count_events(&receiver), memory.ledger.keys("open/").len()), (2, 1), "{gone}");
    sweep_for(72 * HOUR, &memory, &uploader).await;
    assert_eq!((count_events(&receiver), memory.ledger.keys("open/").len()), (2, 0));
}

/// While Youku fails, one question a sweep shows it, and everything is asked afterwards.
#[tokio::test(start_paused = true)]
async fn an_outage_costs_a_question_a_sweep() {
    let (memory, receiver) = publish(120).await;
    let uploader = uploader_with(&memory, &receiver);
    sleep(2 * MINUTE).await;
    for operation in ["show_batch", "show"] {
        for _ in 0..3 {
            memory.fault(operation, 0, Fault::Refuse(ErrorKind::Youku));
        }
    }
    for sweeps in 1..=3 {
        let swept = sweep_as(&memory, &uploader, 100).await;
        assert_eq!((swept.skipped, count_questions(&memory)), (120, 2 * sweeps), "{swept:?}");
    }
    memory.world().states = [VideoState::Failed].into();
    sweep_as(&memory, &uploader, 200).await;
    assert_eq!(count_events(&receiver), 120);
    let noted = memory.ledger().watching("main").await.expect("readable").expect("it was asked");
    assert_eq!(noted.ids, 50, "an outage says nothing about batches");
}

/// A sweep delivers no more events than it may, and asks no more than it can deliver.
#[tokio::test(start_paused = true)]
async fn a_sweep_keeps_to_its_limit() {
    let (memory, receiver) = publish(120).await;
    let uploader = uploader_with(&memory, &receiver);
    sleep(2 * MINUTE).await;
    memory.world().states = [VideoState::Normal].into();
    let swept = sweep_as(&memory, &uploader, 30).await;
    assert_eq!((swept.callbacks_delivered, count_events(&receiver), count_questions(&memory)), (30, 30, 1));
}

/// Uploads that wait for Youku's calls have them all: the videos are asked about once no upload is due.
#[tokio::test(start_paused = true)]
async fn watching_takes_no_call_from_uploads_that_wait() {
    let (memory, receiver) = publish(60).await;
    let uploader = uploader_with(&memory, &receiver);
    sleep(2 * MINUTE).await;
    let mut held = Vec::new();
    memory.world().limit = Some(CallLimit::of(0));
    for n in 100..150 {
        let mut job = job(Mode::Oss);
        job.location.key = format!("dir/{n}.mp4");
        let object = head_object(&memory, &job.location, &RetryPolicy::default()).await.expect("it is there");
        held.push(uploader.upload(&UploadRequest::new(job, object), &RunContext::default()).await);
    }
    assert!(held.iter().all(Result::is_err));
    sleep(10 * MINUTE).await;
    assert_eq!(
        sweep_as(&memory, &uploader, 100).await.resumed.len(),
        1,
        "the first refusal holds the others"
    );
    assert_eq!(count_questions(&memory), 0);
    memory.world().limit = Some(CallLimit::of(40));
    sleep(20 * MINUTE).await;
    let swept = sweep_as(&memory, &uploader, 10).await;
    assert_eq!(
        (swept.resumed.len(), count_questions(&memory)),
        (10, 0),
        "more uploads are due than it had room for"
    );
    memory.world().limit = None;
    sleep(20 * MINUTE).await;
    sweep_as(&memory, &uploader, 100).await;
    let videos = memory.world().videos.len();
    assert_eq!((videos, count_questions(&memory)), (110, 2));
}
