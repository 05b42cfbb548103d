//! Running a task.

use super::deadline::with_run_deadline;
use crate::{
    adapters::is_missing_bucket,
    application::App,
    tasks::{CallerAccount, Task},
};
use object_storage::Credentials;
use upload_core::{Error, ErrorKind, Job, PublishedVideo, RunContext, ledger::UploadRequest};

impl App {
    /// Publishes what the task names, reading with a platform's credentials for this call where there are some. What the task does not
    /// state about the video comes from the object, its sidecar and its rule.
    ///
    /// # Errors
    /// Whatever ended the upload; [`Deadline`](upload_core::ErrorKind::Deadline), retryable, where the run's time was over first.
    pub async fn run_task(
        &self,
        task: &Task,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> Result<PublishedVideo, Error> {
        let source = self.source(credentials.clone());
        let ledger = self.ledger(credentials).await?;
        let owner = with_run_deadline(run, self.find_owner(task, &ledger)).await?;
        let caller_account = task.caller_account.as_ref().filter(|_| owner.account.is_none());
        let job = match owner.account {
            Some(account) => Job { account, ..task.job.clone() },
            None => task.job.clone(),
        };
        let uploader = match caller_account {
            None => self.uploader(&job.account, source.clone(), ledger)?,
            Some(account) => self.uploader_for_caller(account, source.clone(), ledger),
        };
        let policy = self.intake_policy_within(run);
        let completing = policy.complete(&*source, job);
        let (job, object) = match with_run_deadline(run, completing).await {
            Ok(completed) => completed,
            Err(error) => {
                let refused = Err(self.blame_caller(task, error));
                uploader.report_refusal(task.callback.as_ref(), &task.key, &refused, run).await;
                return refused;
            }
        };
        let requested_key = (task.key != job.location.key).then(|| task.key.clone());
        let request = UploadRequest {
            job,
            object,
            requested_key,
            callback: task.callback.clone(),
            caller_account: caller_account.map(CallerAccount::to_secret),
        };
        let mut published = uploader.upload(&request, run).await?;
        let warnings = [owner.warning, published.warning].into_iter().flatten();
        published.warning = warnings.reduce(|all, one| format!("{all}; {one}"));
        Ok(published)
    }

    /// A bucket that does not exist is the fault of the caller who named it, as a missing object is; that of `legacy.bucket` is a wrong
    /// setting.
    fn blame_caller(&self, task: &Task, error: Error) -> Error {
        let location = &task.job.location;
        if self.settings.legacy.bucket.as_ref() == Some(&location.bucket) || !is_missing_bucket(&error) {
            return error;
        }
        let message = "the bucket does not exist";
        Error::new(ErrorKind::SourceMissing, "task", message)
            .with_context("object", location)
            .with_source(error)
    }
}
