//! Errors of the ledger's store.

use crate::adapters::error_mapping::lacks_key;
use object_storage::{Error as StorageError, ErrorKind as Storage, RetryAdvice};
use upload_core::{Error, ErrorKind, UploadError as _};

/// An error of the store that keeps the ledger.
pub(super) fn store_error(error: StorageError) -> Error {
    // Without a key of its own a worker says nothing of the ledger. A key that the store cannot have has its prefix from the settings.
    let is_setting = matches!(error.kind(), Storage::Config | Storage::InvalidKey) || lacks_key(&error);
    let kind = if is_setting { ErrorKind::Config } else { ErrorKind::Ledger };
    let advice = match error.advice() {
        RetryAdvice::Permanent => RetryAdvice::Permanent,
        advice => RetryAdvice::Retry { retry_after: advice.retry_after() },
    };
    let (text, host) = (format!("the ledger's store: {error}"), error.details().host.clone());
    Error::new(kind, error.operation(), text).with_advice(advice).with_host(host).with_source(error)
}

/// An error of a store or key that cannot keep a ledger.
pub(super) fn config_error(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Config, "ledger", message)
}
