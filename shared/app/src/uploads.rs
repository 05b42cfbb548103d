//! What doors ask of the application: publish what arrived, what a task names, what is open.

use crate::{App, BroughtAccount, Credentials, Task, gone::GoneAccount};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::time::timeout_at;
use upload_core::{
    Arrival, ArrivalEnd, Bounds, Discovered, Discovery, Error, ErrorKind, LOOK, Location, Published, Run,
    Since, Source, Swept, Told, UploadId, Uploader, Verdict, discover,
    ledger::{Ledger, OpenMark, Reopening, Work},
};

/// Uploads that one sweep goes on with or begins at most, where the settings do not say.
const SWEEP_LIMIT: usize = 100;
/// Why an arrival is skipped whose content is published already.
const SAME_CONTENT: &str = "same_content";
/// The note of where the last sweep ended.
const SWEEP_CURSOR: &str = "sweep";

/// What one sweep is to do otherwise than the settings say.
#[derive(Debug, Clone, Copy, Default)]
pub struct SweepWish {
    /// Look for objects from this time on, whatever the ledger's age.
    pub since: Option<Since>,
    /// Uploads that it goes on with or begins at most.
    pub limit: Option<usize>,
}

/// What became of an object that arrived.
#[derive(Debug)]
pub enum Arrived {
    /// It is a video.
    Published(Published),
    /// It is left alone, for the reason of this stable code.
    Skipped(&'static str),
}

impl App {
    /// Publishes an object that arrived, of which the event said that it has `size` bytes, if the rules want it.
    ///
    /// # Errors
    /// Whatever ended the upload.
    pub async fn arrived(
        &self,
        location: &Location,
        size: u64,
        credentials: Option<Credentials>,
        run: &Run,
    ) -> Result<Arrived, Error> {
        let source = self.source(credentials.clone());
        let automatic = self.automatic();
        let deciding = automatic.decide(&*source, location, size);
        let (job, object, callback, republish) = match in_time(run, deciding).await? {
            Arrival::Skip(reason) => return Ok(Arrived::Skipped(reason)),
            Arrival::Upload { job, object, callback, republish } => (*job, *object, callback, republish),
        };
        let ledger = self.ledger(credentials).await?;
        let uploader = self.uploader(&job.account, source, ledger)?;
        let work = Work { job, object, called: None, callback, brought: None };
        match uploader.upload_arrival(&work, republish, run).await? {
            ArrivalEnd::Published(published) => Ok(Arrived::Published(published)),
            ArrivalEnd::SameContent => Ok(Arrived::Skipped(SAME_CONTENT)),
        }
    }

    /// Publishes what the task names, reading with a platform's credentials for this call where there are some. What the task does not
    /// state about the video comes from the object, its sidecar and its rule.
    ///
    /// # Errors
    /// Whatever ended the upload; [`Deadline`](ErrorKind::Deadline), retryable, where the run's time was over first.
    pub async fn carry_out(
        &self,
        task: &Task,
        credentials: Option<Credentials>,
        run: &Run,
    ) -> Result<Published, Error> {
        let source = self.source(credentials.clone());
        let ledger = self.ledger(credentials).await?;
        let uploader = match &task.brought {
            None => self.uploader(&task.job.account, source.clone(), ledger)?,
            Some(brought) => self.uploader_for(brought, source.clone(), ledger),
        };
        let automatic = self.automatic();
        let completing = automatic.complete(&*source, task.job.clone());
        let (job, object) = match in_time(run, completing).await {
            Ok(completed) => completed,
            Err(error) => {
                let refused = Err(error);
                uploader.tell_refusal(task.callback.as_ref(), &task.key, &refused, run).await;
                return refused;
            }
        };
        let called = (task.key != job.location.key).then(|| task.key.clone());
        let brought = task.brought.as_ref().map(BroughtAccount::to_secret);
        let work = Work { job, object, called, callback: task.callback.clone(), brought };
        uploader.upload(&work, run).await
    }

    /// Goes on with what is open and nobody holds, from where the last sweep ended; then finds objects that no event told of.
    ///
    /// # Errors
    /// Where the ledger cannot be read; how single uploads end is in the answer.
    pub async fn sweep(&self, credentials: Option<Credentials>, run: &Run) -> Result<Swept, Error> {
        self.sweep_as(SweepWish::default(), credentials, run).await
    }

