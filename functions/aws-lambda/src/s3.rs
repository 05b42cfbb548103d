//! What S3 tells of objects, by its own notifications and through EventBridge (S3 user guide: notification content structure;
//! EventBridge event message structure).
//!
//! Only what is needed is read, so that services which speak like S3 and leave the rest out are understood, too.

use crate::{
    Record,
    decode::{fit, invalid},
};
use app::core::{Location, Provider};
use lambda_runtime::Diagnostic;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Notification {
    #[serde(rename = "Records")]
    records: Vec<Notified>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notified {
    event_name: String,
    aws_region: Option<String>,
    s3: Entity,
}

#[derive(Deserialize)]
struct Entity {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
struct Object {
    key: String,
    size: Option<u64>,
}

/// The records of a notification. Its keys are form-encoded once.
pub(crate) fn records(event: Value) -> Result<Vec<Record>, Diagnostic> {
    let notification: Notification = fit(event)?;
    let read = |(number, notified): (usize, Notified)| {
        let key = decoded(&notified.s3.object.key)
            .ok_or_else(|| invalid(format!("Records[{number}].s3.object.key is not form-encoded UTF-8")))?;
        let name = notified.event_name.strip_prefix("s3:").unwrap_or(&notified.event_name);
        let arrived = name.starts_with("ObjectCreated:");
        Ok(record(arrived, Object { key, ..notified.s3.object }, notified.s3.bucket, notified.aws_region))
    };
    notification.records.into_iter().enumerate().map(read).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Bridged {
    detail_type: String,
    region: Option<String>,
    detail: Entity,
}

/// EventBridge's event. Its key is not encoded.
pub(crate) fn bridged(event: Value) -> Result<Record, Diagnostic> {
    let Bridged { detail_type, region, detail } = fit(event)?;
    Ok(record(detail_type == "Object Created", detail.object, detail.bucket, region))
}

fn record(arrived: bool, object: Object, bucket: Bucket, region: Option<String>) -> Record {
    if !arrived {
        return Record::Other { key: object.key };
    }
    // Services that are only like S3 leave it empty.
    let region = region.filter(|region| !region.is_empty());
    let location = Location { provider: Provider::S3, bucket: bucket.name, key: object.key, region };
    Record::Arrived { location, size: object.size.unwrap_or(u64::MAX) }
}

/// `+` is a space there, unlike in a URL's path.
fn decoded(key: &str) -> Option<String> {
    let spaced = key.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(Into::into)
}
