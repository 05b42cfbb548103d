//! How an error is written: one line for people, a long one for the log.

use crate::{
    advice::RetryAdvice,
    error::Error,
    kind::{Details, ErrorKind, Form},
};
use std::{borrow::Cow, error::Error as _, fmt};

impl<K: ErrorKind, D: Details> Error<K, D> {
    /// Writes the message with only those facts of the context that have one of these names: for readers who must not see the others.
    pub fn message_with(&self, names: &[&str]) -> String {
        let mut text = self.message().to_owned();
        let shown = self.context().iter().filter(|(name, _)| names.contains(name));
        let shown = shown.map(|(name, value)| (*name, Cow::from(value)));
        write_facts(&mut text, ": ", shown).map_or_else(|_| String::new(), |()| text)
    }
}

/// `(name: value, name: value)`, where there is any.
fn write_facts<'a>(
    to: &mut impl fmt::Write,
    joint: &str,
    facts: impl Iterator<Item = (&'static str, Cow<'a, str>)>,
) -> fmt::Result {
    let mut any = false;
    for (name, value) in facts {
        write!(to, "{}{name}{joint}{value}", if any { ", " } else { " (" })?;
        any = true;
    }
    if any { to.write_str(")") } else { Ok(()) }
}

impl<K: ErrorKind, D: Details> fmt::Display for Error<K, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joint = match K::FORM {
            Form::Sentence => ": ",
            Form::Call { service } => {
                let (service, gap) = service.map_or(("", ""), |name| (name, " "));
                write!(f, "{service}{gap}{}: ", self.operation())?;
                " "
            }
        };
        f.write_str(self.message())?;
        let context = self.context().iter().map(|(name, value)| (*name, Cow::from(value)));
        write_facts(f, joint, context.chain(self.details().facts()))?;
        match (K::FORM, self.advice()) {
            (Form::Sentence, RetryAdvice::Exhausted) => f.write_str("; gave up after trying for a while"),
            _ => Ok(()),
        }
    }
}

impl<K: ErrorKind, D: Details> fmt::Debug for Error<K, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} [{}]: {}", self.code(), self.operation(), self.advice(), self.message())?;
        for (name, value) in self.context() {
            write!(f, "; {name}={value}")?;
        }
        for (name, value) in self.details().log_facts() {
            write!(f, "; {name}={value}")?;
        }
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, "; caused by: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
