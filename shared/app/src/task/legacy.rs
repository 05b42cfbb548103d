//! The legacy worker's form: lenient, as its clients never learnt better (legacy sheet).
//!
//! `{"conf":{"clientid","ak","keyname","callbackurl","again"},"youku":{"title","tags":"a,b",...}}`. Fields that nobody knows are passed over,
//! empty ones count as left out, numbers may be text and text numbers. A `public_type` of `all` counts as left out as well.

use super::{Task, account, account::Named, again, invalid, must_be_object, strict};
use crate::Settings;
use serde_json::{Map, Value};
use upload_core::{
    Callback, Error, ErrorKind, Job, Location, Provider, Terms,
    metadata::{PublicType, VideoMetadata},
};

const TEXTS: [&str; 8] = [
    "title",
    "category",
    "description",
    "copyright_type",
    "public_type",
    "watch_password",
    "thumbnail",
    "shoot_time",
];
const NUMBERS: [&str; 2] = ["latitude", "longitude"];

pub(super) fn read(
    fields: &Map<String, Value>,
    request: Option<&str>,
    settings: &Settings,
) -> Result<Task, Error> {
    let legacy = &settings.legacy;
    let conf = Section::of(fields, "conf")?;
    let key = conf.text("keyname")?.ok_or_else(|| invalid("conf.keyname", "is missing"))?;
    let bucket = legacy.bucket.clone().ok_or_else(|| {
        Error::new(ErrorKind::Config, "task", "legacy tasks need the setting legacy.bucket")
    })?;
    let location = Location {
        provider: Provider::Oss,
        bucket,
        key: format!("{}{key}{}", legacy.key_prefix, legacy.extension),
        region: None,
    };
    let Named { account, brought, doubted } =
        account::of_legacy(settings, conf.text("clientid")?, conf.text("ak")?)?;
    let callback = conf.text("callbackurl")?.map(|url| Callback { url: url.into(), events: Vec::new() });
    let video = video(&Section::of(fields, "youku")?)?;
    let again = match conf.get("again") {
        Some(flag @ Value::Bool(_)) => Some(flag.clone()),
        _ => conf.text("again")?.map(Value::String),
    };
    let again = again::read("conf.again", again.as_ref(), request)?;
    let stated = Terms { account, mode: None, callback };
    let Terms { account, mode, callback } = stated.or_from_rule(settings.rules.for_object(&location));
    let account = account.map_or_else(|| account::only_account(settings, account::LEGACY_FIELD), Ok)?;
    let mode = mode.unwrap_or(settings.transfer.mode);
    let job = Job { location, account, video, mode, md5: None, force_nonce: again };
    Ok(Task { job, key, caller_account: brought, doubted, callback })
}

/// Brings the fields into the strict form and reads that.
fn video(youku: &Section<'_>) -> Result<VideoMetadata, Error> {
    let mut strict = Map::new();
    for name in TEXTS {
        if let Some(text) = youku.text(name)? {
            strict.insert(name.into(), text.into());
        }
    }
    for name in NUMBERS {
        if let Some(text) = youku.text(name)? {
            let number: f64 = text.parse().map_err(|_| invalid(&youku.path(name), "is not a number"))?;
            strict.insert(name.into(), number.into());
        }
    }
    if let Some(tags) = youku.tags()? {
        strict.insert("tags".into(), tags.into());
    }
    if let Some(text) = youku.text("deshake")? {
        let deshake = match text.as_str() {
            "1" | "true" => true,
            "0" | "false" => false,
            _ => return Err(invalid("youku.deshake", "is not true or false")),
        };
        strict.insert("deshake".into(), deshake.into());
    }
    let video: VideoMetadata = strict::read(youku.name, Value::Object(strict))?;
    // Clients send the old worker's default without meaning it: it must not make an object public that says otherwise of itself.
    let public_type = video.public_type.filter(|word| *word != PublicType::All);
    Ok(VideoMetadata { public_type, ..video })
}

/// One of the two objects of a legacy task.
struct Section<'a> {
    name: &'static str,
    fields: Option<&'a Map<String, Value>>,
}

impl<'a> Section<'a> {
    fn of(task: &'a Map<String, Value>, name: &'static str) -> Result<Self, Error> {
        must_be_object(task, name)?;
        Ok(Self { name, fields: task.get(name).and_then(Value::as_object) })
    }

    fn path(&self, field: &str) -> String {
        format!("{}.{field}", self.name)
    }

    fn get(&self, field: &str) -> Option<&'a Value> {
        self.fields?.get(field).filter(|value| !value.is_null())
    }

    fn text(&self, field: &str) -> Result<Option<String>, Error> {
        let text = match self.get(field) {
            None => return Ok(None),
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(value)) => value.to_string(),
            Some(_) => return Err(invalid(&self.path(field), "has the wrong type")),
        };
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// Tags are a text with commas; a list is understood, too.
    fn tags(&self) -> Result<Option<Vec<String>>, Error> {
        let tags: Vec<String> = match self.get("tags") {
            Some(Value::Array(list)) => {
                let wrong = || invalid("youku.tags", "has the wrong type");
                let texts = list.iter().map(|tag| tag.as_str().map(str::to_owned).ok_or_else(wrong));
                texts.collect::<Result<_, _>>()?
            }
            _ => {
                let text = self.text("tags")?.unwrap_or_default();
                text.split(',').map(|tag| tag.trim().to_owned()).collect()
            }
        };
        let tags: Vec<String> = tags.into_iter().filter(|tag| !tag.is_empty()).collect();
        Ok(Some(tags).filter(|tags| !tags.is_empty()))
    }
}
