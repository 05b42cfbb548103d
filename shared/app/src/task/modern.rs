//! The modern form: strict.
//!
//! `{"source":"oss://bucket/key","account":"main","video":{"title":...},"callback":{"url":...,"events":[...]},"mode":"oss","md5":...,"again":...}`;
//! all but `source` may be left out.

use super::{Task, account, again, invalid, must_be_object, strict};
use crate::{Settings, settings::place};
use serde::Deserialize;
use serde_json::{Map, Value};
use upload_core::{Callback, Error, Job, Location, Md5, Mode, StatedMd5, Terms, metadata::VideoMetadata};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Modern {
    source: String,
    account: Option<String>,
    #[serde(default)]
    video: VideoMetadata,
    callback: Option<Callback>,
    mode: Option<Mode>,
    md5: Option<String>,
    again: Option<Value>,
}

pub(super) fn read(
    json: &[u8],
    fields: &Map<String, Value>,
    request: Option<&str>,
    settings: &Settings,
) -> Result<Task, Error> {
    for field in ["video", "callback"] {
        must_be_object(fields, field)?;
    }
    let task: Modern = strict::read("", &mut serde_json::Deserializer::from_slice(json))?;
    let location = location(&task.source)
        .ok_or_else(|| invalid("source", "is not oss://bucket/key or s3://bucket/key"))?;
    if task.account.as_ref().is_some_and(|name| !settings.accounts.contains_key(name)) {
        return Err(invalid("account", "is not an account of the settings"));
    }
    let stated = Terms { account: task.account, mode: task.mode, callback: task.callback };
    let Terms { account, mode, callback } = stated.or_from_rule(settings.rules.for_object(&location));
    let account = account.map_or_else(|| account::only_account(settings, "account"), Ok)?;
    let md5 = match &task.md5 {
        None => None,
        Some(hex) => Some(Md5::from_hex(hex).ok_or_else(|| invalid("md5", "is not 32 hexadecimal digits"))?),
    };
    let md5 = md5.map(|md5| StatedMd5::new(md5, "field md5"));
    let again = again::read("again", task.again.as_ref(), request)?;
    let key = location.key.clone();
    let mode = mode.unwrap_or(settings.transfer.mode);
    let job = Job { location, account, video: task.video, mode, md5, force_nonce: again };
    Ok(Task { job, key, caller_account: None, doubted: None, callback })
}

/// Where the object lies that `oss://bucket/key` or `s3://bucket/key` names; `None` where it is neither.
///
/// The key stands in the URL as it is, as the clouds' own tools have it: nothing is decoded. A folder is no source: whoever may name
/// one could read the machine's files.
#[must_use]
pub fn location(source: &str) -> Option<Location> {
    let (provider, bucket, key) = place(source)?;
    (!key.is_empty()).then(|| Location { provider, bucket: bucket.into(), key: key.into(), region: None })
}
