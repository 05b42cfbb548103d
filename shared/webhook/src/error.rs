//! What can go wrong, and whether it is worth another try.

use crate::guard::Refusal;
use std::{fmt, time::Duration};

/// How long to stay away after the guard refused: a person may put the settings or the name's addresses right meanwhile.
const GUARD_PAUSE: Duration = Duration::from_secs(600);

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

impl ErrorKind {
    /// A stable name for logs and ledgers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
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
            Self::Forbidden => "callbacks may not go there",
            Self::Connection => "the connection failed",
            Self::TimedOut => "no answer in time",
            Self::Gone => "the receiver wants no more",
            Self::Refused => "the receiver did not accept it",
        }
    }
}

/// Whether another attempt can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The same attempt will fail again.
    Permanent,
    /// Another attempt may succeed, not before the given time has passed.
    Retry {
        /// How long to wait at least; `None` leaves it to the caller's back-off.
        not_before: Option<Duration>,
    },
}

/// A failed attempt. Neither [`Display`](fmt::Display) nor [`Debug`](fmt::Debug) holds the URL, a secret or the receiver's words.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    verdict: Verdict,
    status: Option<u16>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// The class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether another attempt can help.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The receiver's status, if it came to one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    pub(crate) fn new(kind: ErrorKind) -> Self {
        let verdict = match kind {
            ErrorKind::Config | ErrorKind::Invalid | ErrorKind::Gone => Verdict::Permanent,
            ErrorKind::Forbidden => Verdict::Retry { not_before: Some(GUARD_PAUSE) },
            ErrorKind::Connection | ErrorKind::TimedOut | ErrorKind::Refused => {
                Verdict::Retry { not_before: None }
            }
        };
        Self { kind, verdict, status: None, source: None }
    }

    pub(crate) fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The receiver's refusal, with the wait it asked for.
    pub(crate) fn answered(status: u16, wait: Option<Duration>) -> Self {
        let kind = if status == 410 { ErrorKind::Gone } else { ErrorKind::Refused };
        let mut error = Self::new(kind);
        error.status = Some(status);
        if let (ErrorKind::Refused, Some(_)) = (kind, wait) {
            error.verdict = Verdict::Retry { not_before: wait };
        }
        error
    }

    /// A failure below HTTP: the guard's, where it stands at the root. The URL is cut off: it may hold a token.
    pub(crate) fn from_transport(error: reqwest::Error) -> Self {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(at) = cause {
            if let Some(refusal) = at.downcast_ref::<Refusal>() {
                return refusal.clone().into();
            }
            cause = at.source();
        }
        let kind = if error.is_timeout() { ErrorKind::TimedOut } else { ErrorKind::Connection };
        Self::new(kind).caused_by(error.without_url())
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let kind = if refusal.is_final() { ErrorKind::Invalid } else { ErrorKind::Forbidden };
        Self::new(kind).caused_by(refusal)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "callback: {}", self.kind.sentence())?;
        if let Some(status) = self.status {
            return write!(f, " (status {status})");
        }
        // Our own words may be shown; a library's may repeat what it was given.
        match &self.source {
            Some(source) if source.is::<Refusal>() || source.is::<crate::sign::SecretError>() => {
                write!(f, ": {source}")
            }
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
