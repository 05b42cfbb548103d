//! Delivers an upload's outcome to its callback, and later the event of its video.
//!
//! Messages are delivered at least once: the step that records a delivery follows it.

use super::{
    message::{Message, event_for_state},
    policy::{DeliveryPolicy, QUICK_FORCED, SINGLE},
    post::post,
    schedule::{GIVE_UP_AFTER, age, next_due},
};
use crate::{
    Callback, DeliveryResult, Error, Notifier, PublishedVideo, RetryAdvice, RunContext, VideoEvent,
    VideoState, Youku,
    ledger::{LeasedUpload, Ledger, Record, Step, UploadRequest},
    upload::{published_video::result_from_record, run_context::out_of_time},
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, timeout_at};

/// What Youku says of a video, asked before its upload was taken.
pub(crate) struct KnownVideo {
    pub(crate) id: String,
    /// `None`: it knows no such video.
    pub(crate) state: Option<VideoState>,
}

/// Delivers messages, and schedules later attempts.
#[derive(Clone)]
pub(crate) struct CallbackDelivery {
    pub(crate) notifier: Arc<dyn Notifier>,
    /// Pause before the first attempt of a sweep; later ones are further apart.
    pub(crate) pause: Duration,
}

impl CallbackDelivery {
    /// Delivers the pending message of an upload that has ended, and records the result; a message that was not
    /// accepted is postponed. Youku is not asked about a video that is `known`.
    ///
    /// # Errors
    /// If the ledger fails, or Youku does not return the video's state.
    pub(crate) async fn deliver(
        &self,
        upload: &mut LeasedUpload,
        ledger: &Ledger,
        youku: &dyn Youku,
        known: Option<&KnownVideo>,
        run: &RunContext,
        policy: DeliveryPolicy,
    ) -> Result<(), Error> {
        if run.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Ok(());
        }
        let request = upload.request()?;
        let Some(callback) = &request.callback else { return Ok(()) };
        upload.confirm().await?;
        let (trace, now) = (upload.record().trace(), upload.lease().now());
        if upload.record().pending_outcome_callback() {
            let message = Message::from_outcome(upload.record())?;
            let result = post(&*self.notifier, callback, message, now, trace, run, policy).await;
            return self.record_result(upload, result, None).await;
        }
        if let Some(refused) = upload.record().untold_refusal() {
            let published = result_from_record(upload.record())?;
            let message = Message::from_refused_update(refused, &request, published)?;
            let result = post(&*self.notifier, callback, message, now, trace, run, policy).await;
            return self.record_result(upload, result, Some(VideoEvent::UpdateRefused)).await;
        }
        if upload.record().pending_event_callback() {
            let query = fetch_video_state(upload.record(), ledger, youku, known);
            let state = match run.deadline {
                Some(deadline) => timeout_at(deadline, query).await.unwrap_or_else(|_| Err(out_of_time())),
                None => query.await,
            };
            return self.follow_up(upload, state, &request, callback, run).await;
        }
        Ok(())
    }

    /// Delivers the video's event once it is known.
    async fn follow_up(
        &self,
        upload: &mut LeasedUpload,
        state: Result<Option<VideoState>, Error>,
        request: &UploadRequest,
        callback: &Callback,
        run: &RunContext,
    ) -> Result<(), Error> {
        let published = result_from_record(upload.record())?;
        let now = upload.lease().now();
        match state.as_ref().ok().and_then(|state| event_for_state((*state)?)) {
            Some((event, state)) if callback.events.contains(&event) => {
                let message = Message::from_event((event, state), now, request, published)?;
                let trace = upload.record().trace();
                let result = post(&*self.notifier, callback, message, now, trace, run, SINGLE).await;
                self.record_result(upload, result, Some(event)).await
            }
            Some((event, _)) => {
                let code = Step::NOT_ASKED.into();
                upload.append(Step::Notified { code, event: Some(event) }).await
            }
            // One response that is missing on the last day decides nothing yet.
            None if age(upload.record(), now)
                >= if state.is_ok() { GIVE_UP_AFTER } else { 2 * GIVE_UP_AFTER } =>
            {
                let (code, event) = (
                    Step::UNDECIDED.into(),
                    callback.events.iter().find(|event| **event != VideoEvent::UpdateRefused).copied(),
                );
                upload.append(Step::Notified { code, event }).await
            }
            None => {
                let retry_after = state.as_ref().err().and_then(|error| match error.advice() {
                    RetryAdvice::Retry { retry_after } => retry_after,
                    _ => None,
                });
                self.postpone(upload, retry_after.unwrap_or_default()).await;
                state.map(drop)
            }
        }
    }

    /// Records the result of a message, or postpones the message.
    async fn record_result(
        &self,
        upload: &mut LeasedUpload,
        (result, attempts): (DeliveryResult, u32),
        event: Option<VideoEvent>,
    ) -> Result<(), Error> {
        // An event that was known late is retried for as long as others.
        let is_late = event.is_some_and(|event| event != VideoEvent::UpdateRefused);
        let life = if is_late { 2 * GIVE_UP_AFTER } else { GIVE_UP_AFTER };
        let is_over = age(upload.record(), upload.lease().now()) >= life;
        let code = match result {
            DeliveryResult::Accepted { status } => status.to_string(),
            DeliveryResult::Refused { code } => code,
            DeliveryResult::Failed { code, .. } if is_over && code == DeliveryResult::FORBIDDEN => code,
            DeliveryResult::Failed { .. } if is_over => "gave_up".into(),
            DeliveryResult::Failed { code, retry_after } => {
                tracing::warn!(code, attempts, "the callback was not accepted: it will be retried");
                // Where the receiver was known to be silent, nothing was tried.
                if attempts > 0 {
                    upload.count_attempts(attempts, &code);
                }
                self.postpone(upload, retry_after.unwrap_or_default()).await;
                return Ok(());
            }
        };
        let about = event.map_or("outcome", VideoEvent::as_str);
        tracing::info!(about, code, "the callback is done");
        upload.append(Step::Notified { code, event }).await?;
        if upload.record().pending_event_callback() {
            self.postpone(upload, Duration::ZERO).await;
        }
        Ok(())
    }

    /// Leaves the rest to a later sweep, after `retry_after` at the earliest.
    async fn postpone(&self, upload: &mut LeasedUpload, retry_after: Duration) {
        let due = next_due(upload.record(), upload.lease().now(), self.pause, retry_after, None);
        upload.postpone(due).await;
    }

    /// Reports a request that was refused for good before its upload began: attempted a few times and recorded nowhere.
    pub(crate) async fn report_refusal(
        &self,
        callback: &Callback,
        key: &str,
        refused: &Result<PublishedVideo, Error>,
        ledger: &Ledger,
        run: &RunContext,
    ) {
        if !matches!(refused, Err(error) if error.advice() == RetryAdvice::Permanent) {
            return;
        }
        if let Ok(message) = Message::from_refusal(key, refused) {
            let now = ledger.signing_time().await;
            let (result, attempts) =
                post(&*self.notifier, callback, message, now, run.trace, run, QUICK_FORCED).await;
            tracing::info!(key, code = %result.code(), attempts, "notified the callback of the refused task");
        }
    }
}

/// Asks Youku for the video's state, unless it is known, or Youku refuses the account's calls for now.
async fn fetch_video_state(
    record: &Record,
    ledger: &Ledger,
    youku: &dyn Youku,
    known: Option<&KnownVideo>,
) -> Result<Option<VideoState>, Error> {
    let video_id = result_from_record(record)?.video_id;
    if let Some(known) = known.filter(|known| video_id.as_ref() == Some(&known.id)) {
        return Ok(known.state);
    }
    let client = youku.client_id().unwrap_or(&record.request.account);
    ledger.ensure_calls_allowed(client).await?;
    match video_id {
        Some(video_id) => ledger.spare_calls(client, youku.show(&video_id).await).await,
        None => Ok(None),
    }
}
