//! Messages of SNS: as SNS invokes a function, and in the envelope that SNS puts into a queue.

use super::document::deserialize_event;
use aws_lambda_events::sns::SnsEvent;
use lambda_runtime::Diagnostic;
use serde::Deserialize;
use serde_json::Value;

/// The messages of an event, each the text that was published.
pub(super) fn parse_messages(event: Value) -> Result<Vec<String>, Diagnostic> {
    let event: SnsEvent = deserialize_event(event)?;
    Ok(event.records.into_iter().map(|record| record.sns.message).collect())
}

/// The envelope in a queue. Only its message must be there: `aws_lambda_events` also demands a time, a signature and two URLs, which services
/// that imitate SNS leave out.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "Message")]
    message: String,
}

/// The message of an envelope.
pub(super) fn from_envelope(event: Value) -> Result<String, Diagnostic> {
    deserialize_event(event).map(|envelope: Envelope| envelope.message)
}
