//! Messages of an SQS queue, from Lambda's own poller (`Records`) or from EventBridge Pipes (an array).
//!
//! They are read field by field, and only what is needed, so that one odd message never fails the others: `aws_lambda_events` refuses a
//! whole batch for one attribute with `stringListValues: null` or a binary value that is not base64.

use crate::error::invalid_event;
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// A message whose body is not read yet.
pub(super) struct QueuedMessage {
    /// The queue's id of the message; never empty.
    pub(super) id: String,
    /// The group of a FIFO queue.
    pub(super) group: Option<String>,
    /// The text that was sent; null where there is none. The input template of a pipe can put the JSON in place of its text.
    pub(super) body: Value,
}

/// The messages of a batch.
///
/// # Errors
/// Where a message has no id: it could not be told from the others, and a response with an empty id fails the batch.
pub(super) fn parse_messages(mut event: Value) -> Result<Vec<QueuedMessage>, Diagnostic> {
    let (list, records) = match event.get_mut("Records") {
        Some(records) => ("Records", records.take()),
        None => ("", event),
    };
    let Value::Array(records) = records else { return Err(invalid_event("Records is no list")) };
    let parse = |(index, record)| {
        parse_message(record).ok_or_else(|| invalid_event(format!("{list}[{index}].messageId is missing")))
    };
    records.into_iter().enumerate().map(parse).collect()
}

fn parse_message(mut record: Value) -> Option<QueuedMessage> {
    let id = record.get("messageId")?.as_str().filter(|id| !id.is_empty())?.to_owned();
    let group = find_fifo_group(&record);
    let body = record.get_mut("body").map(Value::take).unwrap_or_default();
    Some(QueuedMessage { id, group, body })
}

/// The group of a message in a FIFO queue. In other queues a group gives no order, only fair shares.
fn find_fifo_group(record: &Value) -> Option<String> {
    let is_fifo = record.get("eventSourceARN")?.as_str()?.ends_with(".fifo");
    let group = record.get("attributes").and_then(|attributes| attributes.get("MessageGroupId")?.as_str());
    is_fifo.then(|| group.unwrap_or_default().to_owned())
}
