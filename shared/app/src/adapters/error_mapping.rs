//! The leaf crates' errors as the core's: their kinds and advice, never their secrets.

use object_storage::{Error as StorageError, ErrorKind as Storage, RetryAdvice, blames_clock};
use upload_core::{Error, ErrorKind, UploadError as _, access_token::CallError};
use youku::{Error as YoukuError, ErrorKind as Youku};

/// Added where a connection fails because a certificate is not valid at this machine's time.
const CLOCK: &str = ": the server's certificate is not valid at this machine's time; its clock may be wrong";

fn map_storage_error(error: StorageError, kind: ErrorKind) -> Error {
    let advice = match error.advice() {
        RetryAdvice::Permanent => RetryAdvice::Permanent,
        // A read that gave up for now, too: whether the upload does is for its own retry budget to say.
        advice => RetryAdvice::Retry { retry_after: advice.retry_after() },
    };
    let (text, host) = (error.to_string(), error.details().host.clone());
    Error::new(kind, error.operation(), text).with_advice(advice).with_host(host).with_source(error)
}

/// Whether this worker has no good key of its own: none is set, or its temporary one ran out and no other could be had. That says nothing
/// about the object, which somebody else's key may reach.
pub(super) fn lacks_key(error: &StorageError) -> bool {
    matches!(error.kind(), Storage::CredentialExpired | Storage::CredentialUnavailable)
        && error.advice() == RetryAdvice::Permanent
}

/// An error of the source.
pub(super) fn source_error(error: StorageError) -> Error {
    let kind = match error.kind() {
        // Who named it must name another: no object has this key, now or later. Which call found that out is nobody's business.
        Storage::InvalidKey => {
            return Error::new(ErrorKind::InvalidJob, "key", error.message().to_owned()).with_source(error);
        }
        // A person reads this: the object is named, and which call found out is for the log.
        Storage::NotFound => {
            let missing = Error::new(ErrorKind::SourceMissing, error.operation(), "there is no such object");
            let place = ["bucket", "key"].map(|name| (name, error.context_value(name).map(str::to_owned)));
            let named = place.into_iter().fold(missing, |missing, (name, value)| match value {
                Some(value) => missing.with_context(name, value),
                None => missing,
            });
            return named.with_source(error);
        }
        // The version that was pinned is longer than what is there.
        Storage::PreconditionFailed | Storage::InvalidRange => ErrorKind::SourceChanged,
        Storage::AccessDenied | Storage::Archived => ErrorKind::SourceDenied,
        // A function receives other keys with its next call, and other workers have others: the upload stays open.
        _ if lacks_key(&error) => ErrorKind::Config,
        Storage::Config | Storage::NoSuchBucket => ErrorKind::Config,
        _ => ErrorKind::Source,
    };
    map_storage_error(error, kind)
}

/// Whether the source's bucket does not exist. Who named it decides whose fault that is.
pub(crate) fn is_missing_bucket(error: &Error) -> bool {
    let first = error as &(dyn std::error::Error + 'static);
    let causes = std::iter::successors(Some(first), |error| error.source());
    causes
        .filter_map(|error| error.downcast_ref::<StorageError>())
        .any(|error| error.kind() == Storage::NoSuchBucket)
}

/// An error of Youku's bucket.
pub(super) fn bucket_error(error: StorageError) -> Error {
    let kind = match error.kind() {
        // Youku's own keys: it hands out others.
        Storage::CredentialExpired | Storage::CredentialUnavailable => ErrorKind::CredentialExpired,
        Storage::NoSuchUpload => ErrorKind::NoSuchMultipart,
        Storage::PartAlreadyExists => ErrorKind::PartExists,
        Storage::InvalidDigest => ErrorKind::Integrity,
        _ => ErrorKind::Target,
    };
    map_storage_error(error, kind)
}

/// An error of Youku's API.
pub(crate) fn api_error(error: YoukuError) -> Error {
    map_youku_error(error, ErrorKind::Youku)
}

/// An error of a call of Youku's API with an access token.
pub(crate) fn call_error(error: YoukuError) -> CallError {
    match error.kind() {
        Youku::AccessTokenRefused => CallError::TokenRefused(api_error(error)),
        _ => CallError::Other(api_error(error)),
    }
}

/// An error of Youku's upload server.
pub(super) fn slice_error(error: YoukuError) -> Error {
    map_youku_error(error, ErrorKind::Target)
}

fn map_youku_error(error: YoukuError, otherwise: ErrorKind) -> Error {
    let kind = match error.kind() {
        Youku::Invalid => ErrorKind::InvalidJob,
        Youku::Config => ErrorKind::Config,
        Youku::RateLimited => ErrorKind::RateLimited,
        Youku::ClientRefused => ErrorKind::ClientRefused,
        Youku::AccessTokenRefused => ErrorKind::Unauthorized,
        Youku::UploadTokenExpired => ErrorKind::SessionOver,
        // The hash of the whole file: the bytes arrived as they are, and were announced as others.
        Youku::FileHashMismatch => ErrorKind::HashRefused,
        Youku::SliceHashMismatch => ErrorKind::Integrity,
        _ => otherwise,
    };
    let advice = match error.advice() {
        // A malformed response came from a gateway: the next call tells whether Youku did the work.
        RetryAdvice::Permanent if error.kind() == Youku::Protocol => RetryAdvice::RETRY,
        RetryAdvice::Permanent => RetryAdvice::Permanent,
        advice => RetryAdvice::Retry { retry_after: advice.retry_after() },
    };
    let clock = if blames_clock(&error) { CLOCK } else { "" };
    let text = match kind {
        ErrorKind::ClientRefused => "Youku does not know the client id".into(),
        _ => format!("{error}{clock}"),
    };
    let host = error.details().host.clone();
    Error::new(kind, error.operation(), text).with_advice(advice).with_host(host).with_source(error)
}

#[cfg(test)]
mod tests;
