//! Objects of S3, by its own notifications and through EventBridge (S3 user guide: notification content structure; EventBridge event
//! message structure).
//!
//! Our own small structs read only what is needed, so that services which speak like S3 and leave the rest out are understood, too:
//! `aws_lambda_events` refuses a record without `eventTime`, `userIdentity` or `requestParameters`, and an event of EventBridge whose time
//! is not in RFC 3339.

use super::{
    action::ObjectRecord,
    document::{deserialize_event, deserialize_part},
};
use crate::error::invalid_event;
use app::core::{Location, Provider};
use lambda_runtime::Diagnostic;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Notification {
    #[serde(rename = "Records")]
    records: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: String,
    aws_region: Option<String>,
    s3: Entity,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct BridgeEvent {
    detail_type: String,
    region: Option<String>,
    detail: Entity,
}

/// The same in notifications and in the `detail` of EventBridge.
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

/// The records of a notification, each read by itself: one that cannot be read hides no other.
pub(super) fn parse_records(event: Value) -> Result<Vec<Result<ObjectRecord, Diagnostic>>, Diagnostic> {
    let notification: Notification = deserialize_event(event)?;
    let records = notification.records.into_iter().enumerate();
    Ok(records.map(|(index, record)| parse_record(&format!("Records[{index}]"), record)).collect())
}

/// A record that stands at `place`. Its key is form-encoded once.
fn parse_record(place: &str, record: Value) -> Result<ObjectRecord, Diagnostic> {
    let record: Record = deserialize_part(place, record)?;
    let key = form_decode(&record.s3.object.key)
        .ok_or_else(|| invalid_event(format!("{place}.s3.object.key is not form-encoded UTF-8")))?;
    let name = record.event_name.strip_prefix("s3:").unwrap_or(&record.event_name);
    let created = name.starts_with("ObjectCreated:");
    let entity = Entity { object: Object { key, ..record.s3.object }, ..record.s3 };
    Ok(into_object_record(created, entity, record.aws_region))
}

/// The record of EventBridge's event. Its key is not encoded.
pub(super) fn from_eventbridge(event: Value) -> Result<ObjectRecord, Diagnostic> {
    let event: BridgeEvent = deserialize_event(event)?;
    Ok(into_object_record(event.detail_type == "Object Created", event.detail, event.region))
}

fn into_object_record(
    created: bool,
    Entity { bucket, object }: Entity,
    region: Option<String>,
) -> ObjectRecord {
    if !created {
        return ObjectRecord::Other { key: object.key };
    }
    // Services that are only like S3 leave it empty.
    let region = region.filter(|region| !region.is_empty());
    let location = Location { provider: Provider::S3, bucket: bucket.name, key: object.key, region };
    ObjectRecord::Created { location, size: object.size }
}

/// Decodes a form-encoded text: unlike in a URL's path, `+` is a space there.
fn form_decode(key: &str) -> Option<String> {
    let spaced = key.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(Into::into)
}
