//! What a crate brings of its own: its kinds of failure, and what else its errors carry.

use crate::advice::RetryAdvice;
use std::{borrow::Cow, fmt};

/// The class of a failure: what callers branch on. Implemented by each crate's own enum.
pub trait ErrorKind: Copy + Eq + fmt::Debug + Send + Sync + 'static {
    /// How [`Display`](fmt::Display) writes an error of this kind.
    const FORM: Form = Form::Sentence;

    /// A stable name in snake case, for logs, records and outcomes.
    fn code(self) -> &'static str;

    /// What happened, for people: no capital, no full stop.
    fn sentence(self) -> &'static str;

    /// The advice of an error of which no more is known than its kind.
    fn advice(self) -> RetryAdvice {
        RetryAdvice::Permanent
    }
}

/// How an error reads as one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `message (name: value, name: value)`, and at the end that it was tried for a while: for whoever asked for the work.
    Sentence,
    /// `Service operation: message (name value, name value)`: a failed call of another service.
    Call {
        /// The service's name; `None` where the operation's name says enough.
        service: Option<&'static str>,
    },
}

/// A name and its value.
pub type Fact<'a> = (&'static str, Cow<'a, str>);

/// What else a crate's errors carry, typed so that callers need not parse it. `()`: nothing.
pub trait Details: fmt::Debug + Default + Send + Sync + 'static {
    /// What people are shown of it, after the error's context.
    fn facts(&self) -> Vec<Fact<'_>> {
        Vec::new()
    }

    /// What the log keeps of it.
    fn log_facts(&self) -> Vec<Fact<'_>> {
        self.facts()
    }
}

impl Details for () {}
