//! Running a task.

use super::{deadline::with_run_deadline, missing_bucket::report_missing_bucket};
use crate::{
    application::App,
    tasks::{CallerAccount, Task},
};
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use upload_core::{Error, Job, PublishedVideo, RunContext, ledger::UploadRequest};

impl App {
    /// Publishes what the task names, reading with a platform's credentials for this call where there are some. What the task does not
    /// state about the video comes from the object, its sidecar and its rule.
    ///
    /// # Errors
    /// Whatever ended the upload; [`Deadline`](upload_core::ErrorKind::Deadline), retryable, where the run's time was over first.
    pub fn run_task<'a>(
        &'a self,
        task: &'a Task,
        credentials: Option<Credentials>,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<PublishedVideo, Error>> {
        Box::pin(async move {
            let source = self.source(credentials.clone());
            self.http.youku.open_early();
            // What the task's object states is read while the ledger is opened, and asked whose account it is.
            let policy = self.intake_policy_within(run);
            let completing = with_run_deadline(run, policy.complete(&*source, task.job.clone()));
            let opening = async {
                let ledger = with_run_deadline(run, self.ledger(credentials.clone())).await?;
                let owner = with_run_deadline(run, self.find_owner(task, &ledger)).await?;
                Ok((ledger, owner))
            };
            let completing = async { Ok::<_, Error>(completing.await) };
            let ((ledger, owner), completed) = tokio::try_join!(Box::pin(opening), Box::pin(completing))?;
            let caller_account = task.caller_account.as_ref().filter(|_| owner.account.is_none());
            let account = owner.account.unwrap_or_else(|| task.job.account.clone());
            let uploader = match caller_account {
                None => self.uploader(&account, source.clone(), ledger)?,
                Some(account) => self.uploader_for_caller(account, source.clone(), ledger),
            };
            let (job, object) = match completed {
                Ok((job, object)) => (Job { account, ..job }, object),
                Err(error) => {
                    let refused = Err(self.blame_caller(task, error));
                    uploader.report_refusal(task.callback.as_ref(), &task.key, &refused, run).await;
                    return refused;
                }
            };
            let requested_key = (task.key != job.location.key).then(|| task.key.clone());
            let request = UploadRequest {
                requested_key,
                callback: task.callback.clone(),
                caller_account: caller_account.map(CallerAccount::to_secret),
                entrypoint: Some(task.entrypoint),
                ..UploadRequest::new(job, object)
            };
            let ended = uploader.upload(&request, run).await;
            self.tell_robots(credentials.clone(), run).await;
            let mut published = ended?;
            let warnings = [owner.warning, published.warning].into_iter().flatten();
            published.warning = warnings.reduce(|all, one| format!("{all}; {one}"));
            Ok(published)
        })
    }

    /// A bucket that does not exist is the fault of the caller who named it, as a missing object is; that of `legacy.bucket` is a wrong
    /// setting.
    fn blame_caller(&self, task: &Task, error: Error) -> Error {
        let location = &task.job.location;
        match self.settings.legacy.bucket.as_ref() == Some(&location.bucket) {
            true => error,
            false => report_missing_bucket(location, error),
        }
    }
}
