//! What can be seen of the ledger's bucket itself, and the application's questions about it.

use super::error::ledger;
use crate::{App, Credentials};
use object_storage::{Error as StorageError, ErrorKind as Storage, LifecycleRule, Provider, RetryAdvice};
use upload_core::Error;

/// What the ledger's bucket does to entries by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerBucket {
    /// Whose bucket it is.
    pub provider: Provider,
    /// Whether it keeps versions, or did once.
    pub versions: Readable<bool>,
    /// Rules of its lifecycle that delete the ledger's entries: a step that is gone lets a late event make a second video.
    pub deleting_rules: Readable<Vec<LifecycleRule>>,
}

/// A property of a bucket, as far as it could be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readable<T> {
    /// The store told it.
    Known(T),
    /// The key may not ask.
    Denied,
    /// The store does not know the question.
    Unknown,
}

impl<T> Readable<T> {
    /// # Errors
    /// Where asking again can help.
    pub(super) fn from_answer(answer: Result<T, StorageError>) -> Result<Self, Error> {
        match answer {
            Ok(told) => Ok(Self::Known(told)),
            Err(error) if error.kind() == Storage::AccessDenied => Ok(Self::Denied),
            Err(error) if error.advice() == RetryAdvice::Permanent => Ok(Self::Unknown),
            Err(error) => Err(ledger(error)),
        }
    }

    pub(super) fn map<U>(self, told: impl FnOnce(T) -> U) -> Readable<U> {
        match self {
            Self::Known(known) => Readable::Known(told(known)),
            Self::Denied => Readable::Denied,
            Self::Unknown => Readable::Unknown,
        }
    }
}

impl App {
    /// Checks again that the ledger's store can keep one, as its first use in this process did: an OSS bucket whose versioning was
    /// switched on since lets steps be overwritten. One request to OSS; none to S3 or a folder.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where the settings name no ledger, or the store cannot keep one any more; whatever the
    /// store answers.
    pub async fn check_ledger(&self, credentials: Option<Credentials>) -> Result<(), Error> {
        self.ledger.check_again(&self.http.stores, &self.settings, credentials).await
    }

    /// Looks at what the ledger's bucket does to entries by itself. Two requests; none to a folder, of which nothing is said.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where the settings name no ledger; where the store cannot be asked now.
    pub async fn ledger_bucket(&self, credentials: Option<Credentials>) -> Result<LedgerBucket, Error> {
        self.ledger.store(&self.http.stores, &self.settings, credentials)?.0.bucket().await
    }
}
