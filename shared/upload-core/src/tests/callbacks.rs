//! Callbacks: whatever their receivers do and whoever dies meanwhile, each outcome is told, and recorded as told once.

use super::{Memory, content, memory::Fault, points::Points, work};
use crate::{
    ledger::{Record, Step, UploadRequest},
    *,
};
use async_trait::async_trait;
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::time::{Instant, sleep};

pub(super) const URL: &str = "https://hooks.example.com/done?token=s3cret";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
const BOTH: &[VideoEvent] = &[VideoEvent::Ready, VideoEvent::Rejected];

/// Answers as scripted, the last answer for ever; without a script it accepts.
#[derive(Clone, Default)]
pub(super) struct Receiver(Arc<Mutex<Inner>>, Points);

#[derive(Default)]
pub(super) struct Inner {
    answers: VecDeque<DeliveryResult>,
    hangs: bool,
    /// It gave no answer lately.
    silence: Option<Duration>,
    heard: Vec<Heard>,
}

#[derive(Clone)]
struct Heard {
    at: Instant,
    id: String,
    body: Value,
}

impl Receiver {
    fn answering(answers: &[DeliveryResult]) -> Self {
        let receiver = Self::default();
        receiver.inner().answers.extend(answers.iter().cloned());
        receiver
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("no test panics while holding it")
    }

    fn heard(&self) -> Vec<Heard> {
        self.inner().heard.clone()
    }
}

#[async_trait]
impl Notifier for Receiver {
    async fn post(&self, url: &SecretString, id: &str, body: Bytes) -> DeliveryResult {
        self.1.pass("post").await;
        assert_eq!(url.expose_secret(), URL);
        let body = serde_json::from_slice(&body).expect("JSON");
        let (hangs, answer) = {
            let mut inner = self.inner();
            inner.heard.push(Heard { at: Instant::now(), id: id.into(), body });
            let next = if inner.answers.len() > 1 { inner.answers.pop_front() } else { None };
            let answer = next.or(inner.answers.front().cloned());
            (inner.hangs, answer.unwrap_or(DeliveryResult::Accepted { status: 200 }))
        };
        if hangs {
            std::future::pending::<()>().await;
        }
        self.1.pass("answer").await;
        answer
    }

    fn circuit_open_for(&self, _: &SecretString) -> Option<Duration> {
        self.inner().silence
    }
}

fn down() -> DeliveryResult {
    DeliveryResult::Failed { code: "503".into(), retry_after: None }
}

fn small() -> Memory {
    Memory::holding(content()[..(1 << 20) + 1].to_vec())
}

pub(super) fn telling(memory: &Memory, receiver: &Receiver) -> Uploader {
    memory.uploader().with_notifier(Arc::new(receiver.clone()), MINUTE)
}

async fn with_callback(memory: &Memory, events: &[VideoEvent]) -> Result<UploadRequest, Error> {
    let callback = Callback { url: URL.into(), events: events.to_vec() };
    Ok(UploadRequest {
        callback: Some(callback),
        requested_key: Some("film 7".into()),
        ..work(memory, Mode::Oss).await?
    })
}

async fn upload(
    memory: &Memory,
    receiver: &Receiver,
    events: &[VideoEvent],
) -> Result<PublishedVideo, Error> {
    let work = with_callback(memory, events).await?;
    telling(memory, receiver).upload(&work, &RunContext::default()).await
}

async fn swept(memory: &Memory, receiver: &Receiver) -> SweepReport {
    let uploader_of = |_, _| async { Ok(telling(memory, receiver)) };
    let swept = sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default()).await;
    swept.expect("the ledger can be read")
}

/// A timer calls the sweep every minute.
async fn sweeps_for(time: Duration, memory: &Memory, receiver: &Receiver) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        sleep(MINUTE).await;
        swept(memory, receiver).await;
    }
}

async fn record(memory: &Memory) -> Record {
    let steps = memory.ledger.keys("ledger/");
    let id = steps.first().and_then(|key| key.split('/').nth(1)).and_then(UploadId::parse);
    let read = memory.ledger().read(&id.expect("there is an upload")).await;
    read.expect("readable").expect("it is there")
}

/// What was recorded as told.
async fn told(memory: &Memory) -> Vec<(String, Option<VideoEvent>)> {
    let notified = |step: Step| match step {
        Step::Notified { code, event } => Some((code, event)),
        _ => None,
    };
    record(memory).await.history.into_iter().filter_map(|entry| notified(entry.step)).collect()
}

