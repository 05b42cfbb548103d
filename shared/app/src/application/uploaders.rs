//! Uploaders: from a source, to an account, with a ledger.

use super::app::App;
use crate::{adapters::removed_account::RemovedAccount, tasks::CallerAccount};
use object_storage::Credentials;
use std::sync::Arc;
use upload_core::{
    ClaimRefusal, Error, ErrorKind, Source, UploadError as _, UploadId, Uploader, Youku,
    ledger::{Ledger, OpenMark, UploadRequest},
};

impl App {
    /// An uploader from `source` to an account of the settings.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the settings have no such account.
    pub fn uploader(
        &self,
        account: &str,
        source: Arc<dyn Source>,
        ledger: Ledger,
    ) -> Result<Uploader, Error> {
        let youku = self.youku(account, &ledger)?;
        Ok(self.uploader_to(youku, source, ledger))
    }

    /// An uploader from `source` to an account that a task carries.
    pub(crate) fn uploader_for_caller(
        &self,
        account: &CallerAccount,
        source: Arc<dyn Source>,
        ledger: Ledger,
    ) -> Uploader {
        self.uploader_to(self.youku_for_caller(account), source, ledger)
    }

    /// The uploader that resumes an open upload, by its mark.
    ///
    /// # Errors
    /// [`InProgress`](ErrorKind::InProgress) where only the machine that began the upload can resume it;
    /// [`InvalidJob`](ErrorKind::InvalidJob) where it has no step yet; [`Config`](ErrorKind::Config) where the settings no longer have its
    /// account; what keeps the ledger from being read.
    pub(crate) async fn uploader_for_mark(
        &self,
        id: UploadId,
        mark: OpenMark,
        ledger: Ledger,
        credentials: Option<Credentials>,
    ) -> Result<Uploader, Error> {
        if mark.location.is_carried()
            && !ledger.read(&id).await?.is_some_and(|record| record.state.has_ended())
        {
            let message =
                "the upload's file lies on the machine where it began: upload it there again to resume it";
            let error = Error::new(ErrorKind::InProgress, "source", message);
            return Err(error.with_claim_refusal(ClaimRefusal::SourceElsewhere));
        }
        if self.settings.accounts.contains_key(&mark.account) {
            return self.uploader(&mark.account, self.source(credentials), ledger);
        }
        let record = ledger.read(&id).await?.ok_or_else(|| {
            Error::new(ErrorKind::InvalidJob, "sweep", "the upload has no step yet")
                .with_context("id", id.as_str())
        })?;
        let request = ledger.request(&record)?;
        match self.uploader_for_request(&request, ledger.clone(), credentials.clone()) {
            Err(error) if error.kind() == ErrorKind::Config && record.state.has_ended() => {
                let youku = Arc::new(RemovedAccount(request.job.account));
                Ok(self.uploader_to(youku, self.source(credentials), ledger))
            }
            uploader => uploader,
        }
    }

    /// The uploader for a request that the ledger has recorded.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the settings no longer have its account; [`Ledger`](ErrorKind::Ledger) where the account that
    /// it carries cannot be read.
    pub(crate) fn uploader_for_request(
        &self,
        request: &UploadRequest,
        ledger: Ledger,
        credentials: Option<Credentials>,
    ) -> Result<Uploader, Error> {
        let source = self.source(credentials);
        match request.caller_account.as_ref().map(CallerAccount::from_secret).transpose()? {
            None => self.uploader(&request.job.account, source, ledger),
            Some(account) => Ok(self.uploader_for_caller(&account, source, ledger)),
        }
    }

    /// An uploader from `source` to `youku` that delivers callbacks.
    fn uploader_to(&self, youku: Arc<dyn Youku>, source: Arc<dyn Source>, ledger: Ledger) -> Uploader {
        let uploader = Uploader::new(source, youku, ledger, self.transfer, self.clock.clone());
        uploader
            .with_refused_shortcuts(self.refused_shortcuts.clone())
            .with_calls_per_hour(self.settings.youku.calls_per_hour)
            .with_notifier(self.callbacks.clone(), self.settings.callback.pause())
    }
}
