//! Telling a callback how an upload ended, and later what became of the video.
//!
//! Messages are delivered at least once: the step that records one follows it. A message has the same id at every attempt, so that its
//! receiver knows a repetition.

use crate::{
    Callback, DeliveryResult, Error, ErrorKind, Notifier, Outcome, OutcomeData, PublishedVideo, RetryAdvice,
    RunContext, UploadId, VideoEvent, VideoState, Youku,
    ledger::{LeasedUpload, Ledger, Record, Step, StepKind, Timestamp, UploadRequest},
    upload::{published_video::result_from_record, run_context::out_of_time},
};
use bytes::Bytes;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::time::{Instant, sleep, timeout_at};

/// For how long a callback is tried, and a video asked after.
const GIVE_UP_AFTER: Duration = Duration::from_secs(3 * 86_400);
/// Youku is asked at these multiples of the first pause after the commit, then at every multiple of the last.
const QUESTION_MINUTES: [u32; 6] = [1, 2, 5, 10, 30, 60];
/// The longest pause between two attempts, in first pauses.
const LONGEST: u32 = 180;
/// The pause before the second try within one run; it doubles.
const SHORT_PAUSE: Duration = Duration::from_secs(1);

/// How hard one run tries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeliveryPolicy {
    attempts: u32,
    time: Duration,
    /// Whether a receiver that gave no answer lately is left alone.
    respect_circuit_breaker: bool,
}

/// While somebody waits for the upload's answer.
pub(crate) const QUICK: DeliveryPolicy =
    DeliveryPolicy { attempts: 3, time: Duration::from_secs(8), respect_circuit_breaker: true };
/// In a sweep, which comes again.
pub(crate) const SINGLE: DeliveryPolicy =
    DeliveryPolicy { attempts: 1, time: Duration::from_secs(20), respect_circuit_breaker: true };
/// What is told now or never.
const QUICK_FORCED: DeliveryPolicy = DeliveryPolicy { respect_circuit_breaker: false, ..QUICK };
/// What somebody asked for, and can ask for again.
const SINGLE_FORCED: DeliveryPolicy = DeliveryPolicy { respect_circuit_breaker: false, ..SINGLE };

/// Who carries messages, and how often.
#[derive(Clone)]
pub(crate) struct CallbackDelivery {
    pub(crate) notifier: Arc<dyn Notifier>,
    /// Before the first attempt of a sweep; later ones are further apart.
    pub(crate) pause: Duration,
}

/// The message about what became of a video.
#[derive(Serialize)]
struct Message {
    r#type: VideoEvent,
    /// When Youku said so, by the ledger's clock: each attempt asks anew.
    timestamp: Timestamp,
    data: MessageData,
}

#[derive(Serialize)]
struct MessageData {
    #[serde(flatten)]
    outcome: OutcomeData,
    /// Youku's word for the video's state.
    state: &'static str,
}

