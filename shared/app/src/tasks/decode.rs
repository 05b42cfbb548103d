//! Decoding a task: its form, and what the settings permit in either form.

use super::{field_error::field_error, legacy, modern, task::Task};
use crate::settings::Settings;
use serde_json::Value;
use upload_core::Error;

impl Task {
    /// Reads a task: legacy where it has `conf` and no `source`, else modern.
    ///
    /// # Errors
    /// [`InvalidJob`](upload_core::ErrorKind::InvalidJob), naming the field that does not fit;
    /// [`Config`](upload_core::ErrorKind::Config) where the settings lack what a legacy task leaves out.
    pub fn from_json(json: &[u8], settings: &Settings) -> Result<Self, Error> {
        Self::from_request(json, None, settings)
    }

    /// Reads the task of a request that its caller named by an `Idempotency-Key` of 1 to 128 visible ASCII characters.
    ///
    /// The key says which other video `"again": true` asks for, and nothing else: a request that comes twice is the same upload anyway,
    /// whatever it is called.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn from_request(json: &[u8], key: Option<&str>, settings: &Settings) -> Result<Self, Error> {
        let value: Value = serde_json::from_slice(json).map_err(|_| field_error("task", "is not JSON"))?;
        let Value::Object(fields) = value else {
            return Err(field_error("task", "is not a JSON object"));
        };
        let is_legacy = fields.contains_key("conf") && !fields.contains_key("source");
        let (task, source, callback) = if is_legacy {
            (legacy::read(&fields, key, settings)?, "conf.keyname", "conf.callbackurl")
        } else {
            (modern::read(json, &fields, key, settings)?, "source", "callback.url")
        };
        if !settings.may_ask_for(&task.job.location) {
            let why =
                "is not in a place from which tasks may have objects published: see the setting http.sources";
            return Err(field_error(source, why));
        }
        if let Some(Err(why)) = task.callback.as_ref().map(|one| settings.callback.check_url(&one.url)) {
            return Err(field_error(callback, why));
        }
        Ok(task)
    }
}
