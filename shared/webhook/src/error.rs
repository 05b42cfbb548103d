//! What can go wrong with a delivery, and whether another attempt can help.

use crate::guard::Refusal;
use ::error::{BoxError, Fact, Form, RetryAdvice};
use std::{io, time::Duration};

/// How long to stay away after the guard refused: a person may put the settings or the name's addresses right meanwhile.
const GUARD_PAUSE: Duration = Duration::from_secs(600);

/// The one operation of this crate.
const OPERATION: &str = "callback";

/// A failed attempt. Neither `Display` nor `Debug` holds the URL, a secret or the receiver's words.
pub type Error = ::error::Error<ErrorKind, Details>;

/// The class of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The settings do not make a client.
    Config,
    /// No settings would make this callback deliverable: its URL or id cannot be sent.
    Invalid,
    /// The guard does not let callbacks go there.
    Forbidden,
    /// No connection, or it broke before a status came.
    Connection,
    /// The time for one attempt ran out.
    TimedOut,
    /// The receiver answered 410: it wants no more of this.
    Gone,
    /// The receiver answered another status that is not 2xx. A redirect is such a status.
    Refused,
}

impl ::error::ErrorKind for ErrorKind {
    const FORM: Form = Form::Call { service: None };

    fn code(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Invalid => "invalid",
            Self::Forbidden => "forbidden",
            Self::Connection => "connection",
            Self::TimedOut => "timed_out",
            Self::Gone => "gone",
            Self::Refused => "refused",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Config => "the callback settings do not fit",
            Self::Invalid => "the callback cannot be sent",
            Self::Forbidden => "callbacks are not allowed there",
            Self::Connection => "the connection failed",
            Self::TimedOut => "no answer in time",
            Self::Gone => "the receiver wants no more",
            Self::Refused => "the receiver did not accept it",
        }
    }

    fn advice(self) -> RetryAdvice {
        match self {
            Self::Config | Self::Invalid | Self::Gone => RetryAdvice::Permanent,
            Self::Forbidden => RetryAdvice::after(GUARD_PAUSE),
            Self::Connection | Self::TimedOut | Self::Refused => RetryAdvice::RETRY,
        }
    }
}

/// What else is known of a failed attempt.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Details {
    /// The receiver's status, if it came to one.
    pub status: Option<u16>,
}

impl ::error::Details for Details {
    fn facts(&self) -> Vec<Fact<'_>> {
        self.status.map(|status| ("status", status.to_string().into())).into_iter().collect()
    }
}

/// An error of which no more is known than its kind.
pub(crate) fn from_kind(kind: ErrorKind) -> Error {
    Error::from_kind(kind, OPERATION)
}

/// An error that says why in words of our own. A library's may repeat what it was given, and stay in the source.
pub(crate) fn from_cause(kind: ErrorKind, why: impl std::error::Error + Send + Sync + 'static) -> Error {
    let message = format!("{}: {why}", ::error::ErrorKind::sentence(kind));
    Error::new(kind, OPERATION, message).with_source(why)
}

/// The receiver's refusal, with the wait it asked for.
pub(crate) fn from_status(status: u16, wait: Option<Duration>) -> Error {
    let kind = if status == 410 { ErrorKind::Gone } else { ErrorKind::Refused };
    let error = from_kind(kind).with_details(Details { status: Some(status) });
    match (kind, wait) {
        (ErrorKind::Refused, Some(wait)) => error.with_advice(RetryAdvice::after(wait)),
        _ => error,
    }
}

/// A failure below HTTP. A connection that took too long shows as an I/O error that says so.
pub(crate) fn from_transport(error: BoxError) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&*error);
    let mut kind = ErrorKind::Connection;
    while let Some(at) = cause {
        if at.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::TimedOut) {
            kind = ErrorKind::TimedOut;
        }
        cause = at.source();
    }
    from_kind(kind).with_source(error)
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let kind = if refusal.is_final() { ErrorKind::Invalid } else { ErrorKind::Forbidden };
        from_cause(kind, refusal)
    }
}
