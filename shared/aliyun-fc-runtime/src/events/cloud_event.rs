use serde::Deserialize;

/// One event of EventBridge: the CloudEvents 1.0 attributes, Aliyun's extensions to them, and the event itself.
///
/// Source: the pages on EventBridge-based OSS triggers of Function Compute and on event formats of EventBridge.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct CloudEvent<T> {
    /// Id of the event, unique within its source.
    pub id: String,
    /// Who reports, such as `acs.oss`.
    pub source: String,
    /// Version of CloudEvents: `1.0`.
    pub specversion: String,
    /// What happened, such as `oss:ObjectCreated:PutObject`.
    pub r#type: String,
    /// Media type of `data`.
    pub datacontenttype: Option<String>,
    /// What it happened to: for OSS the bucket's ARN and the key.
    pub subject: Option<String>,
    /// When it happened, ISO 8601.
    pub time: Option<String>,
    /// UID of the account.
    pub aliyunaccountid: Option<String>,
    /// UID of the account the event began in.
    pub aliyunoriginalaccountid: Option<String>,
    /// When EventBridge took the event, ISO 8601.
    pub aliyunpublishtime: Option<String>,
    /// Address that published the event.
    pub aliyunpublishaddr: Option<String>,
    /// Region of the event bus.
    pub aliyunregionid: Option<String>,
    /// Name of the event bus.
    pub aliyuneventbusname: Option<String>,
    /// The event itself.
    pub data: T,
}
