//! The kind of an event, by what it says of itself. Types are never tried one after the other, since some of them accept nearly every
//! event (an S3 notification reads as a batch of a queue).

use super::{
    failure_record, schedule,
    unknown::{describe, shorten, unknown_kind},
};
use aliyun_fc_events::{OSS_CLOUD_EVENT_SOURCE, OSS_EVENT_SOURCE};
use lambda_runtime::Diagnostic;
use serde_json::{Map, Value};

/// The `eventSource` of a message of SQS.
const SQS: &str = "aws:sqs";

/// The kinds of events that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventKind {
    /// `Records` of S3, or of a service that speaks like S3.
    S3,
    /// What S3 sends when a notification is set up.
    S3Test,
    /// `Records` of SQS.
    Sqs,
    /// An array of messages of SQS, by EventBridge Pipes.
    PipedSqs,
    /// An array of other events, by EventBridge Pipes.
    Piped,
    /// `Records` of SNS.
    Sns,
    /// One message of SNS in the envelope that SNS puts into a queue.
    SnsEnvelope,
    /// EventBridge's event about S3.
    S3EventBridge,
    /// A schedule of EventBridge.
    Schedule,
    /// Lambda's record of an asynchronous invocation that failed.
    FailureRecord,
    /// The same on a bus of EventBridge.
    FailureEventBridge,
    /// `events` of OSS's own trigger.
    Oss,
    /// A CloudEvent about OSS.
    OssCloudEvent,
    /// One record of OSS by itself.
    OssRecord,
    /// A request of a function URL, an HTTP API, a REST API or a load balancer.
    Http,
    /// A task, in the modern or the legacy form.
    Task,
}

impl EventKind {
    /// Reads the kind from the fields that name it.
    ///
    /// # Errors
    /// `UnknownEvent`, with what the event looks like and what is known.
    pub(super) fn detect(document: &Value) -> Result<Self, Diagnostic> {
        let fields = match document {
            Value::Object(fields) => fields,
            Value::Array(events) => return detect_array(events),
            _ => return Err(unknown_kind("a JSON text that is no object")),
        };
        let text = |field: &str| fields.get(field).and_then(Value::as_str);
        if let Some(source) = source_of(fields, "Records") {
            return match source {
                SQS => Ok(Self::Sqs),
                "aws:sns" => Ok(Self::Sns),
                _ if source.ends_with(":s3") => Ok(Self::S3),
                _ => Err(unknown_kind(&format!("Records of {}", shorten(source)))),
            };
        }
        if let Some(what) = text("detail-type") {
            return match (text("source"), what) {
                // The bus also carries calls of S3's API that CloudTrail has seen; their `detail` is another.
                (Some("aws.s3"), _) if what.starts_with("Object ") => Ok(Self::S3EventBridge),
                (_, schedule::DETAIL_TYPE) => Ok(Self::Schedule),
                (Some("lambda"), failure_record::DETAIL_TYPE) => Ok(Self::FailureEventBridge),
                (source, _) => {
                    let from = source.map(shorten).unwrap_or_default();
                    Err(unknown_kind(&format!("the detail-type {} from {from}", shorten(what))))
                }
            };
        }
        match () {
            () if text("Event") == Some("s3:TestEvent") => Ok(Self::S3Test),
            () if source_of(fields, "events") == Some(OSS_EVENT_SOURCE) => Ok(Self::Oss),
            () if fields.contains_key("specversion") && text("source") == Some(OSS_CLOUD_EVENT_SOURCE) => {
                Ok(Self::OssCloudEvent)
            }
            () if text("eventSource") == Some(OSS_EVENT_SOURCE) => Ok(Self::OssRecord),
            () if text("Type") == Some("Notification") && fields.contains_key("TopicArn") => {
                Ok(Self::SnsEnvelope)
            }
            () if is_http(fields) => Ok(Self::Http),
            () if is_failure_record(fields) => Ok(Self::FailureRecord),
            () if fields.contains_key("conf") || fields.contains_key("source") => Ok(Self::Task),
            () => Err(unknown_kind(&describe(fields))),
        }
    }
}

/// EventBridge Pipes sends arrays, of one event as well (EventBridge user guide: Pipes batching and concurrency).
fn detect_array(events: &[Value]) -> Result<EventKind, Diagnostic> {
    match events {
        [] => Err(unknown_kind("an empty array")),
        _ if events.iter().any(|event| source(event) == Some(SQS)) => Ok(EventKind::PipedSqs),
        _ if events.iter().all(Value::is_object) => Ok(EventKind::Piped),
        _ => Err(unknown_kind("a JSON text that is no object")),
    }
}

/// The service that the records of a list are of, by the first that says so.
fn source_of<'a>(fields: &'a Map<String, Value>, list: &str) -> Option<&'a str> {
    fields.get(list)?.as_array()?.iter().find_map(source)
}

fn source(record: &Value) -> Option<&str> {
    record.get("eventSource").or_else(|| record.get("EventSource"))?.as_str()
}

/// Format 2.0 names the method in the context; REST APIs, HTTP APIs with format 1.0 and load balancers name it on top.
fn is_http(fields: &Map<String, Value>) -> bool {
    let Some(Value::Object(context)) = fields.get("requestContext") else { return false };
    let text = |field: &str| fields.get(field).and_then(Value::as_str);
    match text("version") {
        Some("2.0") => context.contains_key("http"),
        _ => text("httpMethod").is_some() && text("path").is_some(),
    }
}

/// A record of an invocation that succeeded is none: what it asked for is done.
fn is_failure_record(fields: &Map<String, Value>) -> bool {
    let context = |field: &str| fields.get("requestContext")?.get(field)?.as_str();
    context("functionArn").is_some() && context("condition").is_some_and(|why| why != failure_record::SUCCESS)
}
