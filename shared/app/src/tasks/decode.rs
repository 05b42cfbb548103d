//! Decoding a task: its form, and what the settings permit in either form.

use super::{
    field_error::{REQUESTED_KEY, field_error},
    legacy, modern,
    task::Task,
};
use crate::{adapters::source::check_key, settings::Settings};
use ::error::strip_byte_order_mark;
use serde_json::Value;
use upload_core::Error;

impl Task {
    /// Reads a task: legacy where it has `conf` and no `source`, else modern. It may begin with UTF-8's byte-order mark.
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
        let json = strip_byte_order_mark(json).map_err(|why| field_error("task", why))?;
        if str::from_utf8(json).is_err() {
            return Err(field_error("task", "is not UTF-8: write it as UTF-8"));
        }
        let mut documents = serde_json::Deserializer::from_slice(json).into_iter::<Value>();
        let Some(Ok(value)) = documents.next() else { return Err(field_error("task", "is not JSON")) };
        let (json, rest) = json.split_at(documents.byte_offset());
        let Value::Object(fields) = value else {
            return Err(field_error("task", "is not a JSON object"));
        };
        let is_legacy = fields.contains_key("conf") && !fields.contains_key("source");
        // C clients of the old worker send the NUL that ends their text, or a buffer's unused bytes.
        let is_passed_over = |byte: &u8| byte.is_ascii_whitespace() || (is_legacy && *byte == 0);
        if !rest.iter().all(is_passed_over) {
            return Err(field_error("task", "is not JSON alone: it goes on after its end"));
        }
        let read = || {
            let (task, source, callback) = if is_legacy {
                (legacy::read(&fields, key, settings)?, "conf.keyname", "conf.callbackurl")
            } else {
                (modern::read(json, &fields, key, settings)?, "source", "callback.url")
            };
            task.check(source, callback, settings)?;
            Ok(task)
        };
        read().map_err(|error: Error| {
            let named = if is_legacy { legacy::named_key(&fields) } else { modern::named_key(&fields) };
            match named {
                Some(key) => error.with_context(REQUESTED_KEY, key),
                None => error,
            }
        })
    }

    /// Checks what the task names against the stores' rules for keys and against the settings. `source` and `callback` are its fields.
    fn check(&self, source: &str, callback: &str, settings: &Settings) -> Result<(), Error> {
        let location = &self.job.location;
        // A key that no object has is wrong wherever objects may lie.
        check_key(location).map_err(|why| field_error(source, why))?;
        if !settings.may_ask_for(location) {
            let why =
                "is not in a place from which tasks may have objects published: see the setting http.sources";
            return Err(field_error(source, why));
        }
        match self.callback.as_ref().map(|one| settings.callback.check_url(&one.url)) {
            Some(Err(why)) => Err(field_error(callback, why)),
            _ => Ok(()),
        }
    }
}
