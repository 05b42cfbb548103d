//! Callbacks at a person's request.

use crate::application::App;
use futures_util::future::BoxFuture;
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

    /// Finds out why a callback to this URL may not be tried, naming the setting's reason: for the operator's own terminal. `None` where it
    /// may.
    #[must_use]
    pub fn explain_callback_refusal(&self, url: &SecretString) -> Option<String> {
        self.settings.callback.explain_refusal(url)
    }

    /// Delivers the outcome of an upload that has ended to its callback again, under the same message id; nothing is recorded.
    ///
    /// # Errors
    /// [`NoSuchUpload`](upload_core::ErrorKind::NoSuchUpload); [`WrongState`](upload_core::ErrorKind::WrongState) where it has not ended or has
    /// no callback.
    pub fn replay_callback<'a>(
        &'a self,
        id: &'a UploadId,
        credentials: Option<Credentials>,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<DeliveryResult, Error>> {
        Box::pin(async move {
            let ledger = self.ledger(credentials).await?;
            upload_core::replay(&ledger, &*self.callbacks, id, run).await
        })
    }
}
