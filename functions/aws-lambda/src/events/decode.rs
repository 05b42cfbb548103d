//! An event's JSON to what it asks for, and so with the events that other events carry.

use super::{
    action::{Action, Event, Message},
    http,
    kind::EventKind,
    oss, s3, schedule, sns, sqs,
};
use crate::error::invalid_event;
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// Reads an event. It takes parsed JSON, since the runtime parses the bytes before it calls a handler and itself refuses bytes that are
/// no JSON.
///
/// # Errors
/// `UnknownEvent` where the event is of no known kind; `InvalidEvent` where a known kind does not fit, with the path of the field. Neither
/// repeats a value.
pub fn decode(event: Value) -> Result<Event, Diagnostic> {
    match EventKind::detect(&event)? {
        EventKind::Sqs => {
            let messages = sqs::parse_messages(event)?;
            Ok(Event::Queue(messages.into_iter().map(decode_queued).collect()))
        }
        EventKind::Http => http::parse_request(event).map(Box::new).map(Event::Http),
        kind => decode_actions(kind, event).map(Event::Actions),
    }
}

/// A message that cannot be read fails alone, so its error stays with it.
fn decode_queued(message: sqs::QueuedMessage) -> Message {
    let actions = decode_message(&message.body);
    Message { id: message.id, group: message.group, actions }
}

/// Reads the event that another event carries as text: the body of a message.
fn decode_message(text: &str) -> Result<Vec<Action>, Diagnostic> {
    let event = serde_json::from_str(text).map_err(|_| invalid_event("the message is not JSON"))?;
    decode_actions(EventKind::detect(&event)?, event)
}

fn decode_actions(kind: EventKind, event: Value) -> Result<Vec<Action>, Diagnostic> {
    match kind {
        EventKind::S3 => Ok(vec![Action::Objects(s3::parse_records(event)?)]),
        EventKind::S3EventBridge => Ok(vec![Action::Objects(vec![s3::from_eventbridge(event)?])]),
        EventKind::S3Test => Ok(Vec::new()),
        EventKind::Oss => Ok(vec![Action::Objects(oss::parse_records(event)?)]),
        EventKind::OssCloudEvent => Ok(vec![Action::Objects(vec![oss::from_cloud_event(event)?])]),
        EventKind::OssRecord => Ok(vec![Action::Objects(vec![oss::parse_record(event)?])]),
        EventKind::Schedule => Ok(vec![schedule::ACTION]),
        EventKind::Task => Ok(vec![Action::Task(event)]),
        EventKind::SnsEnvelope => decode_message(&sns::from_envelope(event)?),
        EventKind::Sns => {
            let actions = sns::parse_messages(event)?.into_iter().map(|message| decode_message(&message));
            Ok(actions.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        }
        EventKind::Sqs | EventKind::Http => {
            Err(invalid_event("the message carries another event that cannot be carried"))
        }
    }
}
