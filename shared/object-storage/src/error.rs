//! What can go wrong with a call, and whether trying again can help.

use crate::config::Provider;
use ::error::{BoxError, Fact, Form, RetryAdvice};
use std::io;

/// A failed operation, named as the OSS interface names it (`UploadPart`). Neither `Display` nor `Debug` holds a secret, a signed URL or
/// the text of the server's answer.
pub type Error = ::error::Error<ErrorKind, Details>;

/// What went wrong, in the terms a caller branches on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No such object or version.
    NotFound,
    /// The bucket does not exist. An S3 HEAD has no body to say so: there it is [`NotFound`](Self::NotFound).
    NoSuchBucket,
    /// The multipart upload does not exist: completed, aborted, or never begun.
    NoSuchUpload,
    /// The object is no longer the version that was asked for.
    PreconditionFailed,
    /// A create-only write found something there.
    AlreadyExists,
    /// The key is not allowed to do this, or the signature did not match.
    AccessDenied,
    /// The holder's own temporary key is over or not known. Permanent: there is no other, or a renewed one was refused as well.
    CredentialExpired,
    /// The holder has no key of its own. Permanent: none is set, or what is set is blank.
    CredentialUnavailable,
    /// The bucket does not know this signature version.
    SignatureVersionRefused,
    /// The store refused the time of the signature, and that of its own clock as well.
    ClockSkewed,
    /// The object is archived and must be restored before it can be read.
    Archived,
    /// The bytes that arrived are not the bytes that were announced.
    InvalidDigest,
    /// The list of parts does not fit what the server holds.
    InvalidPart,
    /// A part of that number is there and the upload takes each part once.
    PartAlreadyExists,
    /// The range lies outside the object.
    InvalidRange,
    /// The store has no such keys: too long, a slash before it on OSS; or no URL can carry it.
    InvalidKey,
    /// The object is larger than the caller's limit.
    TooLarge,
    /// Too many requests, or too much traffic.
    Throttled,
    /// The server cannot answer now (5xx, time-outs it reports).
    Unavailable,
    /// No answer: connecting, sending or waiting failed.
    Connection,
    /// The body given to be uploaded failed; its own error is the `source`.
    BodyFailed,
    /// The server answered something that is not the protocol.
    Protocol,
    /// The request was refused for another reason; see [`Details::server_code`].
    Rejected,
    /// The settings cannot work.
    Config,
    /// The operation does not exist for this provider.
    Unsupported,
    /// A local file could not be read or written.
    Io,
}

impl ::error::ErrorKind for ErrorKind {
    const FORM: Form = Form::Call { service: None };

    fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NoSuchBucket => "no_such_bucket",
            Self::NoSuchUpload => "no_such_upload",
            Self::PreconditionFailed => "precondition_failed",
            Self::AlreadyExists => "already_exists",
            Self::AccessDenied => "access_denied",
            Self::CredentialExpired => "credential_expired",
            Self::CredentialUnavailable => "credential_unavailable",
            Self::SignatureVersionRefused => "signature_version_refused",
            Self::ClockSkewed => "clock_skewed",
            Self::Archived => "archived",
            Self::InvalidDigest => "invalid_digest",
            Self::InvalidPart => "invalid_part",
            Self::PartAlreadyExists => "part_already_exists",
            Self::InvalidRange => "invalid_range",
            Self::InvalidKey => "invalid_key",
            Self::TooLarge => "too_large",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Connection => "connection",
            Self::BodyFailed => "body_failed",
            Self::Protocol => "protocol",
            Self::Rejected => "rejected",
            Self::Config => "config",
            Self::Unsupported => "unsupported",
            Self::Io => "io",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::NoSuchBucket => "the bucket does not exist",
            Self::NoSuchUpload => "the multipart upload does not exist",
            Self::PreconditionFailed => "the object has changed",
            Self::AlreadyExists => "the object exists already",
            Self::AccessDenied => "access denied",
            Self::CredentialExpired => "the credential has expired",
            Self::CredentialUnavailable => "no credential found",
            Self::SignatureVersionRefused => "the bucket does not take this signature version",
            Self::ClockSkewed => "the store refused the time of the signature",
            Self::Archived => "the object is archived; restore it first",
            Self::InvalidDigest => "the bytes were damaged on the way",
            Self::InvalidPart => "the list of parts does not fit",
            Self::PartAlreadyExists => "the part is there already",
            Self::InvalidRange => "the range lies outside the object",
            Self::InvalidKey => "no object can have this key",
            Self::TooLarge => "the object is larger than allowed here",
            Self::Throttled => "the server asks to slow down",
            Self::Unavailable => "the server cannot answer now",
            Self::Connection => "no answer",
            Self::BodyFailed => "the body to be sent failed",
            Self::Protocol => "the answer is not understood",
            Self::Rejected => "the server refused the request",
            Self::Config => "the endpoint, region or addressing does not fit the bucket",
            Self::Unsupported => "the store cannot do this",
            Self::Io => "the file could not be read or written",
        }
    }

    fn advice(self) -> RetryAdvice {
        match self {
            Self::ClockSkewed
            | Self::Protocol
            | Self::CredentialExpired
            | Self::CredentialUnavailable
            | Self::InvalidDigest
            | Self::Throttled
            | Self::Unavailable
            | Self::Connection
            | Self::BodyFailed => RetryAdvice::RETRY,
            _ => RetryAdvice::Permanent,
        }
    }
}

/// What the server's answer said, if there was one.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Details {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The `Code` of the server's XML answer, such as `NoSuchKey`.
    pub server_code: Option<String>,
    /// The server's id of the request: what its support asks for.
    pub request_id: Option<String>,
    /// Whose store was called, where a call was about to be made.
    pub provider: Option<Provider>,
    /// Host and port that were called, where a call was about to be made.
    pub host: Option<String>,
}

impl ::error::Details for Details {
    fn facts(&self) -> Vec<Fact<'_>> {
        let code = self.server_code.as_deref().map(|code| ("code", code.into()));
        let request = self.request_id.as_deref().map(|id| ("request", id.into()));
        code.into_iter().chain(request).collect()
    }

    fn log_facts(&self) -> Vec<Fact<'_>> {
        let status = self.status.map(|status| ("status", status.to_string().into()));
        status.into_iter().chain(self.facts()).collect()
    }
}

/// A failure of the file system.
pub(crate) fn from_io(operation: &'static str, error: io::Error) -> Error {
    let (kind, message) = match error.kind() {
        io::ErrorKind::NotFound => (ErrorKind::NotFound, "no such file"),
        io::ErrorKind::AlreadyExists => (ErrorKind::AlreadyExists, "the file exists"),
        io::ErrorKind::PermissionDenied => (ErrorKind::AccessDenied, "access to the file is denied"),
        io::ErrorKind::StorageFull => (ErrorKind::Io, "the disk is full"),
        io::ErrorKind::QuotaExceeded => (ErrorKind::Io, "the disk quota is used up"),
        io::ErrorKind::ReadOnlyFilesystem => (ErrorKind::Io, "the file system is read-only"),
        _ => (ErrorKind::Io, "the file could not be read or written"),
    };
    Error::new(kind, operation, message).with_source(error)
}

/// The caller's body broke. If a read of this crate failed somewhere beneath, its advice counts.
pub(crate) fn from_body(operation: &'static str, source: BoxError) -> Error {
    let first: &(dyn std::error::Error + 'static) = &*source;
    let chain = std::iter::successors(Some(first), |error| error.source());
    let advice = chain.filter_map(|error| error.downcast_ref::<Error>()).map(Error::advice).next();
    let error = Error::from_kind(ErrorKind::BodyFailed, operation).with_source(source);
    match advice {
        Some(advice) => error.with_advice(advice),
        None => error,
    }
}
