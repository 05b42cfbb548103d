//! Objects of OSS, by whatever bridge their events come here (pages of Function Compute on native and EventBridge-based OSS triggers).

use super::{
    action::ObjectRecord,
    document::{deserialize_event, deserialize_part},
};
use aliyun_fc_events::{CloudEvent, OssRecord};
use app::core::{Location, Provider};
use lambda_runtime::Diagnostic;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct NativeEvent {
    events: Vec<Value>,
}

/// The records of OSS's own trigger, each read by itself: one that cannot be read hides no other.
pub(super) fn parse_records(event: Value) -> Result<Vec<Result<ObjectRecord, Diagnostic>>, Diagnostic> {
    let event: NativeEvent = deserialize_event(event)?;
    let parse =
        |(index, record)| deserialize_part(&format!("events[{index}]"), record).map(into_object_record);
    Ok(event.events.into_iter().enumerate().map(parse).collect())
}

/// The record of a CloudEvent.
pub(super) fn from_cloud_event(event: Value) -> Result<ObjectRecord, Diagnostic> {
    deserialize_event(event).map(|event: CloudEvent<OssRecord>| into_object_record(event.data))
}

/// A record by itself.
pub(super) fn parse_record(event: Value) -> Result<ObjectRecord, Diagnostic> {
    deserialize_event(event).map(into_object_record)
}

/// An object that was appended to or linked may still change. Whether it is skipped as `not_whole` is decided by what the object is at
/// that time, and by its rule. Keys are not encoded, unlike those of S3.
fn into_object_record(record: OssRecord) -> ObjectRecord {
    let created = record.has_created_object();
    let (bucket, object) = (record.oss.bucket, record.oss.object);
    if !created {
        return ObjectRecord::Other { key: object.key };
    }
    let location =
        Location { provider: Provider::Oss, bucket: bucket.name, key: object.key, region: record.region };
    ObjectRecord::Created { location, size: object.size.and_then(|size| size.try_into().ok()) }
}
