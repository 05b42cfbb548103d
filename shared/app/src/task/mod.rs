//! Tasks: what a caller asks in words of JSON, in the modern or the legacy form, as a core job.

mod account;
mod again;
mod legacy;
mod modern;
mod strict;

pub use account::{CallerAccount, UnverifiedToken};
pub use modern::location;

pub(crate) use account::{TOKEN_FIELD, WHICH};

use crate::Settings;
use serde_json::{Map, Value};
use upload_core::{Callback, Error, ErrorKind, Job, metadata::PublicTypeOrigin};

/// What a caller asks.
#[derive(Debug, Clone)]
pub struct Task {
    /// The wish itself.
    pub job: Job,
    /// What the caller calls the object: its key, or the legacy task's `keyname`. Answers carry it.
    pub key: String,
    /// The account, where the task brought its own in place of one of the settings'.
    pub caller_account: Option<CallerAccount>,
    /// A token that the task brought for a client id of the settings, and that they do not have: whose it is must be found out.
    pub doubted: Option<UnverifiedToken>,
    /// Who is told of the outcome: whom the task names, else whom the object's rule does.
    pub callback: Option<Callback>,
}

impl Task {
    /// Reads a task: legacy where it has `conf` and no `source`, else modern.
    ///
    /// # Errors
    /// [`InvalidJob`](ErrorKind::InvalidJob), naming the field that does not fit; [`Config`](ErrorKind::Config) where the settings lack
    /// what a legacy task leaves out.
    pub fn from_json(json: &[u8], settings: &Settings) -> Result<Self, Error> {
        Self::from_request(json, None, settings)
    }

    /// The same, of a request that its caller named by an `Idempotency-Key` of 1 to 128 visible ASCII characters.
    ///
    /// The key says which other video `"again": true` asks for, and nothing else: a request that comes twice is the same upload anyway,
    /// whatever it is called.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn from_request(json: &[u8], key: Option<&str>, settings: &Settings) -> Result<Self, Error> {
        let value: Value = serde_json::from_slice(json).map_err(|_| invalid("task", "is not JSON"))?;
        let Value::Object(fields) = value else {
            return Err(invalid("task", "is not a JSON object"));
        };
        let is_legacy = fields.contains_key("conf") && !fields.contains_key("source");
        let (mut task, source, callback) = if is_legacy {
            (legacy::read(&fields, key, settings)?, "conf.keyname", "conf.callbackurl")
        } else {
            (modern::read(json, &fields, key, settings)?, "source", "callback.url")
        };
        if !settings.may_ask_for(&task.job.location) {
            let why =
                "is not in a place from which tasks may have objects published: see the setting http.sources";
            return Err(invalid(source, why));
        }
        if let Some(Err(why)) = task.callback.as_ref().map(|one| settings.callback.accepts(&one.url)) {
            return Err(invalid(callback, why));
        }
        task.job.video = task.job.video.stated_by(PublicTypeOrigin::Task);
        Ok(task)
    }
}

/// A field of the task that does not fit, in our own words: values may be secrets.
pub(crate) fn invalid(field: &str, why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::InvalidJob, "task", "the task does not fit")
        .with_context("field", field)
        .with_context("why", why)
}

/// serde would fill a struct from an array, too.
fn must_be_object(fields: &Map<String, Value>, field: &str) -> Result<(), Error> {
    match fields.get(field) {
        None | Some(Value::Object(_)) => Ok(()),
        Some(_) => Err(invalid(field, "is not a JSON object")),
    }
}

#[cfg(test)]
mod tests;
