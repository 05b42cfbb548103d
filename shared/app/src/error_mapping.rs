//! The leaf crates' errors as the core's: their kinds and verdicts, never their secrets.

use object_storage::{Error as StorageError, ErrorKind as Storage, RetryAdvice, blames_clock};
use upload_core::{Error, ErrorKind, tokens::CallFailed};
use youku::{Error as YoukuError, ErrorKind as Youku};

fn storage(error: StorageError, kind: ErrorKind) -> Error {
    let verdict = match error.advice() {
        RetryAdvice::Permanent => RetryAdvice::Permanent,
        // Of a read that gave up for now, too: whether the upload does is for its own patience to say.
        advice => RetryAdvice::Retry { retry_after: advice.retry_after() },
    };
    Error::new(kind, error.operation(), error.to_string()).with_advice(verdict).with_source(error)
}

/// Whether this worker has no good key of its own: none is set, or its temporary one is over and no other could be had. That is no word
/// about the object, which somebody else's key may reach.
pub(crate) fn lacks_key(error: &StorageError) -> bool {
    matches!(error.kind(), Storage::CredentialExpired | Storage::CredentialUnavailable)
        && error.advice() == RetryAdvice::Permanent
}

/// An error of the source.
pub(crate) fn source(error: StorageError) -> Error {
    let kind = match error.kind() {
        Storage::NotFound => ErrorKind::SourceMissing,
        // The version that was pinned is longer than what is there.
        Storage::PreconditionFailed | Storage::InvalidRange => ErrorKind::SourceChanged,
        Storage::AccessDenied | Storage::Archived => ErrorKind::SourceDenied,
        // A function is given other keys with its next call, and other workers have others: the upload stays open.
        _ if lacks_key(&error) => ErrorKind::Config,
        Storage::Config | Storage::NoSuchBucket => ErrorKind::Config,
        _ => ErrorKind::Source,
    };
    storage(error, kind)
}

/// An error of Youku's bucket.
pub(crate) fn bucket(error: StorageError) -> Error {
    let kind = match error.kind() {
        // Youku's own keys: others can be had of it.
        Storage::CredentialExpired | Storage::CredentialUnavailable => ErrorKind::CredentialExpired,
        Storage::NoSuchUpload => ErrorKind::NoSuchMultipart,
        Storage::PartAlreadyExists => ErrorKind::PartExists,
        Storage::InvalidDigest => ErrorKind::Integrity,
        _ => ErrorKind::Target,
    };
    storage(error, kind)
}

/// An error of Youku's API.
pub(crate) fn api(error: YoukuError) -> Error {
    youku(error, ErrorKind::Youku)
}

/// The same, of a call with an access token.
pub(crate) fn call(error: YoukuError) -> CallFailed {
    match error.kind() {
        Youku::AccessTokenRefused => CallFailed::TokenRefused(api(error)),
        _ => CallFailed::Otherwise(api(error)),
    }
}

/// An error of Youku's upload server.
pub(crate) fn slices(error: YoukuError) -> Error {
    youku(error, ErrorKind::Target)
}

fn youku(error: YoukuError, otherwise: ErrorKind) -> Error {
    let kind = match error.kind() {
        Youku::Invalid => ErrorKind::InvalidJob,
        Youku::Config => ErrorKind::Config,
        Youku::RateLimited => ErrorKind::RateLimited,
        Youku::ClientRefused => ErrorKind::ClientRefused,
        Youku::AccessTokenRefused => ErrorKind::Unauthorized,
        Youku::UploadTokenExpired => ErrorKind::SessionOver,
        // Of the whole file: the bytes arrived as they are, and were announced as others.
        Youku::FileHashMismatch => ErrorKind::HashRefused,
        Youku::SliceHashMismatch => ErrorKind::Integrity,
        _ => otherwise,
    };
    let verdict = match error.advice() {
        // An answer that is not understood came from something in between: whether Youku did the work, the next call tells.
        RetryAdvice::Permanent if error.kind() == Youku::Protocol => RetryAdvice::RETRY,
        RetryAdvice::Permanent => RetryAdvice::Permanent,
        advice => RetryAdvice::Retry { retry_after: advice.retry_after() },
    };
    let clock = if blames_clock(&error) { CLOCK } else { "" };
    let text = match kind {
        ErrorKind::ClientRefused => "Youku does not know the client id".into(),
        _ => format!("{error}{clock}"),
    };
    Error::new(kind, error.operation(), text).with_advice(verdict).with_source(error)
}

/// Said of connections that fail because a certificate is not valid at this machine's time.
const CLOCK: &str = ": the server's certificate is not valid at this machine's time; its clock may be wrong";

#[cfg(test)]
mod tests;
