//! Source: the pages on native and EventBridge-based OSS triggers of Function Compute, the event page of OSS, and the
//! event types of Alibaba's own Go and Java libraries, which treat every field as optional.

use super::{CloudEvent, form::Form};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What happened in a bucket, whichever trigger reports it: the native OSS trigger (`{"events":[…]}`), EventBridge
/// (one CloudEvents object), or EventBridge with the format RawData (one record).
///
/// The native trigger delivers at least once: the same record may come again. Every published sample has exactly one
/// record.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OssEvents {
    /// One record for each successful call to OSS.
    pub records: Vec<OssRecord>,
}

/// One successful call to OSS.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OssRecord {
    /// What happened, such as `ObjectCreated:PutObject`. The trigger's settings spell it with `oss:` before it.
    pub event_name: String,
    /// `acs:oss`.
    pub event_source: String,
    /// When it happened: ISO 8601 with milliseconds, UTC.
    pub event_time: Option<String>,
    /// `1.0`.
    pub event_version: Option<String>,
    /// Region of the bucket.
    pub region: Option<String>,
    /// From where OSS was called.
    pub request_parameters: Option<RequestParameters>,
    /// What OSS answered.
    pub response_elements: Option<ResponseElements>,
    /// Who called OSS.
    pub user_identity: Option<UserIdentity>,
    /// The bucket and the object.
    pub oss: OssEntity,
    /// Variables of an upload callback.
    #[serde(default)]
    pub x_vars: BTreeMap<String, Value>,
}

/// From where OSS was called.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RequestParameters {
    /// Address of the caller.
    #[serde(rename = "sourceIPAddress")]
    pub source_ip_address: Option<String>,
}

/// What OSS answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResponseElements {
    /// Id of the request to OSS.
    pub request_id: Option<String>,
}

/// Who called OSS.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserIdentity {
    /// UID of the account or of the RAM user.
    pub principal_id: Option<String>,
}

/// The bucket and the object of a record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OssEntity {
    /// The bucket.
    pub bucket: Bucket,
    /// The object.
    pub object: Object,
    /// `1.0`.
    pub oss_schema_version: Option<String>,
    /// Id of the notification rule; EventBridge leaves it out.
    pub rule_id: Option<String>,
}

/// A bucket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// `acs:oss:{region}:{uid}:{name}`.
    pub arn: Option<String>,
    /// UID of its owner.
    pub owner_identity: Option<String>,
    /// Empty in older events, gone from newer ones.
    pub virtual_bucket: Option<String>,
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Object {
    /// Its key: raw UTF-8 and, unlike S3's, not percent-encoded. Do not decode it.
    pub key: String,
    /// Its ETag, without quotes.
    pub e_tag: Option<String>,
    /// Its size in bytes.
    pub size: Option<i64>,
    /// By how many bytes the call changed the bucket: the size of a new object, new minus old size of an overwritten
    /// one. May be negative.
    pub delta_size: Option<i64>,
    /// Its metadata; not every event carries it.
    pub object_meta: Option<ObjectMeta>,
    /// AppendObject: where the next append begins, in bytes.
    pub position: Option<i64>,
    /// GetObject of a range: its first byte.
    pub read_from: Option<i64>,
    /// GetObject of a range: its end.
    pub read_to: Option<i64>,
}

/// An object's metadata.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ObjectMeta {
    /// `Content-Type`.
    pub mime_type: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// `Content-Language`.
    pub content_language: Option<String>,
    /// `Expires`.
    pub expires: Option<String>,
    /// The `x-oss-meta-*` headers.
    #[serde(default)]
    pub user_meta: BTreeMap<String, String>,
}

impl OssEvents {
    pub(super) fn decode(form: Form, mut document: Map<String, Value>) -> Result<Self, String> {
        let records = match form {
            Form::Native => at("events", document.remove("events").unwrap_or_default())?,
            Form::Bridge => vec![at::<CloudEvent<OssRecord>>("", Value::Object(document))?.data],
            Form::Record => vec![at("", Value::Object(document))?],
        };
        Ok(Self { records })
    }
}

impl<'de> Deserialize<'de> for OssEvents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Map::deserialize(deserializer)?;
        let form = Form::of(&document).map_err(D::Error::custom)?;
        Self::decode(form, document).map_err(D::Error::custom)
    }
}

