//! From a task to a video.

use super::Task;
use crate::{App, Credentials, open};
use std::sync::Arc;
use tokio::time::timeout_at;
use upload_core::{Error, ErrorKind, Published, Run, Source, Uploader, look};

impl App {
    /// Publishes what the task names, reading with a platform's credentials for this call where there are some.
    ///
    /// # Errors
    /// Whatever ended the upload; [`Deadline`](ErrorKind::Deadline), retryable, where the run's time was over first.
    pub async fn carry_out(
        &self,
        task: &Task,
        credentials: Option<Credentials>,
        run: &Run,
    ) -> Result<Published, Error> {
        let source = self.source(credentials);
        let uploader = self.uploader_for(task, source.clone())?;
        let looking = look(&*source, &task.job.location, &self.transfer.retry);
        let object = match run.deadline {
            None => looking.await?,
            Some(deadline) => timeout_at(deadline, looking).await.map_err(|_| {
                let message = "the time allowed for this run was over before the object was found";
                Error::new(ErrorKind::Deadline, "look", message).retryable()
            })??,
        };
        uploader.upload(&task.job, object, run).await
    }

    fn uploader_for(&self, task: &Task, source: Arc<dyn Source>) -> Result<Uploader, Error> {
        match &task.brought {
            None => self.uploader(&task.job.account, source),
            Some(brought) => {
                let youku = open(&self.settings, &brought.into(), &self.http);
                Ok(Uploader::new(source, youku, self.transfer))
            }
        }
    }
}
