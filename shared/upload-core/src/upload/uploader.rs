//! Runs uploads from the claim to the outcome: who may run them, for how long, and how they are released.

use crate::{
    Clock, Error, ErrorKind, NewVideo, Notifier, RefusedShortcuts, RunContext, Source, TransferSettings,
    UploadError as _, UploadId, Youku,
    callback::{delivery::CallbackDelivery, policy::QUICK},
    ledger::{Claim, LeasedUpload, Ledger, Reopening, UploadRequest},
    retry::RetryBudget,
    transfer::prefetch::Prefetch,
    upload::{
        attempt::Attempt,
        part_checkpoint::PartCheckpoint,
        published_video::{PublishedVideo, result_from_record},
        run_context::{out_of_time, with_deadline, with_deadline_or},
        trace::{begin_own_trace, record_end, upload_span},
    },
};
use futures_util::future::BoxFuture;
use std::{future::Future, sync::Arc, time::Duration};
use tokio::time::Instant;
use tracing::Instrument;

/// No part starts in the last third of a run's time, nor in its last 30 seconds: parts in flight finish in that time.
const LAST_PARTS: Duration = Duration::from_secs(30);

/// Calls an hour that Youku takes of an ordinary client (Youku sheet, errors).
const CALLS_PER_HOUR: u32 = 1_000;

/// Publishes objects from one source through one account, exactly once each.
///
/// Its methods return boxed futures: an `async fn` would be compiled once more in each crate that awaits it.
#[derive(Clone)]
pub struct Uploader {
    pub(crate) source: Arc<dyn Source>,
    pub(crate) youku: Arc<dyn Youku>,
    pub(crate) ledger: Ledger,
    pub(crate) settings: TransferSettings,
    clock: Arc<dyn Clock>,
    pub(super) callbacks: Option<CallbackDelivery>,
    pub(super) refused_shortcuts: RefusedShortcuts,
    /// Calls an hour that Youku takes of the client.
    pub(crate) calls_per_hour: u32,
}

impl Uploader {
    /// An uploader over these ports and this ledger. By `clock` it judges how long Youku's temporary credentials still live.
    #[must_use]
    pub fn new(
        source: Arc<dyn Source>,
        youku: Arc<dyn Youku>,
        ledger: Ledger,
        settings: TransferSettings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let refused_shortcuts = RefusedShortcuts::default();
        Self {
            source,
            youku,
            ledger,
            settings,
            clock,
            callbacks: None,
            refused_shortcuts,
            calls_per_hour: CALLS_PER_HOUR,
        }
    }

    /// Shares what Youku has refused with the process's other uploaders.
    #[must_use]
    pub fn with_refused_shortcuts(mut self, refused: RefusedShortcuts) -> Self {
        self.refused_shortcuts = refused;
        self
    }

    /// Adds callbacks, sent through `notifier`. After the first run a sweep retries a callback, and asks Youku about the video's
    /// state, `pause` later at the earliest and then at growing intervals.
    #[must_use]
    pub fn with_notifier(mut self, notifier: Arc<dyn Notifier>, pause: Duration) -> Self {
        self.callbacks = Some(CallbackDelivery { notifier, pause });
        self
    }

    /// States how many calls an hour Youku takes of the client (1,000 where nothing is stated): watching takes a tenth of them at most.
    #[must_use]
    pub fn with_calls_per_hour(self, calls_per_hour: u32) -> Self {
        Self { calls_per_hour, ..self }
    }

    /// Pause before the first question about a video; `None` where no callbacks are delivered.
    pub(crate) fn callback_pause(&self) -> Option<Duration> {
        self.callbacks.as_ref().map(|callbacks| callbacks.pause)
    }

