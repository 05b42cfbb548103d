//! What can go wrong, and whether it is worth another try.

use std::fmt;
use std::time::Duration;

use crate::Invalid;

/// How long to stay away after a call limit was reached and Youku named no time.
const RATE_LIMIT_PAUSE: Duration = Duration::from_secs(60);

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
    /// The bytes do not have the hash they were announced with: code 120010225. Of a slice: send it again. At commit it is about the
    /// whole file and final; there its code is not documented, so a refusal whose description speaks of a hash counts as well.
    HashMismatch,
    /// Youku does not know the thing that was asked for.
    NotFound,
    /// Youku refused for a reason that has no kind of its own.
    Refused,
    /// The answer is not what Youku's documentation describes.
    Protocol,
}

impl ErrorKind {
    /// A stable name for logs and outcomes.
    pub fn as_str(self) -> &'static str {
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
            Self::HashMismatch => "hash_mismatch",
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
            Self::HashMismatch => "the bytes do not have the announced hash",
            Self::NotFound => "Youku does not know it",
            Self::Refused => "Youku refused",
            Self::Protocol => "the answer is not understood",
        }
    }
}

/// Whether the same call may succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The same call will fail again.
    Permanent,
    /// The same call may succeed, not before the given time has passed.
    Retry {
        /// How long to wait at least; `None` leaves it to the caller's back-off.
        not_before: Option<Duration>,
    },
}

/// A failed call. [`Display`](fmt::Display) is one line for people, [`Debug`](fmt::Debug) has everything that is known.
///
/// Neither holds a token, a URL or Youku's own description: of an answer only the code and the type are kept.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    operation: &'static str,
    verdict: Verdict,
    context: Vec<(&'static str, String)>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// The class of the failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the same call may succeed later.
    pub fn verdict(&self) -> Verdict {
        self.0.verdict
    }

    /// The call that failed: `create`, `sts`, `commit`, `cancel`, `show`, `refresh`, `resolve`, `create_file`, `new_slice`,
    /// `upload_slice` or `check`.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// What else is known: `code` and `type` of Youku's refusal, `status`, the `field` that was missing, ...
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.0.context
    }

    /// Youku's error code, if it answered one.
    pub fn code(&self) -> Option<i64> {
        self.context_value("code")?.parse().ok()
    }

    /// The limit that the metadata broke, if that is what failed.
    pub fn invalid(&self) -> Option<&Invalid> {
        self.0.source.as_deref()?.downcast_ref()
    }

    pub(crate) fn new(kind: ErrorKind, operation: &'static str) -> Self {
        Self(Box::new(Inner {
            kind,
            operation,
            verdict: verdict(kind, operation, None),
            context: Vec::new(),
            source: None,
        }))
    }

    pub(crate) fn with(mut self, key: &'static str, value: impl ToString) -> Self {
        self.0.context.push((key, value.to_string()));
        self
    }

    pub(crate) fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.verdict = verdict(self.0.kind, self.0.operation, wait);
        self
    }

    pub(crate) fn source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn from_invalid(operation: &'static str, invalid: Invalid) -> Self {
        Self::new(ErrorKind::Invalid, operation).with("field", &invalid.field).source(invalid)
    }

    /// A failure below HTTP. The URL is cut off: a query may hold a token.
    pub(crate) fn from_transport(operation: &'static str, error: reqwest::Error) -> Self {
        let kind = if error.is_builder() {
            ErrorKind::Config
        } else if error.is_timeout() {
            ErrorKind::TimedOut
        } else if error.is_redirect() {
            ErrorKind::Protocol
        } else {
            ErrorKind::Connection
        };
        Self::new(kind, operation).source(error.without_url())
    }

    fn context_value(&self, key: &str) -> Option<&str> {
        let (_, value) = self.0.context.iter().find(|(name, _)| *name == key)?;
        Some(value)
    }
}

fn verdict(kind: ErrorKind, operation: &str, wait: Option<Duration>) -> Verdict {
    match kind {
        ErrorKind::Connection | ErrorKind::TimedOut | ErrorKind::Unavailable => {
            Verdict::Retry { not_before: wait }
        }
        ErrorKind::RateLimited => Verdict::Retry { not_before: Some(wait.unwrap_or(RATE_LIMIT_PAUSE)) },
        // A slice can be sent again; a whole file that was announced with another hash stays wrong.
        ErrorKind::HashMismatch if operation == "upload_slice" => Verdict::Retry { not_before: None },
        _ => Verdict::Permanent,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Youku {}: {}", self.operation(), self.kind().sentence())?;
        if let Some(invalid) = self.invalid() {
            return write!(f, ": {invalid}");
        }
        let mut separator = " (";
        for (key, value) in self.context() {
            write!(f, "{separator}{key} {value}")?;
            separator = ", ";
        }
        if separator == ", " {
            write!(f, ")")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("youku::Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.0.operation)
            .field("verdict", &self.0.verdict)
            .field("context", &self.0.context)
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
