//! The one error of this crate: what went wrong, and whether trying again can help.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// Any error that can travel between threads.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

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
    /// The object is no longer the pinned one.
    PreconditionFailed,
    /// A create-only write found something there.
    AlreadyExists,
    /// The key may not do this, or the signature did not match.
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
    /// The request was refused for another reason; see [`Error::code`].
    Rejected,
    /// The settings cannot work.
    Config,
    /// The operation does not exist for this provider.
    Unsupported,
    /// A local file could not be read or written.
    Io,
}

/// Whether the same request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It will fail again.
    Permanent,
    /// It may succeed later.
    Retry {
        /// The earliest time the server asked for, counted from now.
        not_before: Option<Duration>,
    },
    /// It was tried again inside, for as long as was allowed.
    GaveUp,
}

/// A failed operation. `Display` is one line for people; `Debug` has everything known. Neither holds a secret,
/// a signed URL or the text of the server's answer.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    verdict: Verdict,
    operation: &'static str,
    message: Cow<'static, str>,
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    context: Vec<(&'static str, String)>,
    source: Option<BoxError>,
}

impl Error {
    pub(crate) fn new(
        kind: ErrorKind,
        operation: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            verdict: default_verdict(kind),
            operation,
            message: message.into(),
            status: None,
            code: None,
            request_id: None,
            context: Vec::new(),
            source: None,
        }))
    }

    pub(crate) fn with_verdict(mut self, verdict: Verdict) -> Self {
        self.0.verdict = verdict;
        self
    }

    pub(crate) fn with_answer(
        mut self,
        status: u16,
        code: Option<String>,
        request_id: Option<String>,
    ) -> Self {
        self.0.status = Some(status);
        self.0.code = code;
        self.0.request_id = request_id;
        self
    }

    pub(crate) fn with_context(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.0.context.push((name, value.to_string()));
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn io(operation: &'static str, error: std::io::Error) -> Self {
        let (kind, message) = match error.kind() {
            std::io::ErrorKind::NotFound => (ErrorKind::NotFound, "no such file"),
            std::io::ErrorKind::AlreadyExists => (ErrorKind::AlreadyExists, "the file exists"),
            std::io::ErrorKind::PermissionDenied => (ErrorKind::AccessDenied, "access to the file is denied"),
            _ => (ErrorKind::Io, "the file could not be read or written"),
        };
        Self::new(kind, operation, message).with_source(error)
    }

    /// The caller's body broke. If a read of this crate failed somewhere beneath, its verdict counts.
    pub(crate) fn body_failed(operation: &'static str, source: BoxError) -> Self {
        let first: &(dyn std::error::Error + 'static) = &*source;
        let chain = std::iter::successors(Some(first), |error| error.source());
        let verdict = chain.filter_map(|error| error.downcast_ref::<Self>()).map(Self::verdict).next();
        let error =
            Self::new(ErrorKind::BodyFailed, operation, "the body to be sent failed").with_source(source);
        match verdict {
            Some(verdict) => error.with_verdict(verdict),
            None => error,
        }
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether to send the request again.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.0.verdict
    }

    /// The operation that failed, as the OSS interface names it (`UploadPart`).
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The HTTP status, if there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The `Code` of the server's XML answer, such as `NoSuchKey`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The server's id of the request: what its support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Names and values that place the error: `bucket`, `key`, ...
    pub fn context(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.context.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

fn default_verdict(kind: ErrorKind) -> Verdict {
    match kind {
        ErrorKind::ClockSkewed
        | ErrorKind::Protocol
        | ErrorKind::CredentialExpired
        | ErrorKind::CredentialUnavailable
        | ErrorKind::InvalidDigest
        | ErrorKind::Throttled
        | ErrorKind::Unavailable
        | ErrorKind::Connection
        | ErrorKind::BodyFailed => Verdict::Retry { not_before: None },
        _ => Verdict::Permanent,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.operation, self.0.message)?;
        let code = self.0.code.iter().map(|code| ("code", code.as_str()));
        let request = self.0.request_id.iter().map(|id| ("request", id.as_str()));
        let mut separator = " (";
        for (name, value) in self.context().chain(code).chain(request) {
            write!(f, "{separator}{name} {value}")?;
            separator = ", ";
        }
        if separator == ", " { f.write_str(")") } else { Ok(()) }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("verdict", &self.0.verdict)
            .field("operation", &self.0.operation)
            .field("message", &self.0.message)
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .field("request_id", &self.0.request_id)
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
