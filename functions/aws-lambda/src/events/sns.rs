//! Messages of SNS: as SNS invokes a function, and in the envelope that SNS puts into a queue.
//!
//! Our own small structs read only the message: `aws_lambda_events` also demands a time in RFC 3339, a signature and two URLs, which
//! services that imitate SNS leave out or write otherwise.

use super::document::deserialize_event;
use lambda_runtime::Diagnostic;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Notifications {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    #[serde(rename = "Sns")]
    sns: Envelope,
}

/// A message and what SNS says of it.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "Message")]
    message: String,
}

/// The messages of an event, each the text that was published.
pub(super) fn parse_messages(event: Value) -> Result<Vec<Value>, Diagnostic> {
    let event: Notifications = deserialize_event(event)?;
    Ok(event.records.into_iter().map(|record| Value::String(record.sns.message)).collect())
}

/// The message of an envelope, the text that was published.
pub(super) fn from_envelope(event: Value) -> Result<Value, Diagnostic> {
    deserialize_event(event).map(|envelope: Envelope| Value::String(envelope.message))
}
