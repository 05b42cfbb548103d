//! The legacy worker's form: lenient, since its clients never had to be strict (legacy sheet).
//!
//! `{"conf":{"clientid","ak","keyname","callbackurl","again","preflight","traceparent"},"youku":{"title","tags":"a,b",...}}`. Unknown fields
//! are ignored, empty ones count as left out (`""`, `null`, and PHP's `[]` and `false`), numbers may be text and text numbers. A `public_type` of `all`
//! counts as left out as well. Title, tags and description are cleaned of what cannot be seen in them, since these clients pass on what
//! others typed.
//!
//! A `watch_password` that is not empty and whose video would not ask for it is refused as in the modern form. The legacy worker passed both
//! on, and Youku passed over the password and published for all. To guess `password` instead would shut out whom the video was published
//! for until now; to keep on would publish what somebody meant to protect. Stating `public_type` settles it.

use super::{
    account::{CLIENT_FIELD, LegacyAccount, find_legacy_account, require_only_account},
    field_error::field_error,
    force_nonce,
    legacy_section::Section,
    strict_json,
    task::{Task, read_trace},
};
use crate::settings::Settings;
use serde_json::{Map, Value};
use upload_core::{
    Callback, Entrypoint, Error, ErrorKind, Job, Location, Preflight, Provider, Terms,
    metadata::{
        FieldKind, PublicType, PublicTypeOrigin, StatedMetadata, VideoMetadata, clean_description,
        clean_tags, clean_title,
    },
};

/// The order in which fields are read: the first that does not fit is reported.
const KINDS: [FieldKind; 4] = [FieldKind::Text, FieldKind::Number, FieldKind::Tags, FieldKind::Flag];

/// The fields of one text that are cleaned.
const TITLE: &str = "title";
const DESCRIPTION: &str = "description";

/// Reads a legacy task.
///
/// # Errors
/// [`InvalidJob`](ErrorKind::InvalidJob), naming the field that does not fit; [`Config`](ErrorKind::Config) where the settings lack
/// `legacy.bucket`.
pub(super) fn read(
    fields: &Map<String, Value>,
    request: Option<&str>,
    settings: &Settings,
) -> Result<Task, Error> {
    let legacy = &settings.legacy;
    let conf = Section::from_task(fields, "conf")?;
    let key = conf.text("keyname")?.ok_or_else(|| field_error("conf.keyname", "is missing"))?;
    let bucket = legacy.bucket.clone().ok_or_else(|| {
        Error::new(ErrorKind::Config, "task", "legacy tasks need the setting legacy.bucket")
    })?;
    let location = Location {
        provider: Provider::Oss,
        bucket,
        key: format!("{}{key}{}", legacy.key_prefix, legacy.extension),
        region: None,
    };
    let LegacyAccount { name, caller_account, unverified_token } =
        find_legacy_account(settings, conf.text("clientid")?, conf.text("ak")?)?;
    let callback = conf.text("callbackurl")?.map(|url| Callback::new(url.into()));
    let preflight = match conf.text("preflight")? {
        Some(word) => Some(
            Preflight::from_word(&word)
                .ok_or_else(|| field_error("conf.preflight", "is not refuse, warn or off"))?,
        ),
        None => None,
    };
    let video = read_video(&Section::from_task(fields, "youku")?)?.with_preflight(preflight);
    let again = match conf.get("again") {
        Some(flag @ Value::Bool(_)) => Some(flag.clone()),
        _ => conf.text("again")?.map(Value::String),
    };
    let force_nonce = force_nonce::read("conf.again", again.as_ref(), request)?;
    let stated = Terms { account: name, mode: None, callback };
    let Terms { account, mode, callback } = stated.or_from_rule(settings.rules.find_for_object(&location));
    let account = account.map_or_else(|| require_only_account(settings, CLIENT_FIELD), Ok)?;
    let mode = mode.unwrap_or(settings.transfer.mode);
    let job = Job { location, account, video, publication: None, mode, md5: None, force_nonce };
    let entrypoint = Entrypoint::LegacyTask;
    let trace = conf.get("traceparent").and_then(read_trace);
    Ok(Task { job, key, caller_account, unverified_token, callback, entrypoint, trace })
}

/// The name of its object that a task states, whatever else is wrong with it.
pub(super) fn named_key(fields: &Map<String, Value>) -> Option<String> {
    Section::from_task(fields, "conf").ok()?.text("keyname").ok()?
}

/// Converts the fields to the strict form and reads that.
fn read_video(youku: &Section<'_>) -> Result<StatedMetadata, Error> {
    let mut strict = Map::new();
    let fields =
        KINDS.iter().flat_map(|kind| VideoMetadata::FIELDS.iter().filter(move |(_, one)| one == kind));
    for (name, kind) in fields {
        if let Some(value) = read_field(youku, name, *kind)? {
            strict.insert((*name).into(), value);
        }
    }
    let video: VideoMetadata = strict_json::read(Some(youku.name), Value::Object(strict))?;
    // Clients send the old worker's default without meaning it: it must not make an object public whose own metadata says otherwise.
    let public_type = video.public_type.filter(|word| *word != PublicType::All);
    Ok(StatedMetadata::new(VideoMetadata { public_type, ..video }, PublicTypeOrigin::Task))
}

/// Converts one field; `None` if it counts as left out.
fn read_field(youku: &Section<'_>, name: &str, kind: FieldKind) -> Result<Option<Value>, Error> {
    if kind == FieldKind::Tags {
        let tags = youku.tags()?.map(|tags| clean_tags(&tags));
        return Ok(tags.filter(|tags| !tags.is_empty()).map(Value::from));
    }
    // Here `false` is a value and not an empty one.
    if let (FieldKind::Flag, Some(flag @ Value::Bool(_))) = (kind, youku.get(name)) {
        return Ok(Some(flag.clone()));
    }
    let Some(text) = youku.text(name)? else { return Ok(None) };
    let cleaned = match name {
        TITLE => Some(clean_title(&text)),
        DESCRIPTION => Some(clean_description(&text)),
        _ => None,
    };
    if let Some(text) = cleaned {
        return Ok(Some(text.trim()).filter(|text| !text.is_empty()).map(Value::from));
    }
    let wrong = |problem| field_error(&youku.path(name), problem);
    Ok(Some(match kind {
        FieldKind::Number => text.parse::<f64>().map_err(|_| wrong("is not a number"))?.into(),
        FieldKind::Flag => match text.as_str() {
            "1" | "true" => true.into(),
            "0" | "false" => false.into(),
            _ => return Err(wrong("is not true or false")),
        },
        FieldKind::Text | FieldKind::Tags => text.into(),
    }))
}