impl CallbackDelivery {
    /// Tells what there is to tell of an upload that has ended, and records it; what was not accepted is put off.
    ///
    /// # Errors
    /// Where the ledger fails, or Youku does not say how the video fares.
    pub(crate) async fn deliver(
        &self,
        held: &mut LeasedUpload,
        ledger: &Ledger,
        youku: &dyn Youku,
        run: &RunContext,
        effort: DeliveryPolicy,
    ) -> Result<(), Error> {
        if run.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Ok(());
        }
        let work = held.request()?;
        let Some(callback) = &work.callback else { return Ok(()) };
        held.confirm().await?;
        if held.record().pending_outcome_callback() {
            let (id, body) = outcome(held.record())?;
            let told = post(&*self.notifier, callback, &id, body, run, effort).await;
            return self.conclude(held, told, None).await;
        }
        if held.record().pending_event_callback() {
            let asking = fetch_video_state(held.record(), ledger, youku);
            let shown = match run.deadline {
                Some(deadline) => timeout_at(deadline, asking).await.unwrap_or_else(|_| Err(out_of_time())),
                None => asking.await,
            };
            return self.follow_up(held, shown, &work, callback, run).await;
        }
        Ok(())
    }

    /// Tells how the video fares once it is known.
    async fn follow_up(
        &self,
        held: &mut LeasedUpload,
        shown: Result<Option<VideoState>, Error>,
        work: &UploadRequest,
        callback: &Callback,
        run: &RunContext,
    ) -> Result<(), Error> {
        let published = result_from_record(held.record())?;
        let now = held.lease().now();
        match shown.as_ref().ok().and_then(|state| event_for_state((*state)?)) {
            Some((event, state)) if callback.events.contains(&event) => {
                let (id, body) = message(event, state, now, work, published)?;
                let told = post(&*self.notifier, callback, &id, body, run, SINGLE).await;
                self.conclude(held, told, Some(event)).await
            }
            Some((event, _)) => {
                let code = "not_asked".into();
                held.append(Step::Notified { code, event: Some(event) }).await
            }
            // One answer that is missing on the last day decides nothing yet.
            None if age(held.record(), now)
                >= if shown.is_ok() { GIVE_UP_AFTER } else { 2 * GIVE_UP_AFTER } =>
            {
                let (code, event) = ("undecided".into(), callback.events.first().copied());
                held.append(Step::Notified { code, event }).await
            }
            None => {
                let wish = shown.as_ref().err().and_then(|error| match error.advice() {
                    RetryAdvice::Retry { retry_after: not_before } => not_before,
                    _ => None,
                });
                self.postpone(held, wish.unwrap_or_default()).await;
                shown.map(drop)
            }
        }
    }

    /// Records what became of a message, or puts it off.
    async fn conclude(
        &self,
        held: &mut LeasedUpload,
        told: DeliveryResult,
        event: Option<VideoEvent>,
    ) -> Result<(), Error> {
        // A video whose fate was known late is told of for as long as others.
        let life = if event.is_some() { 2 * GIVE_UP_AFTER } else { GIVE_UP_AFTER };
        let over = age(held.record(), held.lease().now()) >= life;
        let code = match told {
            DeliveryResult::Accepted { status } => status.to_string(),
            DeliveryResult::Refused { code } => code,
            DeliveryResult::Failed { code, .. } if over && code == DeliveryResult::FORBIDDEN => code,
            DeliveryResult::Failed { .. } if over => "gave_up".into(),
            DeliveryResult::Failed { code, retry_after: not_before } => {
                tracing::warn!(code, "the callback was not accepted: it is tried again");
                self.postpone(held, not_before.unwrap_or_default()).await;
                return Ok(());
            }
        };
        let about = event.map_or("outcome", VideoEvent::as_str);
        tracing::info!(about, code, "the callback is done");
        held.append(Step::Notified { code, event }).await?;
        if held.record().pending_event_callback() {
            self.postpone(held, Duration::ZERO).await;
        }
        Ok(())
    }

    /// Leaves the rest to a later sweep, after `wish` at the earliest.
    async fn postpone(&self, held: &mut LeasedUpload, wish: Duration) {
        let now = held.lease().now();
        let (record, ended) = (held.record(), ended_at(held.record()));
        let age = age(record, now);
        let due = if record.pending_event_callback() {
            ended + next_question(age, self.pause)
        } else {
            let pause = (age / 2).clamp(self.pause, self.pause * LONGEST);
            (now + pause).min((ended + GIVE_UP_AFTER).max(now))
        };
        held.postpone(due.max(now + wish)).await;
    }

    /// Tells of a wish that was refused before its upload began: tried a few times and recorded nowhere.
    pub(crate) async fn report_refusal(
        &self,
        callback: &Callback,
        key: &str,
        refused: &Result<PublishedVideo, Error>,
        run: &RunContext,
    ) {
        let body = match refused {
            Err(error) if error.advice() == RetryAdvice::Permanent => json(&Outcome::new(key, refused)),
            _ => return,
        };
        if let Ok(body) = body {
            // The same refusal has the same id: a wish that comes again, corrected, may end otherwise.
            let hash: String =
                Sha256::digest(&body).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            let told =
                post(&*self.notifier, callback, &format!("refused.{hash}"), body, run, QUICK_FORCED).await;
            tracing::info!(key, ?told, "told the callback that its task was refused");
        }
    }
}

/// Asks Youku how the video fares, unless Youku refuses the account's calls for now.
async fn fetch_video_state(
    record: &Record,
    ledger: &Ledger,
    youku: &dyn Youku,
) -> Result<Option<VideoState>, Error> {
    ledger.ensure_calls_allowed(youku.client_id().unwrap_or(&record.request.account)).await?;
    match result_from_record(record)?.video_id {
        Some(video_id) => youku.show(&video_id).await,
        None => Ok(None),
    }
}

/// Tells a callback its upload's outcome once more, whatever it was told before, under the same message id. Nothing is recorded.
///
/// # Errors
/// [`InvalidJob`](ErrorKind::InvalidJob) where there is no such upload, it has not ended or has no callback.
pub async fn replay(
    ledger: &Ledger,
    notifier: &dyn Notifier,
    id: &UploadId,
    run: &RunContext,
) -> Result<DeliveryResult, Error> {
    let wrong = |why| Error::new(ErrorKind::WrongState, "callback", why).with_context("id", id.as_str());
    let record = ledger.read(id).await?.filter(|record| record.state.has_ended());
    let record = record.ok_or_else(|| wrong("there is no such upload, or it has not ended"))?;
    let work = ledger.request(&record)?;
    let callback = work.callback.as_ref().ok_or_else(|| wrong("the upload has no callback"))?;
    let (id, body) = outcome(&record)?;
    Ok(post(notifier, callback, &id, body, run, SINGLE_FORCED).await)
}

