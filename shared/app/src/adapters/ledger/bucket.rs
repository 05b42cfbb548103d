//! What can be seen of the ledger's bucket itself.

use super::error::store_error;
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
    /// The store's answer.
    Known(T),
    /// The key may not ask.
    Denied,
    /// The store does not know the question.
    Unknown,
}

impl<T> Readable<T> {
    /// Converts a store's answer.
    ///
    /// # Errors
    /// Where asking again can help.
    pub(super) fn from_answer(answer: Result<T, StorageError>) -> Result<Self, Error> {
        match answer {
            Ok(value) => Ok(Self::Known(value)),
            Err(error) if error.kind() == Storage::AccessDenied => Ok(Self::Denied),
            Err(error) if error.advice() == RetryAdvice::Permanent => Ok(Self::Unknown),
            Err(error) => Err(store_error(error)),
        }
    }

    /// Converts the value, where there is one.
    pub(super) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Readable<U> {
        match self {
            Self::Known(known) => Readable::Known(convert(known)),
            Self::Denied => Readable::Denied,
            Self::Unknown => Readable::Unknown,
        }
    }
}
