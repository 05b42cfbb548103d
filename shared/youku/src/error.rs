//! What can go wrong with a call, and whether it is worth another try.

use crate::{
    http::{operation::Operation, transport::SendError},
    types::Invalid,
};
use ::error::{Fact, Form, RetryAdvice};
use std::time::Duration;

/// How long to stay away after a call limit was reached and Youku named no time.
const RATE_LIMIT_PAUSE: Duration = Duration::from_secs(60);

/// A failed call. Its operation is one of `create`, `sts`, `commit`, `cancel`, `show`, `show_batch`, `by_me`, `update`, `destroy`, `refresh`, `myinfo`, `resolve`, `create_file`,
/// `new_slice`, `upload_slice` and `check`.
///
/// Neither `Display` nor `Debug` holds a token, a URL or Youku's own description: of a refusal only the code and the type are kept.
pub type Error = ::error::Error<ErrorKind, Details>;

/// The class of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The metadata breaks one of Youku's limits; nothing was sent.
    Invalid,
    /// The settings do not make a request: the API's base URL, for example.
    Config,
    /// No connection, or it broke before the whole answer was there. The call may have had its effect.
    Connection,
    /// The call's own time ran out. It may have had its effect.
    TimedOut,
    /// Youku is temporarily unable: code 1001, any 5xx, or 408.
    Unavailable,
    /// The account's call limit is used up.
    RateLimited,
    /// The client id is unknown: code 1005.
    ClientRefused,
    /// The access token is invalid or expired: codes 1008 and 1009. Refresh it, else a person must.
    AccessTokenRefused,
    /// The upload token is expired, or no longer accepted because its video is committed: code 120010223.
    UploadTokenExpired,
    /// The slice's bytes do not have the hash that came with them: code 120010225. Send it again.
    SliceHashMismatch,
    /// At commit: the whole file does not have the MD5 it was announced with. Final, since it stays wrong. Its code is not documented, so
    /// a refusal whose description speaks of a hash counts as well.
    FileHashMismatch,
    /// Youku does not know the thing that was asked for.
    NotFound,
    /// Youku refused for a reason that has no kind of its own.
    Refused,
    /// The answer is not what Youku's documentation describes.
    Protocol,
}

impl ::error::ErrorKind for ErrorKind {
    const FORM: Form = Form::Call { service: Some("Youku") };

    fn code(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Config => "config",
            Self::Connection => "connection",
            Self::TimedOut => "timed_out",
            Self::Unavailable => "unavailable",
            Self::RateLimited => "rate_limited",
            Self::ClientRefused => "client_refused",
            Self::AccessTokenRefused => "access_token_refused",
            Self::UploadTokenExpired => "upload_token_expired",
            Self::SliceHashMismatch => "slice_hash_mismatch",
            Self::FileHashMismatch => "file_hash_mismatch",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::Protocol => "protocol",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Invalid => "the metadata is not acceptable",
            Self::Config => "the settings do not make a request",
            Self::Connection => "the connection failed",
            Self::TimedOut => "no answer in time",
            Self::Unavailable => "the service is temporarily unavailable",
            Self::RateLimited => "the call limit is used up",
            Self::ClientRefused => "the client id is not accepted",
            Self::AccessTokenRefused => "the access token is invalid or expired",
            Self::UploadTokenExpired => "the upload token is expired",
            Self::SliceHashMismatch | Self::FileHashMismatch => "the bytes do not have the announced hash",
            Self::NotFound => "Youku does not know it",
            Self::Refused => "Youku refused",
            Self::Protocol => "the answer is not understood",
        }
    }

    fn advice(self) -> RetryAdvice {
        match self {
            Self::Connection | Self::TimedOut | Self::Unavailable | Self::SliceHashMismatch => {
                RetryAdvice::RETRY
            }
            Self::RateLimited => RetryAdvice::after(RATE_LIMIT_PAUSE),
            _ => RetryAdvice::Permanent,
        }
    }
}

/// What else is known of a failed call.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Details {
    /// Youku's error code, if it answered one.
    pub code: Option<i64>,
    /// Youku's name for the class of the refusal, such as `UploadsException`, where it is a plain word.
    pub error_type: Option<String>,
    /// The HTTP status of an answer that is a failure.
    pub status: Option<u16>,
    /// The limit that the metadata broke, if that is what failed.
    pub invalid: Option<Invalid>,
    /// Host and port that were called.
    pub host: Option<String>,
}

impl ::error::Details for Details {
    fn facts(&self) -> Vec<Fact<'_>> {
        let code = self.code.map(|code| ("code", code.to_string().into()));
        let error_type = self.error_type.as_deref().map(|word| ("type", word.into()));
        let status = self.status.map(|status| ("status", status.to_string().into()));
        code.into_iter().chain(error_type).chain(status).collect()
    }
}

/// An error of which no more is known than its kind.
pub(crate) fn from_kind(kind: ErrorKind, operation: Operation) -> Error {
    Error::from_kind(kind, operation.as_str())
}

/// An answer that lacks a field, or has another kind of value there.
pub(crate) fn malformed(operation: Operation, field: &'static str) -> Error {
    from_kind(ErrorKind::Protocol, operation).with_context("field", field)
}

/// Metadata that breaks a limit.
pub(crate) fn from_invalid(operation: Operation, invalid: Invalid) -> Error {
    let message = format!("{}: {invalid}", ::error::ErrorKind::sentence(ErrorKind::Invalid));
    let error = Error::new(ErrorKind::Invalid, operation.as_str(), message).with_source(invalid.clone());
    error.with_details(Details { invalid: Some(invalid), ..Details::default() })
}

/// A failure below HTTP.
pub(crate) fn from_transport(operation: Operation, error: SendError) -> Error {
    let failed = from_kind(ErrorKind::Connection, operation);
    let failed = match error.never_sent() {
        true => failed.with_message("the host cannot be reached"),
        false => failed,
    };
    failed.with_source(error)
}

/// A failure that an answer states. The time that Youku asks to be left alone for counts where trying again helps.
pub(crate) fn from_answer(
    kind: ErrorKind,
    operation: Operation,
    details: Details,
    retry_after: Option<Duration>,
) -> Error {
    let error = from_kind(kind, operation).with_details(details);
    match retry_after {
        Some(wait) if error.is_retryable() => error.with_advice(RetryAdvice::after(wait)),
        _ => error,
    }
}
