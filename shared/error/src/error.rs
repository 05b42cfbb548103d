//! The error itself.

use crate::{
    advice::RetryAdvice,
    kind::{Details, ErrorKind},
};
use std::{borrow::Cow, error::Error as StdError, fmt};

/// Any error that can travel between threads.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// A failure of kind `K`, with what else a crate knows of it in `D`. One word wide.
///
/// [`Display`](fmt::Display) is one line for people, [`Debug`](fmt::Debug) is a long one for logs. Neither may hold a secret, a signed
/// URL or the text of another server's answer: whoever makes an error must not put them in. The sources are shown by `Debug` alone.
pub struct Error<K, D = ()>(Box<Parts<K, D>>);

struct Parts<K, D> {
    kind: K,
    advice: RetryAdvice,
    operation: &'static str,
    message: Cow<'static, str>,
    context: Vec<(&'static str, String)>,
    details: D,
    source: Option<BoxError>,
}

impl<K: ErrorKind, D: Details> Error<K, D> {
    /// An error of `kind` in `operation`, with the kind's own [advice](ErrorKind::advice).
    pub fn new(kind: K, operation: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Parts {
            kind,
            advice: kind.advice(),
            operation,
            message: message.into(),
            context: Vec::new(),
            details: D::default(),
            source: None,
        }))
    }

    /// An error of `kind` in `operation`, whose message is the kind's [sentence](ErrorKind::sentence).
    pub fn from_kind(kind: K, operation: &'static str) -> Self {
        Self::new(kind, operation, kind.sentence())
    }

    /// Replaces the advice.
    #[must_use]
    pub fn with_advice(mut self, advice: RetryAdvice) -> Self {
        self.0.advice = advice;
        self
    }

    /// Makes the error worth trying again, at any time.
    #[must_use]
    pub fn retryable(self) -> Self {
        self.with_advice(RetryAdvice::RETRY)
    }

    /// Makes the error one after which no further try is allowed here.
    #[must_use]
    pub fn exhausted(self) -> Self {
        self.with_advice(RetryAdvice::Exhausted)
    }

    /// Replaces the message.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.0.message = message.into();
        self
    }

    /// Adds a fact that helps to find the cause: `bucket`, `key`, ...
    #[must_use]
    pub fn with_context(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.0.context.push((name, value.to_string()));
        self
    }

    /// Replaces the crate's own details.
    #[must_use]
    pub fn with_details(mut self, details: D) -> Self {
        self.0.details = details;
        self
    }

    /// Puts the error underneath. Its text reaches the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same failure as another crate names it. Operation, advice, message and context stay; the facts of the details join the
    /// context, and this error becomes the source of the new one, so that the chain of causes is whole.
    #[must_use]
    pub fn map_kind<L: ErrorKind, E: Details>(self, kind: L) -> Error<L, E> {
        let Parts { advice, operation, message, context, details, .. } = &*self.0;
        let facts = details.facts().into_iter().map(|(name, value)| (name, value.into_owned()));
        let mut error = Error::new(kind, operation, message.clone()).with_advice(*advice);
        error.0.context = context.iter().cloned().chain(facts).collect();
        error.with_source(self)
    }

    /// The same failure as another crate names it, said in one piece: the whole of this error's line is the message of the new one, which
    /// has no context of its own. Operation and advice stay, and this error becomes the source.
    #[must_use]
    pub fn wrap<L: ErrorKind, E: Details>(self, kind: L) -> Error<L, E> {
        Error::new(kind, self.operation(), self.to_string()).with_advice(self.advice()).with_source(self)
    }
}

impl<K, D> Error<K, D> {
    /// The crate's own details.
    pub fn details(&self) -> &D {
        &self.0.details
    }

    /// The crate's own details, to be completed.
    pub fn details_mut(&mut self) -> &mut D {
        &mut self.0.details
    }

    /// Whether to send the same call again.
    pub fn advice(&self) -> RetryAdvice {
        self.0.advice
    }

    /// Whether trying again can help.
    pub fn is_retryable(&self) -> bool {
        self.0.advice.is_retryable()
    }

    /// The call that failed, for logs. Callers branch on the kind.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// What happened, without any fact.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Facts that help to find the cause, in the order in which they were added.
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.0.context
    }

    /// The first fact of this name.
    pub fn context_value(&self, name: &str) -> Option<&str> {
        self.0.context.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

impl<K: ErrorKind, D> Error<K, D> {
    /// What went wrong.
    pub fn kind(&self) -> K {
        self.0.kind
    }

    /// The stable name of the kind.
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }
}

impl<K: ErrorKind, D: Details> StdError for Error<K, D> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