fn is_open(memory: &Memory) -> bool {
    !memory.ledger.keys("open/").is_empty()
}

#[tokio::test(start_paused = true)]
async fn the_outcome_is_told_once_as_the_door_answers_it_and_never_again() {
    let (memory, receiver) = (small(), Receiver::default());
    let answer = upload(&memory, &receiver, &[]).await;
    upload(&memory, &receiver, &[]).await.expect("the stored outcome");
    sweeps_for(DAY / 24, &memory, &receiver).await;
    let [heard] = receiver.heard().try_into().ok().expect("one message");
    let outcome = serde_json::to_value(Outcome::new("film 7", &answer)).expect("JSON");
    assert_eq!(heard.body, outcome);
    assert_eq!(heard.id, format!("{}.outcome", answer.expect("published").upload_id));
    assert_eq!(told(&memory).await, [("200".into(), None)]);
    assert!(!is_open(&memory));
}

#[tokio::test(start_paused = true)]
async fn a_final_failure_is_told_as_the_door_answers_it() {
    let (memory, receiver) = (small(), Receiver::default());
    memory.fault("create", 0, Fault::Deny(ErrorKind::Youku));
    let answer = upload(&memory, &receiver, BOTH).await;
    let [heard] = receiver.heard().try_into().ok().expect("one message");
    assert_eq!(heard.body, serde_json::to_value(Outcome::new("film 7", &answer)).expect("JSON"));
    assert_eq!(heard.body["error"], "youku_failed");
    assert!(!is_open(&memory), "nothing becomes of a video that is none");
}

