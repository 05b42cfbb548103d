//! An event's JSON to what it asks for, and so with the events that other events carry.

use super::{
    action::{Action, Event, Message, ObjectRecord, TaskRequest},
    failure_record::{self, FailedRequest},
    http,
    kind::EventKind,
    oss, s3, schedule, sns, sqs,
};
use crate::error::invalid_event;
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// How many events may lie in one another below the outermost. A queue's message with the SNS envelope of a failure record of an SNS event
/// about S3 takes four.
const MAX_NESTING: u8 = 6;

/// Reads an event. It takes parsed JSON, since the runtime parses the bytes before it calls a handler and itself refuses bytes that are
/// no JSON.
///
/// # Errors
/// `UnknownEvent` where the event is of no known kind; `InvalidEvent` where a known kind does not fit, with the path of the field. Neither
/// repeats a value.
pub fn decode(event: Value) -> Result<Event, Diagnostic> {
    match EventKind::detect(&event)? {
        EventKind::Sqs | EventKind::PipedSqs => {
            let messages = sqs::parse_messages(event)?;
            Ok(Event::Queue(messages.into_iter().map(decode_queued).collect()))
        }
        EventKind::Http => {
            http::parse_request(event).map(|(request, form)| Event::Http(Box::new(request), form))
        }
        EventKind::Piped => {
            let actions = decode_actions(EventKind::Piped, event, MAX_NESTING)?;
            // Pipes sends its array again as another invocation.
            Ok(Event::Actions(name_requests(actions, &TaskRequest::Unnamed)))
        }
        kind => decode_actions(kind, event, MAX_NESTING).map(Event::Actions),
    }
}

/// A message that cannot be read fails alone, so its error stays with it.
fn decode_queued(message: sqs::QueuedMessage) -> Message {
    let actions = decode_carried(message.body, MAX_NESTING);
    Message { id: message.id, group: message.group, actions }
}

/// Reads the event that another event carries, as text or as it stands. `depth` is how many events may lie in one another from here on.
fn decode_carried(payload: Value, depth: u8) -> Result<Vec<Action>, Diagnostic> {
    let no_json = || invalid_event("the message is not JSON");
    let event = match payload {
        Value::String(text) => serde_json::from_str(trim_padding(&text)).map_err(|_| no_json())?,
        Value::Null => return Err(no_json()),
        event => event,
    };
    let depth = depth.checked_sub(1).ok_or_else(|| invalid_event("too many events lie in one another"))?;
    decode_actions(EventKind::detect(&event)?, event, depth)
}

/// Passes over what clients put around a message's JSON: a byte-order mark before it, NULs after it.
fn trim_padding(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text).trim_end_matches(['\0', ' ', '\t', '\r', '\n'])
}

fn decode_actions(kind: EventKind, event: Value, depth: u8) -> Result<Vec<Action>, Diagnostic> {
    match kind {
        EventKind::S3 => collect_records(s3::parse_records(event)?),
        EventKind::S3EventBridge => Ok(vec![Action::Objects(vec![s3::from_eventbridge(event)?])]),
        EventKind::S3Test => Ok(Vec::new()),
        EventKind::Oss => collect_records(oss::parse_records(event)?),
        EventKind::OssCloudEvent => Ok(vec![Action::Objects(vec![oss::from_cloud_event(event)?])]),
        EventKind::OssRecord => Ok(vec![Action::Objects(vec![oss::parse_record(event)?])]),
        EventKind::Schedule => Ok(vec![schedule::ACTION]),
        EventKind::Task => Ok(vec![Action::Task { task: event, request: TaskRequest::Current }]),
        EventKind::SnsEnvelope => decode_carried(sns::from_envelope(event)?, depth),
        EventKind::Sns => {
            let messages = sns::parse_messages(event)?;
            join_actions(messages.into_iter().map(|message| decode_carried(message, depth)))
        }
        EventKind::FailureRecord => decode_failed(failure_record::parse_record(event)?, depth),
        EventKind::FailureEventBridge => decode_failed(failure_record::from_eventbridge(event)?, depth),
        EventKind::Piped => {
            let Value::Array(events) = event else { return Ok(Vec::new()) };
            join_actions(events.into_iter().map(|event| decode_carried(event, depth)))
        }
        // A pipe that does not wait for the function leaves its messages in a failure record.
        EventKind::PipedSqs => join_actions(sqs::parse_messages(event)?.into_iter().map(|message| {
            decode_carried(message.body, depth)
                .map(|actions| name_requests(actions, &TaskRequest::Earlier(message.id.clone())))
        })),
        EventKind::Sqs | EventKind::Http => {
            Err(invalid_event("the message carries another event that cannot be carried"))
        }
    }
}

/// Reads the event of a failed invocation; its tasks keep the id of the request that failed.
fn decode_failed(failed: FailedRequest, depth: u8) -> Result<Vec<Action>, Diagnostic> {
    let actions = decode_carried(failed.payload, depth)?;
    Ok(match failed.request_id {
        Some(id) => name_requests(actions, &TaskRequest::Earlier(id)),
        None => actions,
    })
}

/// Gives tasks that do not state their request this one.
fn name_requests(actions: Vec<Action>, request: &TaskRequest) -> Vec<Action> {
    let name = |action| match action {
        Action::Task { task, request: TaskRequest::Current } => {
            Action::Task { task, request: request.clone() }
        }
        other => other,
    };
    actions.into_iter().map(name).collect()
}

/// Handles the records of an event that can be read, and then fails the event for the others. So the platform delivers it again, which
/// makes no other video of the good ones, and puts the bad ones into its dead-letter queue, the only place where a person finds them.
fn collect_records(records: Vec<Result<ObjectRecord, Diagnostic>>) -> Result<Vec<Action>, Diagnostic> {
    let (mut readable, mut errors) = (Vec::new(), Vec::new());
    for record in records {
        match record {
            Ok(record) => readable.push(record),
            Err(error) => errors.push(error),
        }
    }
    if readable.is_empty() && !errors.is_empty() {
        return Err(errors.swap_remove(0));
    }
    let actions = std::iter::once(Action::Objects(readable));
    Ok(actions.chain(errors.into_iter().map(Action::Fail)).collect())
}

/// Joins what the parts of an event ask for. A part that cannot be read fails alone; where none can be read, the event fails as the first.
fn join_actions(
    parts: impl Iterator<Item = Result<Vec<Action>, Diagnostic>>,
) -> Result<Vec<Action>, Diagnostic> {
    let (readable, errors): (Vec<_>, Vec<_>) = parts.partition(Result::is_ok);
    let mut errors: Vec<_> = errors.into_iter().filter_map(Result::err).collect();
    if readable.is_empty() && !errors.is_empty() {
        return Err(errors.swap_remove(0));
    }
    let actions = readable.into_iter().flatten().flatten();
    Ok(actions.chain(errors.into_iter().map(Action::Fail)).collect())
}
