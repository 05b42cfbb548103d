//! Whether the ledger's store keeps what is written to it.

use crate::{adapters::ledger::LedgerBucket, application::App};
use object_storage::Credentials;
use upload_core::Error;

impl App {
    /// Checks again that the ledger's store can keep one, as its first use in this process did: an OSS bucket whose versioning was
    /// enabled since lets steps be overwritten. One request to OSS; none to S3 or a folder.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where the settings name no ledger, or the store cannot keep one any more; whatever the
    /// store answers.
    pub async fn check_ledger(&self, credentials: Option<Credentials>) -> Result<(), Error> {
        self.ledger.check_again(&self.http.stores, &self.settings, credentials).await
    }

    /// Reads what the ledger's bucket does to entries by itself. Two requests; none to a folder, about which it says nothing.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where the settings name no ledger; where the store cannot be asked now.
    pub async fn ledger_bucket(&self, credentials: Option<Credentials>) -> Result<LedgerBucket, Error> {
        self.ledger.store(&self.http.stores, &self.settings, credentials)?.0.bucket().await
    }
}
