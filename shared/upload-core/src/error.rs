//! What went wrong, who can do something about it, and whether trying again helps.

use crate::UploadId;
use std::{borrow::Cow, error::Error as StdError, fmt, time::Duration};

/// What went wrong. The snake-case [`code`](ErrorKind::code) of each is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The job itself cannot be carried out: a field is missing, too long or unknown.
    InvalidJob,
    /// The object does not exist (any more).
    SourceMissing,
    /// The object was replaced or changed after the upload had pinned it.
    SourceChanged,
    /// The source's credentials do not permit the call.
    SourceDenied,
    /// The source failed in another way.
    Source,
    /// Youku's bucket or slice server failed.
    Target,
    /// A credential of the target ran out; a fresh one cures it.
    CredentialExpired,
    /// The multipart upload is not known (any more): completed, aborted or never begun.
    NoSuchUpload,
    /// This part is already there (a sequential upload says so).
    PartExists,
    /// Youku refuses the access token.
    Unauthorized,
    /// Youku does not know the client id: a setting, whatever the token.
    ClientRefused,
    /// Youku refuses the access token, and the refresh token is spent or lost: a person must put new ones into the settings.
    Reauthorize,
    /// Youku's upload session is over: expired, cancelled, or committed before.
    SessionOver,
    /// Youku allows no more calls for now.
    RateLimited,
    /// Youku refused or failed in another way.
    Youku,
    /// Bytes arrived damaged.
    Integrity,
    /// Youku refused the commit for good, because the file does not have the MD5 that it was announced with.
    HashRefused,
    /// The commit's answer was lost and the video cannot be found: a person must look.
    CommitUnknown,
    /// The time allowed for this run is over.
    Deadline,
    /// A person gave the upload up.
    Cancelled,
    /// It failed for a reason that this version does not know.
    Failed,
    /// Somebody else works on the upload; the rest of the lease is the not-before.
    InProgress,
    /// Another holder has taken the upload over: this run must stop.
    Superseded,
    /// The ledger cannot be read or written, or holds something that it should not: nothing goes on without it.
    Ledger,
    /// A setting is missing or wrong.
    Config,
}

impl ErrorKind {
    const CODES: [(Self, &str); 25] = [
        (Self::InvalidJob, "invalid_job"),
        (Self::SourceMissing, "source_missing"),
        (Self::SourceChanged, "source_changed"),
        (Self::SourceDenied, "source_denied"),
        (Self::Source, "source_failed"),
        (Self::Target, "target_failed"),
        (Self::CredentialExpired, "credential_expired"),
        (Self::NoSuchUpload, "no_such_upload"),
        (Self::PartExists, "part_exists"),
        (Self::Unauthorized, "youku_unauthorized"),
        (Self::ClientRefused, "youku_client_refused"),
        (Self::Reauthorize, "reauthorize"),
        (Self::SessionOver, "session_over"),
        (Self::RateLimited, "rate_limited"),
        (Self::Youku, "youku_failed"),
        (Self::Integrity, "integrity"),
        (Self::HashRefused, "hash_refused"),
        (Self::CommitUnknown, "commit_unknown"),
        (Self::InProgress, "in_progress"),
        (Self::Superseded, "superseded"),
        (Self::Ledger, "ledger_failed"),
        (Self::Deadline, "deadline"),
        (Self::Cancelled, "cancelled"),
        (Self::Config, "config"),
        (Self::Failed, "failed"),
    ];

    /// The stable English code of this kind, as doors answer and logs carry it.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::CODES.iter().find(|(kind, _)| *kind == self).map_or("failed", |(_, code)| code)
    }

    /// Every kind there is.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::CODES.iter().map(|(kind, _)| *kind)
    }

    /// The kind of this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::CODES.iter().find(|(_, known)| *known == code).map(|(kind, _)| *kind)
    }
}

/// Whether trying again can help. Retry code asks this, never a status number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAdvice {
    /// The same call will fail again.
    Permanent,
    /// The same call may succeed later, not before the given time from now where one is known.
    Retry {
        /// How long the other side asked to be left alone.
        retry_after: Option<Duration>,
    },
    /// It was tried again until the patience of this run ended.
    Exhausted,
}

impl RetryAdvice {
    /// Worth trying again, at any time.
    pub const RETRY: Self = Self::Retry { retry_after: None };
}

