//! Callbacks at a person's request.

use crate::application::App;
use object_storage::Credentials;
use secrecy::SecretString;
use upload_core::{DeliveryResult, Error, RunContext, UploadId};

impl App {
    /// Checks whether a callback to this URL may be tried.
    ///
    /// # Errors
    /// What is wrong with it, without a word about addresses.
    pub fn accepts_callback(&self, url: &SecretString) -> Result<(), &'static str> {
        self.settings.callback.check_url(url)
    }

    /// Delivers the outcome of an upload that has ended to its callback again, under the same message id; nothing is recorded.
    ///
    /// # Errors
    /// [`InvalidJob`](upload_core::ErrorKind::InvalidJob) where the ledger knows no such upload, it has not ended or has no callback.
    pub async fn replay_callback(
        &self,
        id: &UploadId,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> Result<DeliveryResult, Error> {
        let ledger = self.ledger(credentials).await?;
        upload_core::replay(&ledger, &*self.callbacks, id, run).await
    }
}
