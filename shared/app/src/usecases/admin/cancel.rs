//! Cancelling an upload.

use super::request_error::request_error;
use crate::{application::App, tasks::CallerAccount};
use upload_core::{Error, UploadId, cancel};

impl App {
    /// Cancels an upload: nobody resumes it, and Youku forgets its session.
    ///
    /// # Errors
    /// As [`cancel`].
    pub async fn cancel(&self, id: &UploadId) -> Result<(), Error> {
        let ledger = self.ledger(None).await?;
        let record = ledger.read(id).await?.ok_or_else(|| {
            request_error("the ledger knows no such upload").with_context("id", id.as_str())
        })?;
        let request = ledger.request(&record)?;
        let youku = match request.caller_account.as_ref().map(CallerAccount::from_secret).transpose()? {
            None => self.youku(&request.job.account, &ledger)?,
            Some(account) => self.youku_for_caller(&account),
        };
        cancel(&ledger, &*youku, id).await
    }
}
