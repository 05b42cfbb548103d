//! What callers and publishers write: tasks, sidecars, user metadata.

use app::{
    Settings, Task,
    core::{ErrorKind, metadata::StatedMetadata},
};
use arbitrary::{Arbitrary, Unstructured};
use secrecy::ExposeSecret;
use serde_json::{Deserializer, Value};
use std::{collections::BTreeMap, sync::LazyLock};

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let file = "
        [accounts.main]
        client_id = 'app'
        access_token = 'token-main'
        [accounts.other]
        client_id = 'app'
        access_token = 'token-other'
        [legacy]
        bucket = 'legacy-bucket'
        [http]
        sources = ['oss://a-bucket', 'oss://legacy-bucket', 's3://bucket/in/']
    ";
    Settings::from_parts("fuzz.toml", file, []).expect("settings")
});

/// A task that is taken lies where the settings permit, calls back where they permit, and is the same job however its JSON is written; one
/// that is refused says which field does not fit.
///
/// # Panics
/// Where this does not hold.
pub fn read_task(data: &[u8]) {
    let task = match Task::from_request(data, Some("request-1"), &SETTINGS) {
        Ok(task) => task,
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::InvalidJob | ErrorKind::Config), "{error:?}");
            let names = error.context_value("field").is_some_and(|field| !field.is_empty());
            assert!(names || error.kind() == ErrorKind::Config, "{error:?}");
            return;
        }
    };
    assert!(SETTINGS.may_ask_for(&task.job.location), "{task:?}");
    if let Some(callback) = &task.callback {
        // A scheme may be written in capitals.
        let scheme = callback.url.expose_secret().get(..4);
        assert!(scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http")), "{task:?}");
    }
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let value =
        Deserializer::from_slice(text).into_iter::<Value>().next().expect("it was read").expect("JSON");
    if has_fraction(&value) {
        return;
    }
    let again = Task::from_request(value.to_string().as_bytes(), Some("request-1"), &SETTINGS);
    let again = again.expect("the same task");
    assert_eq!(format!("{task:?}"), format!("{again:?}"));
}

/// Whether it has a number with a fraction, of which the JSON library keeps the last digit but not always the same one when it reads it again.
fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(values) => values.iter().any(has_fraction),
        Value::Object(fields) => fields.values().any(has_fraction),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// A sidecar says the same however its JSON is written, and below itself only who may watch.
///
/// # Panics
/// Where this does not hold.
pub fn read_sidecar(data: &[u8]) {
    let stated = match StatedMetadata::from_sidecar(data) {
        Ok(stated) => stated,
        Err(error) => return assert!(error.to_string().contains("sidecar"), "{error}"),
    };
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let value: Value = serde_json::from_slice(text).expect("it was read");
    if has_fraction(&value) {
        return;
    }
    let again = StatedMetadata::from_sidecar(value.to_string().as_bytes()).expect("the same sidecar");
    assert_eq!(format!("{stated:?}"), format!("{again:?}"));
    let below = StatedMetadata::from_sidecar_below(data, &stated).expect("the same sidecar");
    for (field, _) in app::core::metadata::VideoMetadata::FIELDS {
        let is_read = below.metadata.states(field) == Some(true);
        assert!(!is_read || ["public_type", "watch_password"].contains(field), "{field} was stated above");
    }
}

/// Headers of an object.
#[derive(Debug, Arbitrary)]
struct Headers {
    title: Option<String>,
    others: Vec<(u8, String, Vec<u8>)>,
}

const NAMES: [&str; 12] = [
    "youku-title",
    "youku-tags",
    "youku-category",
    "youku-description",
    "youku-public-type",
    "youku-watch-password",
    "youku-copyright-type",
    "youku-preflight",
    "youku-latitude",
    "youku-shoot-time",
    "youku-",
    "other",
];

/// Percent-encoded metadata is read as it was written, and an error names its header.
///
/// # Panics
/// Where this does not hold.
pub fn read_user_metadata(data: &[u8]) {
    let Ok(wanted) = Headers::arbitrary(&mut Unstructured::new(data)) else { return };
    let mut headers = BTreeMap::new();
    for (name, more, value) in &wanted.others {
        let name = NAMES[usize::from(*name) % NAMES.len()];
        headers
            .insert(if name.ends_with('-') { format!("{name}{more}") } else { name.into() }, value.clone());
    }
    if let Some(title) = &wanted.title {
        let encoded: String = title.bytes().map(|byte| format!("%{byte:02X}")).collect();
        headers.insert("youku-title".into(), encoded.into_bytes());
    }
    match StatedMetadata::from_user_metadata(&headers) {
        Ok(stated) => {
            if let Some(title) = &wanted.title {
                assert_eq!(stated.metadata.title.as_ref(), Some(title));
            }
        }
        Err(error) => assert!(error.to_string().contains("youku-"), "{error}"),
    }
}
