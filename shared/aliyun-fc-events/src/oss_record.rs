//! One call to OSS, as its triggers report it.
//!
//! Source: the pages on native and EventBridge-based OSS triggers of Function Compute, the event page of OSS, and the
//! event types of Alibaba's own Go and Java libraries, which treat every field as optional.

use crate::nullable::null_as_default;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The calls after which a whole object exists. After `AppendObject` and `PutSymlink` it may still change. Calls that
/// store a part of an object are not among them.
const CREATING_CALLS: [&str; 6] =
    ["PutObject", "PostObject", "CompleteMultipartUpload", "CopyObject", "AppendObject", "PutSymlink"];

/// One successful call to OSS.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OssRecord {
    /// What happened, such as `ObjectCreated:PutObject`. The trigger's settings, and
    /// some events of EventBridge, spell it with `oss:` before it.
    pub event_name: String,
    /// `acs:oss` ([`OSS_EVENT_SOURCE`](crate::OSS_EVENT_SOURCE)); empty where the sender leaves it out.
    #[serde(default, deserialize_with = "null_as_default")]
    pub event_source: String,
    /// When it happened: ISO 8601 with milliseconds, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_time: Option<String>,
    /// `1.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_version: Option<String>,
    /// Region of the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Where OSS was called from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_parameters: Option<RequestParameters>,
    /// What OSS answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_elements: Option<ResponseElements>,
    /// Who called OSS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_identity: Option<UserIdentity>,
    /// The bucket and the object.
    pub oss: OssEntity,
    /// Variables of an upload callback.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub x_vars: BTreeMap<String, Value>,
}

impl OssRecord {
    /// Whether an object exists after this call.
    ///
    /// True for `ObjectCreated:` followed by PutObject, PostObject, CompleteMultipartUpload, CopyObject, AppendObject or
    /// PutSymlink, with or without `oss:` before it. After the last two the object may still change. False for the parts
    /// of a multipart upload, for removals, for reads, and for calls that this version does not know.
    pub fn has_created_object(&self) -> bool {
        let name = self.event_name.strip_prefix("oss:").unwrap_or(&self.event_name);
        name.strip_prefix("ObjectCreated:").is_some_and(|call| CREATING_CALLS.contains(&call))
    }
}

/// Where OSS was called from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct RequestParameters {
    /// Address of the caller.
    #[serde(rename = "sourceIPAddress", skip_serializing_if = "Option::is_none")]
    pub source_ip_address: Option<String>,
}

/// What OSS answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResponseElements {
    /// Id of the request to OSS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// Who called OSS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserIdentity {
    /// UID of the account or of the RAM user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_id: Option<String>,
}

/// The bucket and the object of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OssEntity {
    /// The bucket.
    pub bucket: Bucket,
    /// The object.
    pub object: Object,
    /// `1.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oss_schema_version: Option<String>,
    /// Id of the notification rule; EventBridge leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_id: Option<String>,
}

/// A bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// `acs:oss:{region}:{uid}:{name}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// UID of its owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_identity: Option<String>,
    /// Empty in older events, gone from newer ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_bucket: Option<String>,
}

/// An object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Object {
    /// Its key: raw UTF-8 and, unlike S3's, not percent-encoded. Do not decode it.
    pub key: String,
    /// Its ETag, without quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e_tag: Option<String>,
    /// Its size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<i64>,
    /// By how many bytes the call changed the bucket: the size of a new object, new minus old size of an overwritten
    /// one. May be negative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta_size: Option<i64>,
    /// Its metadata; not every event carries it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_meta: Option<ObjectMeta>,
    /// AppendObject: where the next append begins, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// GetObject of a range: its first byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_from: Option<i64>,
    /// GetObject of a range: its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_to: Option<i64>,
}

/// An object's metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ObjectMeta {
    /// `Content-Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// `Cache-Control`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<String>,
    /// `Content-Encoding`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_encoding: Option<String>,
    /// `Content-Disposition`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_disposition: Option<String>,
    /// `Content-Language`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_language: Option<String>,
    /// `Expires`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// The `x-oss-meta-*` headers.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub user_meta: BTreeMap<String, String>,
}
