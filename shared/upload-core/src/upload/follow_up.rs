//! What is left of an upload that has ended, under its lease: its callbacks, and the hour at which its video is made public.

use crate::{
    Error, ErrorKind, RetryAdvice, RunContext, UploadId, Uploader,
    callback::{
        delivery::KnownVideo,
        policy::{DeliveryPolicy, SINGLE},
        schedule::next_due,
    },
    ledger::{Claim, LeasedUpload},
    upload::{
        change::publish::HourResult,
        trace::{follow_up_span, record_trace},
    },
};
use futures_util::future::BoxFuture;
use std::time::Duration;
use tracing::Instrument;

/// Pause before the first attempt of a sweep where no callback says another.
const PAUSE: Duration = Duration::from_secs(60);

/// What was done of what was left of an upload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FollowUp {
    /// Whether the receiver of its callback has accepted its outcome, or never will; `None` where no message was due.
    pub is_accepted: Option<bool>,
    /// Whether its video was made public.
    pub made_public: bool,
}

impl Uploader {
    /// Carries out what is left of an upload that has ended: makes its video public if its hour has come, and sends its pending callbacks.
    ///
    /// # Errors
    /// [`InProgress`](ErrorKind::InProgress) where another holder works on it; the ledger's error; Youku's, where it does not
    /// report the video's state, or does not change the video for now.
    pub fn follow_up<'a>(
        &'a self,
        id: &'a UploadId,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<FollowUp, Error>> {
        self.follow_up_knowing(id, None, run)
    }

    /// Carries it out as [`follow_up`](Self::follow_up) does, without asking about a video that is `known` for the sake of its event.
    ///
    /// # Errors
    /// As [`follow_up`](Self::follow_up).
    pub(crate) fn follow_up_knowing<'a>(
        &'a self,
        id: &'a UploadId,
        known: Option<&'a KnownVideo>,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<FollowUp, Error>> {
        Box::pin(async move {
            let following = async {
                // Check that the secrets decrypt before taking the lease.
                if let Some(record) = self.ledger.read(id).await? {
                    self.ledger.request(&record)?;
                }
                let Claim::Acquired(mut upload) = self.ledger.resume(id).await? else {
                    return Ok(FollowUp { is_accepted: Some(true), made_public: false });
                };
                record_trace(upload.record());
                let hour = self.publish_leased(&mut upload, run).await;
                if hour.as_ref().is_err_and(is_superseded) {
                    return hour.map(|_| FollowUp::default());
                }
                let had_message = upload.record().has_pending_callback();
                let delivered = self.deliver_leased(&mut upload, known, run, SINGLE).await;
                let is_done = !upload.record().pending_outcome_callback();
                if !delivered.as_ref().is_err_and(is_superseded) {
                    let retry_after = hour.as_ref().err().and_then(retry_after).unwrap_or_default();
                    self.release_until_due_after(*upload, retry_after).await;
                }
                let (hour, ()) = (hour?, delivered?);
                let is_accepted = had_message.then_some(is_done);
                Ok(FollowUp { is_accepted, made_public: hour == HourResult::Public })
            };
            following.instrument(follow_up_span(id)).await
        })
    }

    /// Makes the video public if its hour has come, while the lease is renewed.
    pub(super) async fn publish_leased(
        &self,
        upload: &mut LeasedUpload,
        run: &RunContext,
    ) -> Result<HourResult, Error> {
        let lease = upload.lease();
        tokio::select! {
            biased;
            lost = lease.keep_renewed(|| lease.parts()) => Err(lost),
            hour = self.publish_if_due(upload, run) => hour,
        }
    }

    /// Releases an upload that has ended; where something is left, no sweep takes it before that is due.
    pub(super) async fn release_until_due(&self, upload: LeasedUpload) {
        self.release_until_due_after(upload, Duration::ZERO).await;
    }

    async fn release_until_due_after(&self, mut upload: LeasedUpload, retry_after: Duration) {
        if upload.record().pending_publication().is_some() || upload.record().untold_refusal().is_some() {
            let pause = self.callbacks.as_ref().map_or(PAUSE, |callbacks| callbacks.pause);
            let due = next_due(upload.record(), upload.lease().now(), pause, retry_after, upload.postponed());
            upload.postpone(due).await;
        }
        upload.note_unchanged();
        upload.release().await;
    }

    /// Sends the pending callbacks while the lease is renewed.
    pub(super) async fn deliver_leased(
        &self,
        upload: &mut LeasedUpload,
        known: Option<&KnownVideo>,
        run: &RunContext,
        policy: DeliveryPolicy,
    ) -> Result<(), Error> {
        let Some(callbacks) = &self.callbacks else { return Ok(()) };
        let lease = upload.lease();
        tokio::select! {
            biased;
            lost = lease.keep_renewed(|| lease.parts()) => Err(lost),
            delivered = callbacks.deliver(upload, &self.ledger, &*self.youku, known, run, policy) => delivered,
        }
    }
}

fn is_superseded(error: &Error) -> bool {
    error.kind() == ErrorKind::Superseded
}

fn retry_after(error: &Error) -> Option<Duration> {
    match error.advice() {
        RetryAdvice::Retry { retry_after } => retry_after,
        _ => None,
    }
}
