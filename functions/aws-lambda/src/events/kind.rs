//! The kind of an event, by what it says of itself. Types are never tried one after the other, since some of them accept nearly every
//! event (an S3 notification reads as a batch of a queue).

use super::schedule;
use crate::error::unknown_event;
use aliyun_fc_events::{OSS_CLOUD_EVENT_SOURCE, OSS_EVENT_SOURCE};
use lambda_runtime::Diagnostic;
use serde_json::{Map, Value};

/// The kinds of events that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventKind {
    /// `Records` of S3, or of a service that speaks like S3.
    S3,
    /// What S3 sends when a notification is set up.
    S3Test,
    /// `Records` of SQS.
    Sqs,
    /// `Records` of SNS.
    Sns,
    /// One message of SNS in the envelope that SNS puts into a queue.
    SnsEnvelope,
    /// EventBridge's event about S3.
    S3EventBridge,
    /// A schedule of EventBridge.
    Schedule,
    /// `events` of OSS's own trigger.
    Oss,
    /// A CloudEvent about OSS.
    OssCloudEvent,
    /// One record of OSS by itself.
    OssRecord,
    /// A function URL's or an HTTP API's request, format 2.0.
    Http,
    /// A task, in the modern or the legacy form.
    Task,
}

const KNOWN: &str = "known are S3 notifications (directly, or through SQS, SNS or EventBridge), OSS events and CloudEvents, SQS messages \
                     and direct calls with a task (source or conf), HTTP requests of format 2.0, and scheduled events";

impl EventKind {
    /// Reads the kind from the fields that name it.
    ///
    /// # Errors
    /// `UnknownEvent`, with what the event looks like and what is known.
    pub(super) fn detect(document: &Value) -> Result<Self, Diagnostic> {
        let Value::Object(fields) = document else {
            return Err(unknown_kind("a JSON text that is no object"));
        };
        let text = |field: &str| fields.get(field).and_then(Value::as_str);
        let records = |list: &str, field: &str| first_of(fields, list)?.get(field)?.as_str();
        if let Some(source) = records("Records", "eventSource").or(records("Records", "EventSource")) {
            return match source {
                "aws:sqs" => Ok(Self::Sqs),
                "aws:sns" => Ok(Self::Sns),
                _ if source.ends_with(":s3") => Ok(Self::S3),
                _ => Err(unknown_kind(&format!("Records of {}", shorten(source)))),
            };
        }
        if let Some(what) = text("detail-type") {
            return match (text("source"), what) {
                (Some("aws.s3"), _) => Ok(Self::S3EventBridge),
                (_, schedule::DETAIL_TYPE) => Ok(Self::Schedule),
                (source, _) => {
                    let from = source.map(shorten).unwrap_or_default();
                    Err(unknown_kind(&format!("the detail-type {} from {from}", shorten(what))))
                }
            };
        }
        match () {
            () if text("Event") == Some("s3:TestEvent") => Ok(Self::S3Test),
            () if records("events", "eventSource") == Some(OSS_EVENT_SOURCE) => Ok(Self::Oss),
            () if fields.contains_key("specversion") && text("source") == Some(OSS_CLOUD_EVENT_SOURCE) => {
                Ok(Self::OssCloudEvent)
            }
            () if text("eventSource") == Some(OSS_EVENT_SOURCE) => Ok(Self::OssRecord),
            () if text("Type") == Some("Notification") && fields.contains_key("TopicArn") => {
                Ok(Self::SnsEnvelope)
            }
            () if is_http(fields) => Ok(Self::Http),
            () if fields.contains_key("conf") || fields.contains_key("source") => Ok(Self::Task),
            () => Err(unknown_kind(&describe(fields))),
        }
    }
}

fn first_of<'a>(fields: &'a Map<String, Value>, list: &str) -> Option<&'a Value> {
    fields.get(list)?.as_array()?.first()
}

fn is_http(fields: &Map<String, Value>) -> bool {
    let context = fields.get("requestContext").and_then(|context| context.get("http"));
    context.is_some() && fields.get("version").and_then(Value::as_str) == Some("2.0")
}

/// Describes an object by the names of its fields, never by their values.
fn describe(fields: &Map<String, Value>) -> String {
    if fields.is_empty() {
        return "an empty object".into();
    }
    let names: Vec<_> = fields.keys().take(10).map(|name| shorten(name)).collect();
    format!("an object with {}", names.join(", "))
}

/// Shortens a text of the event: a sender may write anything into it.
fn shorten(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

fn unknown_kind(seen: &str) -> Diagnostic {
    unknown_event(format!("this kind of event is not known: {seen}; {KNOWN}"))
}