#[tokio::test(start_paused = true)]
async fn what_may_go_better_by_itself_is_not_told() {
    let (memory, receiver) = (small(), Receiver::default());
    memory.fault("create", 0, Fault::Deny(ErrorKind::RateLimited));
    upload(&memory, &receiver, &[]).await.expect_err("not now");
    assert!(receiver.heard().is_empty());
    sweeps_for(3 * MINUTE, &memory, &receiver).await;
    assert_eq!(receiver.heard()[0].body["code"], "200");
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_is_down_delays_the_answer_by_seconds_and_is_told_by_the_sweep_when_it_is_up() {
    for hangs in [false, true] {
        let (memory, receiver) = (small(), Receiver::answering(&[down()]));
        receiver.inner().hangs = hangs;
        let begun = Instant::now();
        upload(&memory, &receiver, &[]).await.expect("published");
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert_eq!(receiver.heard().len(), if hangs { 1 } else { 3 });
        assert!(is_open(&memory));
        let calls = memory.world().calls.len();
        sweeps_for(60 * MINUTE, &memory, &receiver).await;
        *receiver.inner() = Inner { heard: receiver.heard(), ..Inner::default() };
        sweeps_for(60 * MINUTE, &memory, &receiver).await;
        assert_eq!(told(&memory).await, [("200".into(), None)]);
        assert_eq!(memory.world().calls.len(), calls, "telling touches neither source nor Youku");
        let heard = receiver.heard();
        let ids: BTreeSet<_> = heard.iter().map(|heard| &heard.id).collect();
        assert_eq!(ids.len(), 1, "a receiver knows a repetition");
        assert!(heard.iter().all(|one| one.body == heard[0].body));
        assert!(!is_open(&memory));
    }
}

#[tokio::test(start_paused = true)]
async fn after_three_days_at_growing_distances_a_callback_is_given_up() {
    for (failure, code) in
        [("500", "gave_up"), ("302", "gave_up"), (DeliveryResult::FORBIDDEN, DeliveryResult::FORBIDDEN)]
    {
        let failed = DeliveryResult::Failed { code: failure.into(), retry_after: None };
        let (memory, receiver) = (small(), Receiver::answering(&[failed]));
        let begun = Instant::now();
        upload(&memory, &receiver, BOTH).await.expect("published");
        sweeps_for(4 * DAY, &memory, &receiver).await;
        let heard: Vec<_> = receiver.heard().iter().map(|heard| heard.at - begun).collect();
        assert!((20..=50).contains(&heard.len()), "{}", heard.len());
        // The last attempt is made when the three days are over.
        let paced = &heard[3..heard.len() - 1];
        let pauses: Vec<_> = paced.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // The sweep itself comes once a minute.
        assert!(pauses.windows(2).all(|pair| pair[1] + 2 * MINUTE >= pair[0]), "{pauses:?}");
        assert!(pauses.iter().all(|pause| *pause <= 182 * MINUTE), "{pauses:?}");
        let last = *heard.last().expect("tried");
        assert!(last >= 3 * DAY && last < 3 * DAY + 5 * MINUTE, "{last:?}");
        assert_eq!(told(&memory).await, [(code.into(), None)]);
        assert!(!is_open(&memory), "and nobody asks after the video");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_be_left_alone_is_respected() {
    let later = DeliveryResult::Failed { code: "429".into(), retry_after: Some(120 * MINUTE) };
    let (memory, receiver) =
        (small(), Receiver::answering(&[later, DeliveryResult::Accepted { status: 204 }]));
    upload(&memory, &receiver, &[]).await.expect("published");
    assert_eq!(receiver.heard().len(), 1);
    sweeps_for(240 * MINUTE, &memory, &receiver).await;
    let [first, second] = receiver.heard().try_into().ok().expect("two attempts");
    assert!((120 * MINUTE..123 * MINUTE).contains(&(second.at - first.at)));
    assert_eq!(told(&memory).await, [("204".into(), None)]);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_wants_no_more_hears_no_more() {
    let (memory, receiver) =
        (small(), Receiver::answering(&[DeliveryResult::Refused { code: "410".into() }]));
    upload(&memory, &receiver, BOTH).await.expect("published");
    sweeps_for(DAY / 8, &memory, &receiver).await;
    assert_eq!((receiver.heard().len(), told(&memory).await), (1, vec![("410".into(), None)]));
    assert!(!memory.world().calls.contains(&"show"));
}

#[tokio::test(start_paused = true)]
async fn what_becomes_of_the_video_is_told_once_it_is_known() {
    use VideoState::*;
    let cases = [
        (vec![Encoding, Encoding, Normal], VideoEvent::Ready, "normal"),
        (vec![InReview, InReview, InReview, Other, Normal], VideoEvent::Ready, "normal"),
        (vec![Encoding, Limited], VideoEvent::Ready, "limited"),
        (vec![Encoding, InReview, Failed], VideoEvent::Rejected, "fail"),
        (vec![Absent, InReview, Blocked], VideoEvent::Rejected, "blocked"),
    ];
    for (states, event, state) in cases {
        let (memory, receiver) = (small(), Receiver::default());
        let shows = states.len();
        memory.world().states.extend(states);
        let published = upload(&memory, &receiver, BOTH).await.expect("published");
        upload(&memory, &receiver, BOTH).await.expect("the stored outcome");
        assert_eq!(receiver.heard().len(), 1, "the outcome at once, the rest by the sweep");
        sweeps_for(DAY, &memory, &receiver).await;
        let [_, heard] = receiver.heard().try_into().ok().expect("two messages");
        assert_eq!(heard.id, format!("{}.{}", published.upload_id, event.as_str()));
        assert!(heard.body["timestamp"].as_str().is_some_and(|time| time.starts_with("2027-01-15T08:")));
        let data = json!({"key": "film 7", "videoid": published.video_id, "state": state,
            "upload_id": published.upload_id, "link": published.link(),
            "public_type": "all", "public_type_from": "default"});
        assert_eq!((&heard.body["type"], &heard.body["data"]), (&json!(event), &data));
        assert_eq!(told(&memory).await, [("200".into(), None), ("200".into(), Some(event))]);
        assert!(!is_open(&memory));
        assert_eq!(memory.world().calls.iter().filter(|call| **call == "show").count(), shows);
    }
}

#[tokio::test(start_paused = true)]
async fn a_fate_that_nobody_asked_for_is_recorded_and_not_told() {
    let (memory, receiver) = (small(), Receiver::default());
    memory.world().states.push_back(VideoState::Failed);
    upload(&memory, &receiver, &[VideoEvent::Ready]).await.expect("published");
    sweeps_for(DAY / 8, &memory, &receiver).await;
    assert_eq!(receiver.heard().len(), 1);
    assert_eq!(told(&memory).await[1], ("not_asked".into(), Some(VideoEvent::Rejected)));
    assert!(!is_open(&memory));
}

#[tokio::test(start_paused = true)]
async fn youku_is_asked_seldom_and_not_for_longer_than_three_days() {
    let (memory, receiver) = (small(), Receiver::default());
    memory.world().states.push_back(VideoState::Encoding);
    upload(&memory, &receiver, BOTH).await.expect("published");
    sweeps_for(12 * MINUTE, &memory, &receiver).await;
    let shows = |memory: &Memory| memory.world().calls.iter().filter(|call| **call == "show").count();
    assert!((3..=4).contains(&shows(&memory)), "{}", shows(&memory));
    sweeps_for(4 * DAY, &memory, &receiver).await;
    assert!((70..=80).contains(&shows(&memory)), "{}", shows(&memory));
    assert_eq!(told(&memory).await[1], ("undecided".into(), Some(VideoEvent::Ready)));
    assert_eq!(receiver.heard().len(), 1);
    assert!(!is_open(&memory));
}

#[tokio::test(start_paused = true)]
async fn an_event_whose_receiver_is_down_is_told_later_and_given_up_in_the_end() {
    for up_again in [true, false] {
        let (memory, receiver) = (small(), Receiver::default());
        memory.world().states.push_back(VideoState::Normal);
        upload(&memory, &receiver, BOTH).await.expect("published");
        receiver.inner().answers.push_back(down());
        sweeps_for(DAY, &memory, &receiver).await;
        assert_eq!(told(&memory).await.len(), 1);
        if up_again {
            receiver.inner().answers.clear();
        }
        sweeps_for(6 * DAY, &memory, &receiver).await;
        let code = if up_again { "200" } else { "gave_up" };
        assert_eq!(told(&memory).await[1], (code.into(), Some(VideoEvent::Ready)));
        assert!(!is_open(&memory));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_the_rate_ends_the_questions_of_one_sweep_and_is_waited_for() {
    let (memory, receiver) = (small(), Receiver::default());
    memory.world().states.push_back(VideoState::Normal);
    upload(&memory, &receiver, BOTH).await.expect("published");
    sleep(2 * MINUTE).await;
    memory.fault("show", 0, Fault::Deny(ErrorKind::RateLimited));
    let first = swept(&memory, &receiver).await;
    assert_eq!((first.callbacks_delivered, first.skipped, first.resumed.len()), (0, 1, 0), "{first:?}");
    sweeps_for(10 * MINUTE, &memory, &receiver).await;
    assert_eq!(told(&memory).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_account_whose_calls_youku_refuses_is_not_asked_how_its_videos_fare() {
    let (memory, receiver) = (small(), Receiver::default());
    memory.world().states.push_back(VideoState::Normal);
    upload(&memory, &receiver, BOTH).await.expect("published");
    let until = memory.ledger.now() + 30 * MINUTE;
    memory.ledger().limit_calls("main", until.into()).await.expect("noted");
    sweeps_for(29 * MINUTE, &memory, &receiver).await;
    assert!(!memory.world().calls.contains(&"show"));
    sweeps_for(5 * MINUTE, &memory, &receiver).await;
    assert_eq!(told(&memory).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn two_sweeps_at_once_tell_once() {
    let (memory, receiver) =
        (small(), Receiver::answering(&[down(), down(), down(), DeliveryResult::Accepted { status: 200 }]));
    upload(&memory, &receiver, &[]).await.expect("published");
    sleep(5 * MINUTE).await;
    let (one, two) = tokio::join!(swept(&memory, &receiver), swept(&memory, &receiver));
    assert_eq!(
        (receiver.heard().len(), one.callbacks_delivered + two.callbacks_delivered),
        (4, 1),
        "{one:?} {two:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_sweep_that_looked_before_another_told_does_not_tell_again_at_once() {
    let (memory, receiver) = (small(), Receiver::answering(&[down()]));
    upload(&memory, &receiver, &[]).await.expect("published");
    sleep(5 * MINUTE).await;
    let uploader_of = |_, _| async {
        // The mark has been read by now.
        swept(&memory, &receiver).await;
        Ok(telling(&memory, &receiver))
    };
    sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default())
        .await
        .expect("the ledger can be read");
    assert_eq!(receiver.heard().len(), 4, "three tries of the upload, one of the faster sweep");
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_gave_no_answer_lately_is_spared_what_can_wait_and_not_what_cannot() {
    let (memory, receiver) = (small(), Receiver::default());
    receiver.inner().silence = Some(MINUTE);
    upload(&memory, &receiver, &[]).await.expect("published");
    assert_eq!(receiver.heard().len(), 0);
    let refused = Err(Error::new(ErrorKind::InvalidJob, "task", "no such account"));
    let callback = Callback { url: URL.into(), events: Vec::new() };
    telling(&memory, &receiver)
        .report_refusal(Some(&callback), "film 7", &refused, &RunContext::default())
        .await;
    assert_eq!(receiver.heard().len(), 1);
    receiver.inner().silence = None;
    sweeps_for(5 * MINUTE, &memory, &receiver).await;
    assert_eq!(receiver.heard().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_was_tried_again_has_another_message_and_a_replay_the_same() {
    let (memory, receiver) = (small(), Receiver::default());
    memory.fault("create", 0, Fault::Deny(ErrorKind::Youku));
    upload(&memory, &receiver, &[]).await.expect_err("refused");
    let id = record(&memory).await.id;
    telling(&memory, &receiver)
        .retry(&id, Default::default(), &RunContext::default())
        .await
        .expect("published");
    let before = record(&memory).await;
    let again = replay(&memory.ledger(), &receiver, &id, &RunContext::default()).await.expect("told");
    assert_eq!(again, DeliveryResult::Accepted { status: 200 });
    let [failed, published, replayed] = receiver.heard().try_into().ok().expect("three messages");
    assert_ne!(failed.id, published.id, "else its receiver would take it for a repetition");
    assert_eq!((&published.id, &published.body), (&replayed.id, &replayed.body));
    assert_eq!(record(&memory).await, before, "nothing is recorded");
}

#[tokio::test(start_paused = true)]
async fn a_wish_that_is_refused_before_its_upload_is_told_and_leaves_no_trace() {
    let (memory, receiver) = (
        Memory::holding(Vec::new()),
        Receiver::answering(&[down(), DeliveryResult::Accepted { status: 200 }]),
    );
    let answer = upload(&memory, &receiver, &[]).await;
    let heard = receiver.heard();
    assert_eq!((heard.len(), heard[0].id == heard[1].id), (2, true));
    assert_eq!(heard[1].body, serde_json::to_value(Outcome::new("film 7", &answer)).expect("JSON"));
    assert_eq!(heard[1].body["code"], "400");
    assert!(memory.ledger.keys("").is_empty());
}

/// Delivers the event until it settles, then sweeps until nothing is open; whatever comes to the point is dropped there.
async fn driven(memory: &Memory, receiver: &Receiver) -> Result<(), &'static str> {
    let mut settled = false;
    for _ in 0..60 {
        let run = async {
            if settled {
                swept(memory, receiver).await;
                return true;
            }
            upload(memory, receiver, BOTH).await.is_ok()
        };
        settled = tokio::select! {
            done = run => done,
            () = memory.points.crashed() => settled,
        };
        sleep(MINUTE).await;
        if settled && !is_open(memory) {
            return Ok(());
        }
    }
    Err("it does not come to rest")
}

fn dropping_world() -> (Memory, Receiver) {
    let memory = small();
    memory.world().states.extend([VideoState::Encoding, VideoState::Normal]);
    let receiver = Receiver(Arc::default(), memory.points.clone());
    receiver.inner().answers.extend([down(), DeliveryResult::Accepted { status: 200 }]);
    (memory, receiver)
}

#[tokio::test(start_paused = true)]
async fn a_run_dropped_at_any_point_tells_at_least_once_and_records_it_once() {
    let (memory, receiver) = dropping_world();
    driven(&memory, &receiver).await.expect("no crash");
    let points = memory.points.passed();
    assert!(points > 100, "there are {points} points");
    for point in 1..=points {
        let (memory, receiver) = dropping_world();
        memory.points.crash_at(Some(point));
        let rest = driven(&memory, &receiver).await;
        assert_eq!(rest, Ok(()), "dropped at {point}");
        assert_eq!(memory.world().videos.len(), 1, "dropped at {point}");
        let expected = [("200".into(), None), ("200".into(), Some(VideoEvent::Ready))];
        assert_eq!(told(&memory).await, expected, "dropped at {point}");
        let ids: BTreeSet<_> = receiver.heard().into_iter().map(|heard| heard.id).collect();
        assert_eq!(ids.len(), 2, "dropped at {point}: {ids:?}");
    }
}
