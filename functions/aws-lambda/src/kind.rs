//! What an event is, by what it says of itself: shapes are never tried one after the other, since some fit in nearly every other's
//! place (an S3 notification reads as a queue's batch).

use lambda_runtime::Diagnostic;
use serde_json::{Map, Value};

/// The kinds of events there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `Records` of S3, or of a service that speaks like it.
    S3,
    /// What S3 sends when a notification is set up.
    S3Test,
    /// `Records` of SQS.
    Queue,
    /// `Records` of SNS.
    Topic,
    /// One SNS message, as SNS puts it into a queue.
    TopicMessage,
    /// EventBridge's event about S3.
    S3Bridge,
    /// A schedule of EventBridge.
    Schedule,
    /// `events` of OSS's own trigger.
    Oss,
    /// A CloudEvent about OSS.
    OssBridge,
    /// One record of OSS by itself.
    OssRecord,
    /// A function URL's or an HTTP API's request, format 2.0.
    Http,
    /// A task, in the modern or the legacy form.
    Task,
}

const KNOWN: &str = "known are S3 notifications (directly, or through SQS, SNS or EventBridge), OSS events and CloudEvents, SQS messages \
                     and direct calls with a task (source or conf), HTTP requests of format 2.0, and scheduled events";

impl Kind {
    /// Looks at what the event says.
    ///
    /// # Errors
    /// `UnknownEvent`, telling what was seen and what is known.
    pub(crate) fn of(document: &Value) -> Result<Self, Diagnostic> {
        let Value::Object(fields) = document else {
            return Err(unknown("a JSON text that is no object"));
        };
        let text = |field: &str| fields.get(field).and_then(Value::as_str);
        let records = |list: &str, field: &str| first(fields, list)?.get(field)?.as_str();
        if let Some(source) = records("Records", "eventSource").or(records("Records", "EventSource")) {
            return match source {
                "aws:sqs" => Ok(Self::Queue),
                "aws:sns" => Ok(Self::Topic),
                _ if source.ends_with(":s3") => Ok(Self::S3),
                _ => Err(unknown(&format!("Records of {}", short(source)))),
            };
        }
        if let Some(what) = text("detail-type") {
            return match (text("source"), what) {
                (Some("aws.s3"), _) => Ok(Self::S3Bridge),
                (_, "Scheduled Event") => Ok(Self::Schedule),
                (source, _) => {
                    let from = source.map(short).unwrap_or_default();
                    Err(unknown(&format!("the detail-type {} from {from}", short(what))))
                }
            };
        }
        match () {
            () if text("Event") == Some("s3:TestEvent") => Ok(Self::S3Test),
            () if records("events", "eventSource") == Some("acs:oss") => Ok(Self::Oss),
            () if fields.contains_key("specversion") && text("source") == Some("acs.oss") => {
                Ok(Self::OssBridge)
            }
            () if text("eventSource") == Some("acs:oss") => Ok(Self::OssRecord),
            () if text("Type") == Some("Notification") && fields.contains_key("TopicArn") => {
                Ok(Self::TopicMessage)
            }
            () if is_http(fields) => Ok(Self::Http),
            () if fields.contains_key("conf") || fields.contains_key("source") => Ok(Self::Task),
            () => Err(unknown(&seen(fields))),
        }
    }
}

fn first<'a>(fields: &'a Map<String, Value>, list: &str) -> Option<&'a Value> {
    fields.get(list)?.as_array()?.first()
}

fn is_http(fields: &Map<String, Value>) -> bool {
    let context = fields.get("requestContext").and_then(|context| context.get("http"));
    context.is_some() && fields.get("version").and_then(Value::as_str) == Some("2.0")
}

/// Names of fields, never their values.
fn seen(fields: &Map<String, Value>) -> String {
    if fields.is_empty() {
        return "an empty object".into();
    }
    let names: Vec<_> = fields.keys().take(10).map(|name| short(name)).collect();
    format!("an object with {}", names.join(", "))
}

/// Whoever sends an event may write much into it.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

fn unknown(seen: &str) -> Diagnostic {
    Diagnostic {
        error_type: "UnknownEvent".into(),
        error_message: format!("this kind of event is not known: {seen}; {KNOWN}"),
    }
}
