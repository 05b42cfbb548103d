//! Whether the ledger's store keeps what is written to it.

use crate::{adapters::ledger::LedgerBucket, application::App};
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use upload_core::Error;

impl App {
    /// Checks again that the ledger's store can keep one, as its first use in this process did: an OSS bucket whose versioning was
    /// enabled since lets steps be overwritten. One request to OSS; none to S3 or a folder.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where the settings name no ledger, or the store cannot keep one any more; whatever the
    /// store answers.
    pub fn check_ledger<'a>(&'a self, credentials: Option<Credentials>) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.ledger.check_again(&self.http.stores, &self.settings, credentials).await })
    }

    /// Reads what the ledger's bucket does to entries by itself. Two requests; none to a folder, about which it says nothing.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where the settings name no ledger; where the store cannot be asked now.
    pub fn ledger_bucket<'a>(
        &'a self,
        credentials: Option<Credentials>,
    ) -> BoxFuture<'a, Result<LedgerBucket, Error>> {
        Box::pin(
            async move { self.ledger.store(&self.http.stores, &self.settings, credentials)?.bucket().await },
        )
    }
}