/// Decodes a part of a document; an error names the path from the document's root.
fn at<T: DeserializeOwned>(place: &str, value: Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let dot = if place.is_empty() || path.starts_with('[') { "" } else { "." };
        match (place, path.as_str()) {
            ("", ".") => error.inner().to_string(),
            (_, ".") => format!("{place}: {}", error.inner()),
            _ => format!("{place}{dot}{path}: {}", error.inner()),
        }
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::FromPayload;
    use serde_json::json;

    const NATIVE: &str = include_str!("../../tests/fixtures/oss-native.json");
    const BRIDGE: &str = include_str!("../../tests/fixtures/oss-eventbridge.json");
    const RAW_DATA: &str = include_str!("../../tests/fixtures/oss-rawdata.json");

    fn decoded(document: &str) -> OssRecord {
        let events: OssEvents = serde_json::from_str(document).unwrap();
        let [record] = events.records.try_into().unwrap();
        record
    }

    fn refused(document: &Value) -> String {
        OssEvents::from_payload(document.to_string().into()).unwrap_err().error_message
    }

    #[test]
    fn a_native_event_is_read_in_full() {
        let record = decoded(NATIVE);
        assert_eq!(record.event_name, "ObjectCreated:PutObject");
        assert_eq!(record.event_time.as_deref(), Some("2026-11-21T12:02:24.000Z"));
        assert_eq!(record.region.as_deref(), Some("cn-hangzhou"));
        assert_eq!(record.request_parameters.unwrap().source_ip_address.as_deref(), Some("203.0.113.7"));
        assert_eq!(record.response_elements.unwrap().request_id.as_deref(), Some("65F0A1B2C3D4E5F607182930"));
        assert_eq!(record.user_identity.unwrap().principal_id.as_deref(), Some("203456789012345678"));
        assert_eq!(record.oss.rule_id.as_deref(), Some("8f0c1d2e3b4a59687766554433221100aabbccdd"));
        assert_eq!(record.oss.bucket.name, "films");
        assert_eq!(record.oss.bucket.owner_identity.as_deref(), Some("1234567890123456"));
        let object = record.oss.object;
        assert_eq!(object.key, "in/第 1 部+a%20b.mp4", "the key is raw: it is not decoded");
        assert_eq!(object.e_tag.as_deref(), Some("5B3C1A2E053D763E1B002CC607C5A0FE"));
        assert_eq!(object.size, Some(5_000_000_000), "more than 32 bits");
        assert_eq!(object.delta_size, Some(-1_234));
        let meta = object.object_meta.unwrap();
        assert_eq!(meta.mime_type.as_deref(), Some("video/mp4"));
        assert_eq!(meta.user_meta["x-oss-meta-title"], "%E7%AC%AC");
    }

    #[test]
    fn all_three_forms_give_the_same_record() {
        let mut native = decoded(NATIVE);
        let bridge = decoded(BRIDGE);
        assert_eq!(bridge, decoded(RAW_DATA));
        assert_eq!(bridge.oss.rule_id, None);
        native.oss.rule_id = None;
        assert_eq!(native, bridge);
    }

    #[test]
    fn the_attributes_of_a_cloud_event_are_read() {
        let event: CloudEvent<OssRecord> = serde_json::from_str(BRIDGE).unwrap();
        assert_eq!(event.r#type, "oss:ObjectCreated:PutObject");
        assert_eq!(event.source, "acs.oss");
        assert_eq!(event.aliyunregionid.as_deref(), Some("cn-hangzhou"));
        assert_eq!(event.data, decoded(BRIDGE));
    }

    #[test]
    fn only_the_names_of_event_bucket_and_key_are_needed() {
        let record = json!({"eventSource": "acs:oss", "eventName": "ObjectRemoved:DeleteObject",
            "oss": {"bucket": {"name": "b"}, "object": {"key": "k", "position": 3, "unheard": [1]}}, "more": null});
        let record = decoded(&json!({"events": [record], "and": "more"}).to_string());
        assert_eq!(record.oss.object.size, None);
        assert_eq!(record.oss.object.position, Some(3));
    }

    #[test]
    fn every_record_of_a_batch_counts() {
        let mut batch: Value = serde_json::from_str(NATIVE).unwrap();
        let first = batch["events"][0].clone();
        batch["events"] = json!([first, first, first]);
        assert_eq!(serde_json::from_value::<OssEvents>(batch).unwrap().records.len(), 3);
        assert!(serde_json::from_str::<OssEvents>(r#"{"events":[]}"#).unwrap().records.is_empty());
    }

    #[test]
    fn an_error_names_the_path_in_each_form() {
        let mut native: Value = serde_json::from_str(NATIVE).unwrap();
        native["events"][0]["oss"]["object"]["size"] = json!("big");
        assert_eq!(
            refused(&native),
            "the payload does not fit: events[0].oss.object.size: invalid type: string \"…\", expected i64"
        );
        let mut bridge: Value = serde_json::from_str(BRIDGE).unwrap();
        bridge["data"]["oss"]["bucket"].take();
        assert!(
            refused(&bridge).contains("fit: data.oss.bucket: invalid type: null"),
            "{}",
            refused(&bridge)
        );
        let mut raw: Value = serde_json::from_str(RAW_DATA).unwrap();
        raw.as_object_mut().unwrap().remove("eventName");
        assert!(refused(&raw).contains("missing field `eventName`"), "{}", refused(&raw));
        assert!(refused(&json!({"events": {}})).contains("fit: events: invalid type: map"));
    }

    #[test]
    fn an_event_of_another_source_is_refused_by_its_own_words() {
        let cdn = json!({"events": [{"eventSource": "cdn", "eventName": "LogFileCreated"}]});
        assert!(
            refused(&cdn).contains("events[0].eventSource: another source than `acs:oss`"),
            "{}",
            refused(&cdn)
        );
        let mut bridge: Value = serde_json::from_str(BRIDGE).unwrap();
        bridge["source"] = json!("acs.mns");
        assert!(refused(&bridge).contains("source: another source than `acs.oss`"), "{}", refused(&bridge));
        let audit =
            json!({"specversion": "1.0", "source": "acs.oss", "type": "oss:ActionTrail:ApiCall", "data": {}});
        assert!(refused(&audit).contains("type: not an event of an object"), "{}", refused(&audit));
        assert!(refused(&json!({"eventSource": "acs:mns"})).contains("eventSource: another source"));
        assert!(refused(&json!({"events": [{}]})).contains("events[0].eventSource: missing"));
        assert!(
            refused(&json!({"oss": {}})).contains("neither `events` nor `specversion` nor `eventSource`")
        );
        assert!(refused(&json!([1])).contains("invalid type: sequence"));
    }
}
