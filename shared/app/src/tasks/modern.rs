//! The modern form: strict.
//!
//! `{"source":"oss://bucket/key","account":"main","video":{"title":...},"callback":{"url":...,"events":[...]},"mode":"oss","md5":...,"again":...,"preflight":"off","publish_at":...,"traceparent":...}`;
//! all but `source` may be left out.

use super::{
    account::require_only_account,
    field_error::{field_error, require_object},
    force_nonce,
    object_location::object_location,
    strict_json,
    task::{Task, read_trace},
};
use crate::settings::Settings;
use serde::Deserialize;
use serde_json::{Map, Value};
use upload_core::{
    Callback, Entrypoint, Error, Job, Md5, Mode, Preflight, StatedMd5, Terms, Timestamp,
    metadata::{PublicTypeOrigin, StatedMetadata, VideoMetadata},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModernTask {
    source: String,
    account: Option<String>,
    #[serde(default)]
    video: VideoMetadata,
    callback: Option<Callback>,
    mode: Option<Mode>,
    md5: Option<String>,
    again: Option<Value>,
    preflight: Option<Preflight>,
    publish_at: Option<String>,
    traceparent: Option<Value>,
}

/// Reads a modern task.
///
/// # Errors
/// [`InvalidJob`](upload_core::ErrorKind::InvalidJob), naming the field that does not fit.
pub(super) fn read(
    json: &[u8],
    fields: &Map<String, Value>,
    request: Option<&str>,
    settings: &Settings,
) -> Result<Task, Error> {
    for field in ["video", "callback"] {
        require_object(fields, field)?;
    }
    let task: ModernTask = strict_json::read(None, &mut serde_json::Deserializer::from_slice(json))?;
    let location = object_location(&task.source)
        .ok_or_else(|| field_error("source", "is not oss://bucket/key or s3://bucket/key"))?;
    if task.account.as_ref().is_some_and(|name| !settings.accounts.contains_key(name)) {
        return Err(field_error("account", "is not an account of the settings"));
    }
    let stated = Terms { account: task.account, mode: task.mode, callback: task.callback };
    let Terms { account, mode, callback } = stated.or_from_rule(settings.rules.find_for_object(&location));
    let account = account.map_or_else(|| require_only_account(settings, "account"), Ok)?;
    let md5 = task.md5.as_deref().map(read_md5).transpose()?;
    let force_nonce = force_nonce::read("again", task.again.as_ref(), request)?;
    let publish_at = task.publish_at.as_deref().map(read_time).transpose()?;
    if publish_at.is_some() && !settings.manage.enabled {
        return Err(field_error("publish_at", "needs manage.enabled in the settings"));
    }
    let stated = StatedMetadata::new(task.video, PublicTypeOrigin::Task);
    let key = location.key.clone();
    let mode = mode.unwrap_or(settings.transfer.mode);
    let job = Job {
        location,
        account,
        video: stated.with_preflight(task.preflight).with_publish_at(publish_at),
        publication: None,
        mode,
        md5,
        force_nonce,
    };
    let entrypoint = Entrypoint::Task;
    let trace = task.traceparent.as_ref().and_then(read_trace);
    Ok(Task { job, key, caller_account: None, unverified_token: None, callback, entrypoint, trace })
}

/// The key of the object that a task names, whatever else is wrong with it.
pub(super) fn named_key(fields: &Map<String, Value>) -> Option<String> {
    Some(object_location(fields.get("source")?.as_str()?)?.key)
}

fn read_md5(hex: &str) -> Result<StatedMd5, Error> {
    let md5 = Md5::from_hex(hex).ok_or_else(|| field_error("md5", "is not 32 hexadecimal digits"))?;
    Ok(StatedMd5::new(md5, "field md5"))
}

fn read_time(text: &str) -> Result<Timestamp, Error> {
    let wrong =
        || field_error("publish_at", "is not a time with its zone, such as 2026-12-01T20:00:00+08:00");
    text.parse().map_err(|_| wrong())
}
