//! Retrying an upload at a person's request.

use crate::application::App;
use object_storage::Credentials;
use upload_core::{Error, ErrorKind, PublishedVideo, RunContext, UploadId, ledger::Reopening};

impl App {
    /// Retries an upload that failed for good or was cancelled.
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
        let request = ledger.request(&record)?;
        let uploader = self.uploader_for_request(&request, ledger, credentials)?;
        uploader.retry(id, reopening, run).await
    }

    /// Resumes at once an upload that is paused because it could not continue: a person may have repaired what was wrong. `None` where it is
    /// not paused.
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
        let uploader = self.uploader_for_request(&ledger.request(&record)?, ledger, credentials)?;
        uploader.resume(id, run).await.map(Some)
    }
}