/// Posts until it is accepted, refused for good, or the effort is spent.
async fn post(
    notifier: &dyn Notifier,
    callback: &Callback,
    id: &str,
    body: Bytes,
    run: &RunContext,
    effort: DeliveryPolicy,
) -> DeliveryResult {
    let end = Instant::now() + effort.time;
    let end = run.deadline.map_or(end, |deadline| end.min(deadline));
    let (mut pause, mut tries) = (SHORT_PAUSE, 0);
    loop {
        if let Some(rest) =
            notifier.circuit_open_for(&callback.url).filter(|_| effort.respect_circuit_breaker)
        {
            return DeliveryResult::Failed {
                code: DeliveryResult::TIMED_OUT.into(),
                retry_after: Some(rest),
            };
        }
        let posting = notifier.post(&callback.url, id, body.clone());
        let late = || DeliveryResult::Failed { code: DeliveryResult::TIMED_OUT.into(), retry_after: None };
        let told = timeout_at(end, posting).await.unwrap_or_else(|_| late());
        let DeliveryResult::Failed { retry_after: not_before, .. } = &told else { return told };
        tries += 1;
        let wait = pause.max(not_before.unwrap_or_default());
        if tries >= effort.attempts || Instant::now() + wait >= end {
            return told;
        }
        sleep(wait).await;
        pause *= 2;
    }
}

/// The message that says how an upload ended: exactly what a door answers. One that was tried again ends anew.
fn outcome(record: &Record) -> Result<(String, Bytes), Error> {
    let reopened = record.history.iter().filter(|entry| entry.step.kind() == StepKind::Reopened).count();
    let round = if reopened == 0 { String::new() } else { format!(".{}", reopened + 1) };
    Ok((format!("{}.outcome{round}", record.id), json(&Outcome::from_record(record))?))
}

fn message(
    event: VideoEvent,
    state: &'static str,
    now: SystemTime,
    work: &UploadRequest,
    published: PublishedVideo,
) -> Result<(String, Bytes), Error> {
    let id = format!("{}.{}", published.upload_id, event.as_str());
    let outcome = Outcome::new(key(work), &Ok(published)).data;
    let body = Message { r#type: event, timestamp: now.into(), data: MessageData { outcome, state } };
    Ok((id, json(&body)?))
}

/// What the caller calls the object.
fn key(work: &UploadRequest) -> &str {
    work.requested_key.as_deref().unwrap_or(&work.object.location.key)
}

fn json(body: &impl Serialize) -> Result<Bytes, Error> {
    let wrong = |error| {
        let message = "a callback's message could not be written";
        Error::new(ErrorKind::Failed, "callback", message).with_source(error)
    };
    serde_json::to_vec(body).map(Bytes::from).map_err(|error: serde_json::Error| wrong(error))
}

/// What a state means for the callback; `None` while nothing is decided.
///
/// `limited` counts as ready: the video is there for some, and Youku does not say that it is rejected. A review ends in another state.
fn event_for_state(state: VideoState) -> Option<(VideoEvent, &'static str)> {
    match state {
        VideoState::Normal => Some((VideoEvent::Ready, "normal")),
        VideoState::Limited => Some((VideoEvent::Ready, "limited")),
        VideoState::Failed => Some((VideoEvent::Rejected, "fail")),
        VideoState::Blocked => Some((VideoEvent::Rejected, "blocked")),
        VideoState::Encoding | VideoState::InReview | VideoState::Absent | VideoState::Other => None,
    }
}

/// When the upload ended, by the ledger's clock.
fn ended_at(record: &Record) -> SystemTime {
    record.end().map_or(SystemTime::UNIX_EPOCH, |end| end.at.get())
}

fn age(record: &Record, now: SystemTime) -> Duration {
    now.duration_since(ended_at(record)).unwrap_or_default()
}

/// The age at which Youku is asked next after a video of this age.
fn next_question(age: Duration, pause: Duration) -> Duration {
    let listed = QUESTION_MINUTES.iter().map(|times| pause * *times).find(|at| *at > age);
    let hour = pause * QUESTION_MINUTES[QUESTION_MINUTES.len() - 1];
    listed.unwrap_or_else(|| {
        let hours = age.as_secs() / hour.as_secs().max(1) + 1;
        Duration::from_secs(hours * hour.as_secs())
    })
}
