//! The leaf crates' errors as the core's: their kinds and verdicts, never their secrets.

use object_storage::{Error as StorageError, ErrorKind as Storage, Verdict as StorageVerdict};
use upload_core::{Error, ErrorKind, Verdict, tokens::CallFailed};
use youku::{Error as YoukuError, ErrorKind as Youku, Verdict as YoukuVerdict};

fn storage(error: StorageError, kind: ErrorKind) -> Error {
    let verdict = match error.verdict() {
        StorageVerdict::Permanent => Verdict::Permanent,
        StorageVerdict::Retry { not_before } => Verdict::Retry { not_before },
        // The read gave up for now; whether the upload does is for its own patience to say.
        StorageVerdict::GaveUp => Verdict::RETRY,
    };
    Error::new(kind, error.operation(), error.to_string()).verdict_is(verdict).caused_by(error)
}

/// An error of the source.
pub(crate) fn source(error: StorageError) -> Error {
    let kind = match error.kind() {
        Storage::NotFound => ErrorKind::SourceMissing,
        Storage::PreconditionFailed => ErrorKind::SourceChanged,
        // Expired credentials as well: a function is given others with its next call, so the event must come again.
        Storage::AccessDenied | Storage::Archived | Storage::CredentialExpired => ErrorKind::SourceDenied,
        Storage::Config | Storage::NoSuchBucket => ErrorKind::Config,
        _ => ErrorKind::Source,
    };
    storage(error, kind)
}

/// An error of Youku's bucket.
pub(crate) fn bucket(error: StorageError) -> Error {
    let kind = match error.kind() {
        Storage::CredentialExpired => ErrorKind::CredentialExpired,
        Storage::NoSuchUpload => ErrorKind::NoSuchUpload,
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
        Youku::ClientRefused | Youku::AccessTokenRefused => ErrorKind::Unauthorised,
        Youku::UploadTokenExpired => ErrorKind::SessionOver,
        // Of the whole file: the bytes arrived as they are, and were announced as others.
        Youku::HashMismatch if error.operation() == "commit" => ErrorKind::HashRefused,
        Youku::HashMismatch => ErrorKind::Integrity,
        _ => otherwise,
    };
    let verdict = match error.verdict() {
        // An answer that is not understood came from something in between: whether Youku did the work, the next call tells.
        YoukuVerdict::Permanent if error.kind() == Youku::Protocol => Verdict::RETRY,
        YoukuVerdict::Permanent => Verdict::Permanent,
        YoukuVerdict::Retry { not_before } => Verdict::Retry { not_before },
    };
    Error::new(kind, error.operation(), error.to_string()).verdict_is(verdict).caused_by(error)
}
