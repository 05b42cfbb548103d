//! Cancelling an upload.

use super::retry::no_such_upload;
use crate::{application::App, tasks::CallerAccount};
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use upload_core::{Error, UploadId, cancel};

impl App {
    /// Cancels an upload: nobody resumes it, and Youku forgets its session.
    ///
    /// # Errors
    /// As [`cancel`].
    pub fn cancel<'a>(
        &'a self,
        id: &'a UploadId,
        credentials: Option<Credentials>,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let ledger = self.ledger(credentials).await?;
            let record = ledger.read(id).await?.ok_or_else(|| no_such_upload(id))?;
            let request = ledger.request(&record)?;
            let youku = match request.caller_account.as_ref().map(CallerAccount::from_secret).transpose()? {
                None => self.youku(&request.job.account, &ledger)?,
                Some(account) => self.youku_for_caller(&account),
            };
            cancel(&ledger, &*youku, id).await
        })
    }
}
