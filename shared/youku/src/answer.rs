//! A good answer's fields, read leniently: Youku sends numbers as strings here and there, and adds fields at will.
//!
//! A field that does not fit is named, its value is not repeated.

use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime};

use crate::refusal::{Refusal, status_kind};
use crate::{Error, ErrorKind};

/// The members of a successful answer.
#[derive(Debug)]
pub(crate) struct Answer {
    operation: &'static str,
    fields: Map<String, Value>,
    date: Option<SystemTime>,
}

/// Clocks that are nearer are the same: `Date` tells whole seconds, and an answer takes time.
const SAME_CLOCK: Duration = Duration::from_secs(60);

impl Answer {
    /// Reads a whole body, whatever its content type claims.
    pub(crate) fn read(
        operation: &'static str,
        status: StatusCode,
        retry_after: Option<Duration>,
        body: &[u8],
    ) -> Result<Self, Error> {
        let refusal = match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => match Refusal::from_json(status, &fields) {
                Some(refusal) => Some(refusal),
                None => return Ok(Self { operation, fields, date: None }),
            },
            Ok(_) => None,
            Err(_) => Refusal::from_form(body),
        };
        let kind = if status.is_success() { ErrorKind::Protocol } else { status_kind(status) };
        Err(match refusal {
            Some(refusal) => refusal.into_error(operation, status, retry_after),
            None => Error::new(kind, operation).retry_after(retry_after).with("status", status.as_u16()),
        })
    }

    /// The same, answered when Youku's clock stood so.
    pub(crate) fn dated(self, date: Option<SystemTime>) -> Self {
        Self { date, ..self }
    }

    /// A time of Youku's as this machine's clock will have it, which may be wrong.
    pub(crate) fn by_our_clock(&self, theirs: SystemTime) -> SystemTime {
        let now = SystemTime::now();
        let Some(date) = self.date else { return theirs };
        let ours = match now.duration_since(date) {
            Ok(ahead) if ahead > SAME_CLOCK => theirs.checked_add(ahead),
            Err(behind) if behind.duration() > SAME_CLOCK => theirs.checked_sub(behind.duration()),
            _ => None,
        };
        ours.unwrap_or(theirs)
    }

    /// A string, or a number written as one. Absent, null and empty are the same.
    pub(crate) fn optional_text(&self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Whether there is such a member.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|value| !value.is_null())
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<String, Error> {
        self.optional_text(name).ok_or_else(|| self.misfit(name))
    }

    pub(crate) fn secret(&self, name: &'static str) -> Result<SecretString, Error> {
        self.text(name).map(SecretString::from)
    }

    pub(crate) fn number(&self, name: &'static str) -> Result<u64, Error> {
        let text = self.text(name)?;
        text.parse().map_err(|_| self.misfit(name))
    }

    /// A percentage or the like; 0 when absent.
    pub(crate) fn decimal(&self, name: &str) -> f64 {
        self.optional_text(name)
            .and_then(|text| text.parse().ok())
            .filter(|number: &f64| number.is_finite())
            .unwrap_or(0.0)
    }

    /// `true`, `yes` or 1; anything else, and nothing, is no.
    pub(crate) fn flag(&self, name: &str) -> bool {
        match self.fields.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(word)) => matches!(word.as_str(), "yes" | "true" | "1"),
            Some(Value::Number(number)) => number.as_u64() == Some(1),
            _ => false,
        }
    }

    /// The answer lacks a field, or has another kind of value there.
    pub(crate) fn misfit(&self, name: &'static str) -> Error {
        Error::new(ErrorKind::Protocol, self.operation).with("field", name)
    }
}
