//! Retrying an upload at a person's request.

use crate::application::App;
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use upload_core::{Error, ErrorKind, Outcome, PublishedVideo, RunContext, UploadId, ledger::Reopening};

/// What became of an upload that a person wants to go on.
#[derive(Debug)]
pub enum Continuation {
    /// It ran now.
    Ran {
        /// The object's key, or the legacy task's `keyname`.
        key: String,
        /// How the run ended.
        result: Result<PublishedVideo, Error>,
    },
    /// It was published before; this is what its task was answered.
    Published(Outcome),
}

impl App {
    /// Goes on with an upload at once: retries one that failed or was cancelled, resumes one that is open, also before the time that it
    /// waits for.
    ///
    /// # Errors
    /// [`NoSuchUpload`](ErrorKind::NoSuchUpload); [`WrongState`](ErrorKind::WrongState) where the upload is of a local file, or a new
    /// session is asked for and it has not failed; the ledger's. How the run itself ended is in the [`Continuation`].
    pub fn retry<'a>(
        &'a self,
        id: &'a UploadId,
        reopening: Reopening,
        credentials: Option<Credentials>,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<Continuation, Error>> {
        Box::pin(async move {
            let ledger = self.ledger(credentials.clone()).await?;
            let record = ledger.read(id).await?.ok_or_else(|| no_such_upload(id))?;
            let outcome = Outcome::from_record(&record);
            let has_failed = outcome.is_some();
            if let Some(published) = outcome.filter(|outcome| outcome.error.is_none()) {
                return Ok(Continuation::Published(published));
            }
            if record.request.location.is_carried() {
                let why = "only someone who has the file can resume this upload";
                return Err(Error::new(ErrorKind::WrongState, "retry", why).with_context("id", id.as_str()));
            }
            if reopening.new_session && !has_failed {
                let why = "another session is opened only for an upload that has failed";
                return Err(Error::new(ErrorKind::WrongState, "retry", why).with_context("id", id.as_str()));
            }
            let key = record.request.requested_key.as_ref().unwrap_or(&record.request.location.key).clone();
            let uploader = self.uploader_for_request(&ledger.request(&record)?, ledger, credentials)?;
            let result = match has_failed {
                true => uploader.retry(id, reopening, run).await,
                false => uploader.resume_at_once(id, run).await,
            };
            Ok(Continuation::Ran { key, result })
        })
    }
}

/// The error of an id that the ledger does not know.
pub(in crate::usecases) fn no_such_upload(id: &UploadId) -> Error {
    Error::new(ErrorKind::NoSuchUpload, "request", "the ledger knows no such upload")
        .with_context("id", id.as_str())
}
