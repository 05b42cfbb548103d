//! Runs uploads from the claim to the outcome: who may run them, for how long, and how they are released.

use crate::{
    Callback, Clock, Error, ErrorKind, Location, Notifier, Object, RetryAdvice, RetryPolicy, RunContext,
    Source, Stage, TransferSettings, UploadError as _, UploadId, Youku,
    callback::{
        delivery::CallbackDelivery,
        policy::{DeliveryPolicy, QUICK, SINGLE},
    },
    ledger::{Claim, LeasedUpload, Ledger, Reopening, State, Step, UploadRequest, WaitReason, Waiting},
    retry::RetryBudget,
    transfer::{Transfer, prefetch::Prefetch},
    upload::{
        attempt::Attempt,
        part_checkpoint::PartCheckpoint,
        published_video::{PublishedVideo, result_from_record},
        run_context::{out_of_time, with_deadline, with_deadline_or},
        session::validate_request,
        terminal_step::terminal_step,
    },
};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::time::Instant;
use tracing::Instrument;

/// No part is begun in the last third of a run's time, nor in its last 30 seconds: what is under way ends in them.
const LAST_PARTS: Duration = Duration::from_secs(30);

/// Publishes objects from one source through one account, exactly once each.
#[derive(Clone)]
pub struct Uploader {
    pub(crate) source: Arc<dyn Source>,
    pub(crate) youku: Arc<dyn Youku>,
    pub(crate) ledger: Ledger,
    pub(crate) settings: TransferSettings,
    clock: Arc<dyn Clock>,
    callbacks: Option<CallbackDelivery>,
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
        Self { source, youku, ledger, settings, clock, callbacks: None }
    }

    /// The same, telling callbacks through `notifier`. After the first run a callback is tried again, and Youku asked how a video fares,
    /// `pause` later at the earliest, by a sweep; then at growing distances.
    #[must_use]
    pub fn with_notifier(mut self, notifier: Arc<dyn Notifier>, pause: Duration) -> Self {
        self.callbacks = Some(CallbackDelivery { notifier, pause });
        self
    }

    /// Publishes the object of `work`, the version of the job's file that [`head_object`] found. An upload that was ended before answers what
    /// it answered then, without touching Youku.
    ///
    /// # Errors
    /// Whatever ended the upload; [`InProgress`](ErrorKind::InProgress) where somebody else is at it;
    /// [`Deadline`](ErrorKind::Deadline), retryable, where the run's time was over first.
    pub async fn upload(&self, work: &UploadRequest, run: &RunContext) -> Result<PublishedVideo, Error> {
        // What breaks a limit is refused before anything is recorded: the same object with better metadata is welcome.
        if let Err(error) = validate_request(work, &*self.youku) {
            let (refused, key) =
                (Err(error), work.requested_key.as_deref().unwrap_or(&work.object.location.key));
            Box::pin(self.report_refusal(work.callback.as_ref(), key, &refused, run)).await;
            return refused;
        }
        let id = UploadId::new(&work.object, &work.job);
        let claim = Box::pin(async {
            let claim = self.claim(&id, Some(work)).await?;
            self.reopen_if_returned(&id, claim).await
        });
        self.run_claimed(&id, claim, run).await
    }

    /// Whether the object's metadata keeps to Youku's limits.
    ///
    /// # Errors
    /// [`InvalidJob`](ErrorKind::InvalidJob), naming field, limit and length.
    pub fn validate(&self, work: &UploadRequest) -> Result<(), Error> {
        validate_request(work, &*self.youku)
    }

    /// Goes on with an upload that has an open mark.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub async fn resume(&self, id: &UploadId, run: &RunContext) -> Result<PublishedVideo, Error> {
        let claim = Box::pin(self.claim(id, None));
        self.run_claimed(id, claim, run).await
    }

    /// Tries an upload again that failed for good or was cancelled.
    ///
    /// # Errors
    /// As [`upload`](Self::upload); [`InvalidJob`](ErrorKind::InvalidJob) where it did not fail, or not in the way that `reopening` is for.
    pub async fn retry(
        &self,
        id: &UploadId,
        reopening: Reopening,
        run: &RunContext,
    ) -> Result<PublishedVideo, Error> {
        let claim =
            Box::pin(async { Ok(Claim::Acquired(Box::new(self.ledger.reopen(id, reopening).await?))) });
        self.run_claimed(id, claim, run).await
    }

    /// Tells the callback of an upload that has ended what there is to tell now, if anything.
    ///
    /// # Errors
    /// [`InProgress`](ErrorKind::InProgress) where somebody else is at it; where the ledger fails, or Youku does not say how the video
    /// fares.
    pub async fn deliver_callback(&self, id: &UploadId, run: &RunContext) -> Result<(), Error> {
        let telling = async {
            // Where its secrets cannot be opened, nobody takes it only to put it down again.
            if let Some(record) = self.ledger.read(id).await? {
                self.ledger.request(&record)?;
            }
            let Claim::Acquired(mut held) = self.ledger.resume(id).await? else { return Ok(()) };
            let told = self.deliver_leased(&mut held, run, SINGLE).await;
            if !matches!(&told, Err(error) if error.kind() == ErrorKind::Superseded) {
                held.release().await;
            }
            told
        };
        telling.instrument(tracing::info_span!("callback", upload_id = %id)).await
    }

    /// Delivers the refusal of a request for which no upload began to its callback: a few attempts, recorded nowhere.
    pub async fn report_refusal(
        &self,
        callback: Option<&Callback>,
        key: &str,
        refused: &Result<PublishedVideo, Error>,
        run: &RunContext,
    ) {
        if let Some((notifying, callback)) = self.callbacks.as_ref().zip(callback) {
            notifying.report_refusal(callback, key, refused, run).await;
        }
    }

    async fn deliver_leased(
        &self,
        upload: &mut LeasedUpload,
        run: &RunContext,
        effort: DeliveryPolicy,
    ) -> Result<(), Error> {
        let Some(notifying) = &self.callbacks else { return Ok(()) };
        let lease = upload.lease();
        tokio::select! {
            biased;
            lost = lease.keep_renewed(|| lease.parts()) => Err(lost),
            told = notifying.deliver(upload, &self.ledger, &*self.youku, run, effort) => told,
        }
    }

    /// Runs a claimed upload; log lines and the error name the upload.
    async fn run_claimed(
        &self,
        id: &UploadId,
        claim: impl Future<Output = Result<Claim, Error>>,
        run: &RunContext,
    ) -> Result<PublishedVideo, Error> {
        let work = async {
            // A deadline in the middle of the claim leaves open how far it came.
            match with_deadline_or(run.deadline, claim, || out_of_time().mark_unrecorded()).await? {
                Claim::Acquired(held) => Box::pin(self.run_leased(*held, run)).await,
                Claim::Settled(record) => result_from_record(&record),
            }
        };
        let span = tracing::info_span!("upload", upload_id = %id);
        work.instrument(span).await.map_err(|error| error.with_upload_id(id))
    }

    /// Runs the upload while its lease is renewed, then records how the run ended and releases the lease.
    async fn run_leased(&self, mut upload: LeasedUpload, run: &RunContext) -> Result<PublishedVideo, Error> {
        let lease = upload.lease();
        let notes = PartCheckpoint::new(lease.parts());
        let ended = tokio::select! {
            biased;
            lost = lease.keep_renewed(|| notes.parts()) => Err(lost),
            ended = self.run_while_leased(&mut upload, &notes, run) => ended,
        };
        let ended = match ended {
            Err(error) if error.kind() == ErrorKind::Superseded => Err(upload.find_loss_reason().await),
            Err(error) => Err(self.record_failure(error, &mut upload).await),
            published => published,
        };
        let superseded = |error: &Error| error.kind() == ErrorKind::Superseded;
        if ended.as_ref().is_err_and(superseded) {
            return ended;
        }
        if upload.record().pending_outcome_callback() {
            let told = Box::pin(self.deliver_leased(&mut upload, run, QUICK)).await;
            if let Err(error) = &told {
                tracing::warn!(?error, "the callback is left to the sweep");
            }
            if told.as_ref().is_err_and(superseded) {
                return ended;
            }
        }
        upload.release_with(notes.parts()).await;
        ended
    }

    /// Records how the run ended and returns its error.
    async fn record_failure(&self, error: Error, upload: &mut LeasedUpload) -> Error {
        let now = upload.lease().now();
        let Some(step) = terminal_step(&error, upload, now, self.settings.second_run) else {
            upload.pause(&error).await;
            return error;
        };
        // The caller hears of it at once, and the upload stays open.
        let error = match &step {
            Step::Waiting(rest)
                if matches!(rest.reason, WaitReason::SourceRefused | WaitReason::TargetRefused) =>
            {
                let wish = rest.not_before.and_then(|until| until.get().duration_since(now).ok());
                error.with_advice(RetryAdvice::Retry { retry_after: wish })
            }
            _ => error,
        };
        if let Step::Waiting(Waiting { reason: WaitReason::RateLimited, not_before: Some(until) }) = step
            && error.claim_refusal().is_none()
            && let Err(unwritten) =
                self.ledger.limit_calls(self.account_name(&upload.record().request.account), until).await
        {
            tracing::warn!(error = ?unwritten, "could not spare the account's other uploads the refusal");
        }
        if let Step::Waiting(Waiting {
            reason: WaitReason::Unauthorized | WaitReason::ClientRefused, ..
        }) = step
        {
            upload.refuse_token(self.token_hash());
        }
        let Err(unwritten) = upload.append(step).await else { return error };
        // The state before it stands: the next holder comes to the same end.
        tracing::warn!(error = ?unwritten, "could not record how the run ended");
        // This error says nothing about the upload once another holder has it.
        if unwritten.kind() == ErrorKind::Superseded { unwritten } else { error }
    }

    async fn run_while_leased(
        &self,
        upload: &mut LeasedUpload,
        checkpoint: &PartCheckpoint,
        run: &RunContext,
    ) -> Result<PublishedVideo, Error> {
        let account = upload.record().request.account.clone();
        if upload.record().state.is_working() {
            self.ledger.ensure_calls_allowed(self.account_name(&account)).await?;
            // Before an object is read, or anything moved, in vain.
            with_deadline(run.deadline, self.youku.ready()).await?;
        }
        let patience = RetryBudget::new(self.settings.retry);
        let worked =
            with_deadline(run.deadline, Box::pin(self.run_attempt(upload, &patience, checkpoint, run))).await;
        let timed_out = |error: &Error| error.kind() == ErrorKind::Deadline;
        worked.map_err(|error| if timed_out(&error) { patience.with_last_error(error) } else { error })
    }

    /// Goes on until the upload has ended.
    async fn run_attempt(
        &self,
        upload: &mut LeasedUpload,
        patience: &RetryBudget,
        checkpoint: &PartCheckpoint,
        run: &RunContext,
    ) -> Result<PublishedVideo, Error> {
        let left = run.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let last_parts = left.map(|left| (left / 3).min(LAST_PARTS)).unwrap_or_default();
        let stop = run.deadline.and_then(|deadline| deadline.checked_sub(last_parts));
        let measured = self.confirm_claim(upload, patience, run).await?;
        let work = upload.request()?;
        run.progress.set_total(work.object.size);
        let measured = measured.filter(|measured| measured.etag == work.object.etag);
        let mut hand = Attempt {
            source: &*self.source,
            youku: &*self.youku,
            clock: &*self.clock,
            settings: self.settings,
            retry: patience,
            progress: &run.progress,
            checkpoint,
            stop,
            upload,
            measured: measured.as_ref().and_then(|measured| measured.md5),
            object: measured.unwrap_or_else(|| work.object.clone()),
            request: &work,
            opened_here: None,
            prefetch: Prefetch::default(),
            transferred_here: false,
        };
        hand.run().await
    }

    /// Believes the chain before anything is decided. An object whose MD5 nobody knows is read meanwhile: that promises nothing.
    async fn confirm_claim(
        &self,
        upload: &mut LeasedUpload,
        patience: &RetryBudget,
        run: &RunContext,
    ) -> Result<Option<Object>, Error> {
        let work = upload.request()?;
        let hint = work.job.md5.is_some() || work.object.stated_md5.is_some();
        let stated = work.object.md5.is_some() || hint && !upload.record().was_refused_for_hash();
        if upload.record().state != State::Claimed || stated {
            upload.confirm().await?;
            return Ok(None);
        }
        run.progress.set_total(work.object.size);
        run.progress.set_stage(Stage::Reading);
        let transfer = Transfer {
            source: &*self.source,
            object: &work.object,
            settings: self.settings,
            retry: patience,
            progress: &run.progress,
            stop: None,
        };
        let ((), measured) = tokio::try_join!(upload.confirm(), transfer.digest())?;
        Ok(Some(measured))
    }
}

/// The version of a file that is there now.
///
/// # Errors
/// [`SourceMissing`](ErrorKind::SourceMissing) where there is none; else the error of the source once the retry budget is used up.
pub async fn head_object(
    source: &dyn Source,
    location: &Location,
    retry: &RetryPolicy,
) -> Result<Object, Error> {
    RetryBudget::new(*retry).retry(|| source.head(location)).await
}