/// An error of the core or of one of its ports.
///
/// `Display` is one line for people; `Debug` is long and for logs. Neither holds a secret, a signed URL or a body that
/// another server sent: ports must not put them in.
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    advice: RetryAdvice,
    operation: &'static str,
    message: Cow<'static, str>,
    context: Vec<(&'static str, String)>,
    upload: Option<UploadId>,
    unrecorded: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A permanent error of `kind` in `operation`.
    pub fn new(kind: ErrorKind, operation: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                advice: RetryAdvice::Permanent,
                operation,
                message: message.into(),
                context: Vec::new(),
                upload: None,
                unrecorded: false,
                source: None,
            }),
        }
    }

    /// The same error with another verdict.
    #[must_use]
    pub fn with_advice(mut self, verdict: RetryAdvice) -> Self {
        self.inner.advice = verdict;
        self
    }

    /// The same error, worth trying again.
    #[must_use]
    pub fn retryable(self) -> Self {
        self.with_advice(RetryAdvice::RETRY)
    }

    /// Adds a fact that helps to find the cause.
    #[must_use]
    pub fn with_context(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.inner.context.push((key, value.into()));
        self
    }

    /// The same error, known to be about this upload: answers name it beside the text, so that callers can ask what became of it.
    #[must_use]
    pub fn with_upload_id(mut self, upload: &UploadId) -> Self {
        self.inner.upload = Some(upload.clone());
        self
    }

    /// The same error, met when nothing may be on record yet by which anybody else would come back to the upload.
    #[must_use]
    pub(crate) fn mark_unrecorded(mut self) -> Self {
        self.inner.unrecorded = true;
        self
    }

    /// Whether somebody comes back to the upload by what is on record of it: its event may be forgotten.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        self.inner.upload.is_some() && !self.inner.unrecorded
    }

    /// Adds the error underneath, for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Whether trying again can help.
    #[must_use]
    pub fn advice(&self) -> RetryAdvice {
        self.inner.advice
    }

    /// The call that failed.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.inner.operation
    }

    /// Facts that help to find the cause.
    #[must_use]
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.inner.context
    }

    /// The upload that it is about, where there is one already.
    #[must_use]
    pub fn upload_id(&self) -> Option<&UploadId> {
        self.inner.upload.as_ref()
    }

    /// Whether the verdict says that trying again can help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.inner.advice, RetryAdvice::Retry { .. })
    }
}

impl Error {
    /// The message with those of the facts alone that have one of these keys.
    pub(crate) fn to_string_with(&self, keys: &[&str]) -> String {
        let mut text = self.inner.message.to_string();
        let shown = self.inner.context.iter().filter(|(key, _)| keys.contains(key));
        write_facts(&mut text, shown).map_or_else(|_| String::new(), |()| text)
    }
}

/// `(key: value, key: value)`, where there is any.
fn write_facts<'a>(
    to: &mut impl fmt::Write,
    facts: impl Iterator<Item = &'a (&'static str, String)>,
) -> fmt::Result {
    let mut any = false;
    for (key, value) in facts {
        write!(to, "{}{key}: {value}", if any { ", " } else { " (" })?;
        any = true;
    }
    if any { to.write_str(")") } else { Ok(()) }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.inner.message)?;
        write_facts(f, self.inner.context.iter())?;
        if self.inner.advice == RetryAdvice::Exhausted {
            f.write_str("; gave up after trying for a while")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.inner;
        write!(f, "{} in {} [{:?}]: {}", inner.kind.code(), inner.operation, inner.advice, inner.message)?;
        for (key, value) in &inner.context {
            write!(f, "; {key}={value}")?;
        }
        if let Some(id) = &inner.upload {
            write!(f, "; upload_id={id}")?;
        }
        let mut cause: Option<&(dyn StdError + 'static)> = self.source();
        while let Some(error) = cause {
            write!(f, "; caused by: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|e| e as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_leads_back_to_its_kind() {
        for (kind, code) in ErrorKind::CODES {
            assert_eq!((kind.code(), ErrorKind::from_code(code)), (code, Some(kind)));
        }
    }

    #[test]
    fn display_is_one_line_and_debug_names_kind_operation_and_cause() {
        let error = Error::new(ErrorKind::Source, "read", "the source closed the connection")
            .with_context("key", "a.mp4")
            .with_source(std::io::Error::other("reset"))
            .retryable();
        assert_eq!(error.to_string(), "the source closed the connection (key: a.mp4)");
        let long = format!("{error:?}");
        assert!(long.contains("source_failed in read"), "{long}");
        assert!(long.contains("caused by: reset"), "{long}");
    }
}
pub(crate) mod sentence;
