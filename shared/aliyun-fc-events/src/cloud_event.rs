use crate::nullable::null_as_default;
use serde::{Deserialize, Serialize};

/// One event of EventBridge: the CloudEvents 1.0 attributes, Aliyun's extensions to them, and the event itself.
///
/// CloudEvents demands `id`, `source`, `specversion` and `type`; each is empty where a sender leaves it out, since hosts
/// that imitate EventBridge do.
///
/// Source: the pages on EventBridge-based OSS triggers of Function Compute and on event formats of EventBridge.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct CloudEvent<T> {
    /// Id of the event, unique within its source.
    #[serde(default, deserialize_with = "null_as_default")]
    pub id: String,
    /// The service that reports, such as `acs.oss`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub source: String,
    /// Version of CloudEvents: `1.0`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub specversion: String,
    /// What happened, such as `oss:ObjectCreated:PutObject`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub r#type: String,
    /// Media type of `data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datacontenttype: Option<String>,
    /// What it happened to: for OSS the bucket's ARN and the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it happened, ISO 8601.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// UID of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aliyunaccountid: Option<String>,
    /// UID of the account in which the event began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aliyunoriginalaccountid: Option<String>,
    /// When EventBridge took the event, ISO 8601.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aliyunpublishtime: Option<String>,
    /// Address that published the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aliyunpublishaddr: Option<String>,
    /// Region of the event bus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aliyunregionid: Option<String>,
    /// Name of the event bus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aliyuneventbusname: Option<String>,
    /// The event itself.
    pub data: T,
}
