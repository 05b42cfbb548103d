//! What is behind an error, as far as a person can mend it: found by the types of its causes, never by its text.

use object_storage::{Error as StorageError, ErrorKind as Storage, Provider, RetryAdvice, blames_clock};
use std::{error::Error as StdError, fmt, io};
use upload_core::Error;
use youku::{Error as YoukuError, ErrorKind as Youku};

/// What keeps a call from succeeding. `provider` is whose store was called, where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// There is no key for the store.
    NoCredential {
        /// Whose store.
        provider: Option<Provider>,
    },
    /// The temporary key for the store is over, and there is no other.
    CredentialExpired {
        /// Whose store.
        provider: Option<Provider>,
    },
    /// The store does not know the key, or the key's secret is another.
    KeyRefused {
        /// Whose store.
        provider: Option<Provider>,
    },
    /// The key has no right to do this.
    NotPermitted {
        /// Whose store.
        provider: Option<Provider>,
        /// The call, as the store's permissions name it: `GetObject`.
        operation: &'static str,
        /// Whether the store said that a permission is missing: an answer without a body leaves open whether it knows the key at all.
        is_certain: bool,
    },
    /// This user may not read or write the file.
    FileDenied,
    /// The store, or a certificate, does not agree with this machine's clock.
    WrongClock,
    /// The object is archived.
    Archived {
        /// Whose store.
        provider: Option<Provider>,
        /// The object's bucket.
        bucket: String,
        /// The object's key.
        key: String,
    },
    /// The bucket does not exist.
    NoSuchBucket {
        /// Its name.
        bucket: String,
    },
    /// The endpoint, the region or the addressing does not fit the bucket, or is not set.
    WrongAddress,
    /// No answer came.
    Unreachable {
        /// Host and port.
        host: Option<String>,
    },
    /// The other side answers that it cannot serve now.
    Overloaded,
    /// No space is left for a file, or the user's quota of it is used up.
    DiskFull,
    /// The file system takes no writes.
    ReadOnlyDisk,
    /// The settings name no ledger.
    NoLedger,
    /// The ledger is in a bucket, and the settings have no key that seals its secrets.
    NoSealKey,
    /// What is set as the key is none.
    MalformedSealKey,
    /// The secrets in the ledger are sealed with another key.
    WrongSealKey,
    /// The ledger's bucket keeps versions, or did once.
    VersionedBucket,
    /// The key may not see whether the ledger's bucket keeps versions.
    VersioningHidden,
    /// The settings have no account.
    NoAccount,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What people read is the error that carries it; these are the codes of the log.
        f.write_str(match self {
            Self::NoCredential { .. } => "no_credential",
            Self::CredentialExpired { .. } => "credential_expired",
            Self::KeyRefused { .. } => "key_refused",
            Self::NotPermitted { .. } => "not_permitted",
            Self::FileDenied => "file_denied",
            Self::WrongClock => "wrong_clock",
            Self::Archived { .. } => "archived",
            Self::NoSuchBucket { .. } => "no_such_bucket",
            Self::WrongAddress => "wrong_address",
            Self::Unreachable { .. } => "unreachable",
            Self::Overloaded => "overloaded",
            Self::DiskFull => "disk_full",
            Self::ReadOnlyDisk => "read_only_disk",
            Self::NoLedger => "no_ledger",
            Self::NoSealKey => "no_seal_key",
            Self::MalformedSealKey => "malformed_seal_key",
            Self::WrongSealKey => "wrong_seal_key",
            Self::VersionedBucket => "versioned_bucket",
            Self::VersioningHidden => "versioning_hidden",
            Self::NoAccount => "no_account",
        })
    }
}

/// An error that this crate makes itself carries its cause as its source.
impl StdError for Cause {}

/// Finds what is behind an error; `None` where nothing is known that a person could mend by itself.
#[must_use]
pub fn find_cause(error: &Error) -> Option<Cause> {
    let first = error as &(dyn StdError + 'static);
    std::iter::successors(Some(first), |error| (**error).source()).find_map(|error| {
        let stated = error.downcast_ref::<Cause>().cloned();
        let storage = || error.downcast_ref::<StorageError>().and_then(classify_storage);
        let youku = || error.downcast_ref::<YoukuError>().and_then(classify_youku);
        stated.or_else(storage).or_else(youku).or_else(|| error.downcast_ref().and_then(classify_io))
    })
}

/// Whether a store does not know the key, or its secret is another: no permission would help.
pub(super) fn is_key_refused(error: &StorageError) -> bool {
    let code = error.details().server_code.as_deref();
    error.kind() == Storage::AccessDenied
        && matches!(code, Some("InvalidAccessKeyId" | "SignatureDoesNotMatch"))
}

fn classify_storage(error: &StorageError) -> Option<Cause> {
    let provider = error.details().provider;
    let fact = |name| error.context_value(name).unwrap_or_default().to_owned();
    Some(match error.kind() {
        // A provider that fails for now is not a key that is missing.
        Storage::CredentialUnavailable if error.advice() == RetryAdvice::Permanent => {
            Cause::NoCredential { provider }
        }
        Storage::CredentialExpired => Cause::CredentialExpired { provider },
        Storage::ClockSkewed => Cause::WrongClock,
        _ if is_key_refused(error) => Cause::KeyRefused { provider },
        Storage::AccessDenied => match error.details().server_code.as_deref() {
            None if provider.is_none() => Cause::FileDenied,
            code => {
                Cause::NotPermitted { provider, operation: error.operation(), is_certain: code.is_some() }
            }
        },
        Storage::Archived => Cause::Archived { provider, bucket: fact("bucket"), key: fact("key") },
        Storage::NoSuchBucket => Cause::NoSuchBucket { bucket: fact("bucket") },
        Storage::Config => Cause::WrongAddress,
        Storage::Connection if blames_clock(error) => Cause::WrongClock,
        Storage::Connection => Cause::Unreachable { host: error.context_value("host").map(Into::into) },
        Storage::Throttled | Storage::Unavailable => Cause::Overloaded,
        _ => return None,
    })
}

fn classify_youku(error: &YoukuError) -> Option<Cause> {
    match error.kind() {
        Youku::Connection | Youku::TimedOut if blames_clock(error) => Some(Cause::WrongClock),
        Youku::Connection | Youku::TimedOut => {
            Some(Cause::Unreachable { host: error.context_value("host").map(Into::into) })
        }
        Youku::Unavailable => Some(Cause::Overloaded),
        _ => None,
    }
}

fn classify_io(error: &io::Error) -> Option<Cause> {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(Cause::DiskFull),
        io::ErrorKind::ReadOnlyFilesystem => Some(Cause::ReadOnlyDisk),
        io::ErrorKind::PermissionDenied => Some(Cause::FileDenied),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