    /// The same, as somebody wishes.
    ///
    /// # Errors
    /// As [`sweep`](Self::sweep).
    pub async fn sweep_as(
        &self,
        wish: SweepWish,
        credentials: Option<Credentials>,
        run: &Run,
    ) -> Result<Swept, Error> {
        self.check_ledger(credentials.clone()).await?;
        let ledger = self.ledger(credentials.clone()).await?;
        let after = ledger.cursor(SWEEP_CURSOR).await?.as_deref().and_then(UploadId::parse);
        let limit = wish.limit.or(self.settings.sweep.limit).unwrap_or(SWEEP_LIMIT);
        let began = after.clone();
        let uploader_of = |id, mark| self.uploader_of(id, mark, ledger.clone(), credentials.clone());
        let mut swept = upload_core::sweep(&ledger, uploader_of, after, limit, run).await?;
        if swept.next != began {
            ledger.set_cursor(SWEEP_CURSOR, swept.next.as_ref().map(UploadId::as_str)).await?;
        }
        if self.settings.sweep.discover || wish.since.is_some() {
            let bounds = Bounds {
                uploads: limit.saturating_sub(swept.resumed.len() + swept.told),
                requests: self.settings.sweep.requests,
                grace: Duration::from_secs(self.settings.sweep.grace_seconds),
                since: wish.since,
            };
            swept.discovered = self.discover(bounds, &ledger, credentials, run).await;
        }
        match ledger.forget_recent().await {
            Ok(0) => {}
            Ok(entries) => tracing::info!(entries, "deleted what was listed of uploads that ended long ago"),
            // The next sweep does it.
            Err(error) => tracing::warn!(?error, "could not shorten the list of recent ends"),
        }
        Ok(swept)
    }

    async fn discover(
        &self,
        bounds: Bounds,
        ledger: &Ledger,
        credentials: Option<Credentials>,
        run: &Run,
    ) -> Discovered {
        let source = self.source(credentials);
        let provider = self.settings.source.provider;
        let discovery = Discovery { automatic: self.automatic(), source: &*source, provider, ledger, bounds };
        let uploader_of = |account: &str| self.uploader(account, source.clone(), ledger.clone());
        discover(&discovery, uploader_of, run).await.unwrap_or_else(Discovered::failed)
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
        run: &Run,
    ) -> Result<Published, Error> {
        let ledger = self.ledger(credentials.clone()).await?;
        let record = ledger.read(id).await?.ok_or_else(|| {
            Error::new(ErrorKind::InvalidJob, "retry", "the ledger knows no such upload")
                .with("id", id.as_str())
        })?;
        let work = ledger.work(&record)?;
        let uploader = self.uploader_again(&work, ledger, credentials)?;
        uploader.retry(id, reopening, run).await
    }

    /// Tells the callback of an upload that has ended its outcome once more, under the same message id; nothing is recorded.
    ///
    /// # Errors
    /// [`InvalidJob`](ErrorKind::InvalidJob) where the ledger knows no such upload, it has not ended or has no callback.
    pub async fn replay_callback(
        &self,
        id: &UploadId,
        credentials: Option<Credentials>,
        run: &Run,
    ) -> Result<Told, Error> {
        let ledger = self.ledger(credentials).await?;
        upload_core::replay(&ledger, &*self.callbacks, id, run).await
    }

    /// Whether the event of an upload that ended so may be acknowledged: nothing is left to do, or the sweep does it.
    #[must_use]
    pub fn is_settled(&self, error: &Error) -> bool {
        match error.kind() {
            // A person repairs these while the platform tries again.
            ErrorKind::Config | ErrorKind::SourceDenied | ErrorKind::Ledger => false,
            // Before the claim there is no open mark, so the sweep does not know of it.
            _ if error.operation() == LOOK => error.verdict() == Verdict::Permanent,
            ErrorKind::Unauthorised | ErrorKind::Reauthorise => self.settings.sweep.enabled,
            _ if error.verdict() == Verdict::Permanent => true,
            ErrorKind::Source => false,
            _ => self.settings.sweep.enabled,
        }
    }

    async fn uploader_of(
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
            Error::new(ErrorKind::InvalidJob, "sweep", "the upload has no step yet").with("id", id.as_str())
        })?;
        let work = ledger.work(&record)?;
        let again = self.uploader_again(&work, ledger.clone(), credentials.clone());
        match again {
            Err(error) if error.kind() == ErrorKind::Config && record.state.has_ended() => {
                let youku = Arc::new(GoneAccount(work.job.account));
                Ok(self.uploader_to(youku, self.source(credentials), ledger))
            }
            again => again,
        }
    }

    fn uploader_again(
        &self,
        work: &Work,
        ledger: Ledger,
        credentials: Option<Credentials>,
    ) -> Result<Uploader, Error> {
        let source = self.source(credentials);
        match work.brought.as_ref().map(BroughtAccount::from_secret).transpose()? {
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
        uploader.notifying(self.callbacks.clone(), self.settings.callback.pause())
    }

    fn uploader_for(&self, brought: &BroughtAccount, source: Arc<dyn Source>, ledger: Ledger) -> Uploader {
        self.uploader_to(self.youku_of(brought), source, ledger)
    }
}

/// What comes before an upload has no more time than it.
async fn in_time<T>(run: &Run, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let Some(deadline) = run.deadline else { return call.await };
    timeout_at(deadline, call).await.unwrap_or_else(|_| {
        let message = "the time allowed for this run was over before the object was found";
        Err(Error::new(ErrorKind::Deadline, LOOK, message).retryable())
    })
}