    /// Publishes the object of `request`, which is the version of the job's file that [`head_object`](crate::head_object) found. An upload that has ended
    /// returns its earlier outcome and makes no call to Youku.
    ///
    /// # Errors
    /// Whatever ended the upload; [`InProgress`](ErrorKind::InProgress) where another holder works on it;
    /// [`Deadline`](ErrorKind::Deadline), retryable, where the run's time was over first.
    pub fn upload<'a>(
        &'a self,
        request: &'a UploadRequest,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<PublishedVideo, Error>> {
        Box::pin(async move { self.upload_or_refuse(request, request.describe_video(), false, run).await })
    }

    /// Publishes as [`upload`](Self::upload) does, for a caller that has the request's video ([`UploadRequest::describe_video`]) already.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub fn upload_video<'a>(
        &'a self,
        request: &'a UploadRequest,
        video: NewVideo,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<PublishedVideo, Error>> {
        Box::pin(async move { self.upload_checked(request, video, false, run).await })
    }

    pub(super) async fn upload_checked(
        &self,
        request: &UploadRequest,
        video: NewVideo,
        is_new: bool,
        run: &RunContext,
    ) -> Result<PublishedVideo, Error> {
        let id = UploadId::new(&request.object, &request.job);
        let (span, run) = &begin_own_trace(run);
        let claim = Box::pin(async {
            let claim = self.claim(&id, Some(request), is_new, run).await?;
            self.reopen_if_wanted(&id, claim, request, run).await
        });
        self.run_claimed(&id, claim, Some((request, video)), run).instrument(span.clone()).await
    }

    /// Resumes an upload that has an open mark.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub fn resume<'a>(
        &'a self,
        id: &'a UploadId,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<PublishedVideo, Error>> {
        Box::pin(async move {
            let claim = Box::pin(self.claim(id, None, false, run));
            self.run_claimed(id, claim, None, run).await
        })
    }

    /// Resumes an open upload at a person's request, also before the time that it waits for.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub fn resume_at_once<'a>(
        &'a self,
        id: &'a UploadId,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<PublishedVideo, Error>> {
        Box::pin(async move {
            let ledger = self.ledger.with_trace(run.trace);
            let claim = Box::pin(ledger.resume_at_once(id));
            self.run_claimed(id, claim, None, run).await
        })
    }

    /// Runs an upload again that failed or was cancelled.
    ///
    /// # Errors
    /// As [`upload`](Self::upload); [`InvalidJob`](ErrorKind::InvalidJob) where it did not fail, or not in the way that `reopening` is for.
    pub fn retry<'a>(
        &'a self,
        id: &'a UploadId,
        reopening: Reopening,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<PublishedVideo, Error>> {
        Box::pin(async move {
            let ledger = self.ledger.with_trace(run.trace);
            let claim =
                Box::pin(async { Ok(Claim::Acquired(Box::new(ledger.reopen(id, reopening).await?))) });
            self.run_claimed(id, claim, None, run).await
        })
    }

    /// Runs a claimed upload; log lines and the error name the upload.
    async fn run_claimed(
        &self,
        id: &UploadId,
        claim: impl Future<Output = Result<Claim, Error>>,
        requested: Option<(&UploadRequest, NewVideo)>,
        run: &RunContext,
    ) -> Result<PublishedVideo, Error> {
        let (request, video) = requested.unzip();
        // After a deadline inside the claim, nobody knows how far the claim got.
        let claim = with_deadline_or(run.deadline, claim, || out_of_time().mark_unrecorded());
        let claim = claim.instrument(tracing::info_span!("claim", upload_id = %id)).await;
        let claim = claim.map_err(|error| error.with_upload_id(id))?;
        let span = upload_span(claim.record(), run);
        let running = async {
            match claim {
                Claim::Acquired(upload) => Box::pin(self.run_leased(*upload, request, video, run)).await,
                Claim::Settled(record) => self.note_unused(result_from_record(&record), &record, request),
            }
        };
        let ended = running.instrument(span.clone()).await;
        record_end(&span, &ended);
        ended.map_err(|error| error.with_upload_id(id))
    }

    /// Runs the upload while its lease is renewed, then records how the run ended and releases the lease.
    async fn run_leased(
        &self,
        mut upload: LeasedUpload,
        request: Option<&UploadRequest>,
        video: Option<NewVideo>,
        run: &RunContext,
    ) -> Result<PublishedVideo, Error> {
        let lease = upload.lease();
        let checkpoint = PartCheckpoint::new(lease.parts());
        let ended = tokio::select! {
            biased;
            lost = lease.keep_renewed(|| checkpoint.parts()) => Err(lost),
            ended = self.run_while_leased(&mut upload, (request, video), &checkpoint, run) => ended,
        };
        let ended = match ended {
            Err(error) if error.kind() == ErrorKind::Superseded => Err(upload.find_loss_reason().await),
            Err(error) => Err(self.record_failure(error, &mut upload).await),
            published => self.note_unused(published, upload.record(), request),
        };
        let superseded = |error: &Error| error.kind() == ErrorKind::Superseded;
        if ended.as_ref().is_err_and(superseded) {
            return ended;
        }
        if upload.record().pending_outcome_callback() {
            let delivered = Box::pin(self.deliver_leased(&mut upload, None, run, QUICK)).await;
            if let Err(error) = &delivered {
                tracing::warn!(?error, "the callback is left to the sweep");
            }
            if delivered.as_ref().is_err_and(superseded) {
                return ended;
            }
        }
        if upload.record().pending_publication().is_some() {
            if let Err(error) = Box::pin(self.publish_leased(&mut upload, run)).await {
                tracing::warn!(?error, "the video's hour is left to the sweep");
            }
            self.release_until_due(upload).await;
        } else {
            upload.release_with(checkpoint.parts()).await;
        }
        ended
    }

    async fn run_while_leased(
        &self,
        upload: &mut LeasedUpload,
        requested: (Option<&UploadRequest>, Option<NewVideo>),
        checkpoint: &PartCheckpoint,
        run: &RunContext,
    ) -> Result<PublishedVideo, Error> {
        let retry = RetryBudget::new(self.settings.retry);
        let result = with_deadline(
            run.deadline,
            Box::pin(self.run_attempt(upload, requested, &retry, checkpoint, run)),
        )
        .await;
        let timed_out = |error: &Error| error.kind() == ErrorKind::Deadline;
        result.map_err(|error| if timed_out(&error) { retry.with_last_error(error) } else { error })
    }

    /// Runs one attempt from the recorded state to its end.
    async fn run_attempt(
        &self,
        upload: &mut LeasedUpload,
        (requested, video): (Option<&UploadRequest>, Option<NewVideo>),
        retry: &RetryBudget,
        checkpoint: &PartCheckpoint,
        run: &RunContext,
    ) -> Result<PublishedVideo, Error> {
        let left = run.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let last_parts = left.map(|left| (left / 3).min(LAST_PARTS)).unwrap_or_default();
        let stop = run.deadline.and_then(|deadline| deadline.checked_sub(last_parts));
        let turns_off = requested.is_some_and(UploadRequest::turns_preflight_off);
        let measured = self.confirm_claim(upload, turns_off, retry, run).await?;
        let request = upload.request()?;
        run.progress.set_total(request.object.size);
        let measured = measured.filter(|measured| measured.etag == request.object.etag);
        let mut attempt = Attempt {
            source: &*self.source,
            youku: &*self.youku,
            clock: &*self.clock,
            settings: self.settings,
            retry,
            progress: &run.progress,
            checkpoint,
            stop,
            video: video.filter(|_| upload.is_begun_here()),
            upload,
            measured: measured.as_ref().and_then(|measured| measured.md5),
            object: measured.unwrap_or_else(|| request.object.clone()),
            request: &request,
            opened_here: None,
            prefetch: Prefetch::default(),
            transferred_here: false,
            refused_shortcuts: &self.refused_shortcuts,
        };
        attempt.run().await
    }
}
