//! What doors ask of the application: publish what arrived, what a task names, what is open.

use crate::{App, CallerAccount, Credentials, Task, removed_account::RemovedAccount};
use std::{future::Future, sync::Arc};
use tokio::time::timeout_at;
use upload_core::{
    ArrivalOutcome, Decision, DeliveryResult, Error, ErrorKind, Job, Location, PublishedVideo, RetryAdvice,
    RunContext, Source, UploadError as _, UploadId, Uploader,
    ledger::{Ledger, OpenMark, Reopening, UploadRequest},
};

/// Why an arrival is skipped whose content is published already.
const SAME_CONTENT: &str = "same_content";
/// What became of an object that arrived.
#[derive(Debug)]
pub enum ObjectOutcome {
    /// It is a video.
    Published(PublishedVideo),
    /// It is left alone, for the reason of this stable code.
    Skipped(&'static str),
}

impl App {
    /// Publishes an object that arrived, of which the event said that it has `size` bytes, if the rules want it.
    ///
    /// # Errors
    /// Whatever ended the upload.
    pub async fn upload_object(
        &self,
        location: &Location,
        size: u64,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> Result<ObjectOutcome, Error> {
        let source = self.source(credentials.clone());
        let automatic = self.intake_policy_within(run);
        let deciding = automatic.decide(&*source, location, size);
        let (job, object, callback, republish) = match with_run_deadline(run, deciding).await {
            Ok(Decision::Skip(reason)) => return Ok(ObjectOutcome::Skipped(reason)),
            Ok(Decision::Upload { job, object, callback, republish }) => (*job, *object, callback, republish),
            Err(error) => {
                let refused = Err(error);
                self.report_to_rule((location, size), &refused, credentials, run).await;
                return refused.map(ObjectOutcome::Published);
            }
        };
        let ledger = self.ledger(credentials).await?;
        let uploader = self.uploader(&job.account, source, ledger)?;
        let work = UploadRequest { job, object, requested_key: None, callback, caller_account: None };
        match uploader.upload_arrival(&work, republish, run).await? {
            ArrivalOutcome::Published(published) => Ok(ObjectOutcome::Published(published)),
            ArrivalOutcome::SameContent => Ok(ObjectOutcome::Skipped(SAME_CONTENT)),
        }
    }

    /// Tells a rule's callback that an object's metadata cannot be read.
    async fn report_to_rule(
        &self,
        (location, size): (&Location, u64),
        refused: &Result<PublishedVideo, Error>,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) {
        if !refused.as_ref().is_err_and(|error| error.kind() == ErrorKind::InvalidJob) {
            return;
        }
        let automatic = self.intake_policy();
        let Some((callback, key, account)) = automatic.refusal_callback(location, size) else { return };
        let uploader = match self.ledger(credentials.clone()).await {
            Ok(ledger) => self.uploader(&account, self.source(credentials), ledger),
            Err(error) => Err(error),
        };
        match uploader {
            Ok(uploader) => uploader.report_refusal(Some(&callback), &key, refused, run).await,
            Err(error) => tracing::warn!(?error, "the rule's callback is not told of the refusal"),
        }
    }

    /// Publishes what the task names, reading with a platform's credentials for this call where there are some. What the task does not
    /// state about the video comes from the object, its sidecar and its rule.
    ///
    /// # Errors
    /// Whatever ended the upload; [`Deadline`](ErrorKind::Deadline), retryable, where the run's time was over first.
    pub async fn run_task(
        &self,
        task: &Task,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> Result<PublishedVideo, Error> {
        let source = self.source(credentials.clone());
        let ledger = self.ledger(credentials).await?;
        let owner = with_run_deadline(run, self.owner(task, &ledger)).await?;
        let brought = task.caller_account.as_ref().filter(|_| owner.account.is_none());
        let job = match owner.account {
            Some(account) => Job { account, ..task.job.clone() },
            None => task.job.clone(),
        };
        let uploader = match brought {
            None => self.uploader(&job.account, source.clone(), ledger)?,
            Some(brought) => self.uploader_for(brought, source.clone(), ledger),
        };
        let automatic = self.intake_policy_within(run);
        let completing = automatic.complete(&*source, job);
        let (job, object) = match with_run_deadline(run, completing).await {
            Ok(completed) => completed,
            Err(error) => {
                let refused = Err(error);
                uploader.report_refusal(task.callback.as_ref(), &task.key, &refused, run).await;
                return refused;
            }
        };
        let called = (task.key != job.location.key).then(|| task.key.clone());
        let brought = brought.map(CallerAccount::to_secret);
        let work = UploadRequest {
            job,
            object,
            requested_key: called,
            callback: task.callback.clone(),
            caller_account: brought,
        };
        let mut published = uploader.upload(&work, run).await?;
        let warnings = [owner.warning, published.warning].into_iter().flatten();
        published.warning = warnings.reduce(|all, one| format!("{all}; {one}"));
        Ok(published)
    }

    /// Tries an upload again that failed for good or was cancelled.
    ///
    /// # Errors
    /// [`InvalidJob`](ErrorKind::InvalidJob) where the ledger knows no such upload, or it did not fail; whatever ended the upload.
    pub async fn retry(
        &self,
        id: &UploadId,
        reopening: Reopening,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> Result<PublishedVideo, Error> {
        let ledger = self.ledger(credentials.clone()).await?;
        let record = ledger.read(id).await?.ok_or_else(|| {
            Error::new(ErrorKind::InvalidJob, "retry", "the ledger knows no such upload")
                .with_context("id", id.as_str())
        })?;
        let work = ledger.request(&record)?;
        let uploader = self.uploader_for_record(&work, ledger, credentials)?;
        uploader.retry(id, reopening, run).await
    }

    /// Goes on at once with an upload that is paused because it could not go on: a person may have mended what was wrong. `None` where it is not
    /// paused.
    ///
    /// # Errors
    /// Whatever ended the upload.
    pub async fn end_pause(
        &self,
        id: &UploadId,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> Result<Option<PublishedVideo>, Error> {
        let ledger = self.ledger(credentials.clone()).await?;
        let paused = ledger.open_upload(id).await?.is_some_and(|upload| upload.is_paused());
        let Some(record) = ledger.read(id).await?.filter(|record| paused && !record.state.has_ended()) else {
            return Ok(None);
        };
        let uploader = self.uploader_for_record(&ledger.request(&record)?, ledger, credentials)?;
        uploader.resume(id, run).await.map(Some)
    }

    /// Tells the callback of an upload that has ended its outcome once more, under the same message id; nothing is recorded.
    ///
    /// # Errors
    /// [`InvalidJob`](ErrorKind::InvalidJob) where the ledger knows no such upload, it has not ended or has no callback.
    pub async fn replay_callback(
        &self,
        id: &UploadId,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> Result<DeliveryResult, Error> {
        let ledger = self.ledger(credentials).await?;
        upload_core::replay(&ledger, &*self.callbacks, id, run).await
    }

    /// Whether the event of an upload that ended so may be acknowledged: nothing is left to do, or the sweep does it.
    #[must_use]
    pub fn is_settled(&self, error: &Error) -> bool {
        match error.kind() {
            // A person repairs these while the platform tries again.
            ErrorKind::Config | ErrorKind::SourceDenied | ErrorKind::Ledger => false,
            // Where there is no open mark the sweep does not know of it: only what can never go better settles the event.
            _ if !error.is_recorded() => {
                matches!(error.kind(), ErrorKind::InvalidJob | ErrorKind::SourceMissing)
                    && error.advice() == RetryAdvice::Permanent
            }
            ErrorKind::Unauthorized | ErrorKind::ClientRefused | ErrorKind::Reauthorize => {
                self.settings.sweep.enabled
            }
            _ if error.advice() == RetryAdvice::Permanent => true,
            _ => self.settings.sweep.enabled,
        }
    }

    pub(crate) async fn uploader_for_task(
        &self,
        id: UploadId,
        mark: OpenMark,
        ledger: Ledger,
        credentials: Option<Credentials>,
    ) -> Result<Uploader, Error> {
        if mark.location.is_carried()
            && !ledger.read(&id).await?.is_some_and(|record| record.state.has_ended())
        {
            let message = "the upload's file lies on the machine where it began, and whoever uploads it there goes on with it";
            return Err(Error::new(ErrorKind::InProgress, "ledger", message));
        }
        if self.settings.accounts.contains_key(&mark.account) {
            return self.uploader(&mark.account, self.source(credentials), ledger);
        }
        let record = ledger.read(&id).await?.ok_or_else(|| {
            Error::new(ErrorKind::InvalidJob, "sweep", "the upload has no step yet")
                .with_context("id", id.as_str())
        })?;
        let work = ledger.request(&record)?;
        let again = self.uploader_for_record(&work, ledger.clone(), credentials.clone());
        match again {
            Err(error) if error.kind() == ErrorKind::Config && record.state.has_ended() => {
                let youku = Arc::new(RemovedAccount(work.job.account));
                Ok(self.uploader_to(youku, self.source(credentials), ledger))
            }
            again => again,
        }
    }

    fn uploader_for_record(
        &self,
        work: &UploadRequest,
        ledger: Ledger,
        credentials: Option<Credentials>,
    ) -> Result<Uploader, Error> {
        let source = self.source(credentials);
        match work.caller_account.as_ref().map(CallerAccount::from_secret).transpose()? {
            None => self.uploader(&work.job.account, source, ledger),
            Some(brought) => Ok(self.uploader_for(&brought, source, ledger)),
        }
    }

    /// An uploader from `source` to `youku` that tells callbacks.
    pub(crate) fn uploader_to(
        &self,
        youku: Arc<dyn upload_core::Youku>,
        source: Arc<dyn Source>,
        ledger: Ledger,
    ) -> Uploader {
        let uploader = Uploader::new(source, youku, ledger, self.transfer);
        uploader.with_notifier(self.callbacks.clone(), self.settings.callback.pause())
    }

    fn uploader_for(&self, brought: &CallerAccount, source: Arc<dyn Source>, ledger: Ledger) -> Uploader {
        self.uploader_to(self.youku_for_caller(brought), source, ledger)
    }
}

/// What comes before an upload has no more time than it.
async fn with_run_deadline<T>(
    run: &RunContext,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let Some(deadline) = run.deadline else { return call.await };
    timeout_at(deadline, call).await.unwrap_or_else(|_| {
        let message = "the time allowed for this run was over before the object was found";
        Err(Error::new(ErrorKind::Deadline, "look", message).retryable())
    })
}
