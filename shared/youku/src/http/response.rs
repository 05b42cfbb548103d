//! A successful answer's fields, read leniently: Youku sends numbers as strings here and there, and adds fields at will.
//!
//! A field that does not fit is named, its value is not repeated.

use super::{
    api_error::{ApiError, kind_of_status},
    operation::Operation,
};
use crate::error::{self, Details, Error, ErrorKind};
use http::StatusCode;
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime};

/// The members of a successful answer.
#[derive(Debug)]
pub(crate) struct Response {
    operation: Operation,
    fields: Map<String, Value>,
    date: Option<SystemTime>,
}

/// Clocks that are nearer are the same: `Date` has whole seconds, and an answer takes time.
const SAME_CLOCK: Duration = Duration::from_secs(60);

impl Response {
    /// Reads a whole body, whatever its content type claims.
    ///
    /// # Errors
    /// What the answer means where it is a failure.
    pub(crate) fn parse(
        operation: Operation,
        status: StatusCode,
        retry_after: Option<Duration>,
        body: &[u8],
    ) -> Result<Self, Error> {
        let refusal = match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => match ApiError::from_json(status, &fields) {
                Some(refusal) => Some(refusal),
                None => return Ok(Self { operation, fields, date: None }),
            },
            Ok(_) => None,
            Err(_) => ApiError::from_form(body),
        };
        if let Some(refusal) = refusal {
            return Err(refusal.into_error(operation, status, retry_after));
        }
        let kind = if status.is_success() { ErrorKind::Protocol } else { kind_of_status(status) };
        let details = Details { status: Some(status.as_u16()), ..Details::default() };
        Err(error::from_answer(kind, operation, details, retry_after))
    }

    /// Adds what Youku's clock said when it answered.
    pub(crate) fn with_date(self, date: Option<SystemTime>) -> Self {
        Self { date, ..self }
    }

    /// Converts a time of Youku's to this machine's clock, which may be wrong.
    pub(crate) fn to_local_time(&self, theirs: SystemTime) -> SystemTime {
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
        self.optional_text(name).ok_or_else(|| self.malformed(name))
    }

    pub(crate) fn secret(&self, name: &'static str) -> Result<SecretString, Error> {
        self.text(name).map(SecretString::from)
    }

    pub(crate) fn number(&self, name: &'static str) -> Result<u64, Error> {
        let text = self.text(name)?;
        text.parse().map_err(|_| self.malformed(name))
    }

    /// A percentage or the like.
    pub(crate) fn decimal(&self, name: &str) -> Option<f64> {
        self.optional_text(name)?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// The members of each object in a list; what is no object is passed over.
    pub(crate) fn list(&self, name: &'static str) -> Result<Vec<Self>, Error> {
        let Some(Value::Array(items)) = self.fields.get(name) else { return Err(self.malformed(name)) };
        let objects = items.iter().filter_map(Value::as_object);
        let item =
            |fields: &Map<_, _>| Self { operation: self.operation, fields: fields.clone(), date: None };
        Ok(objects.map(item).collect())
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
    pub(crate) fn malformed(&self, name: &'static str) -> Error {
        error::malformed(self.operation, name)
    }
}
