//! Messages of an SQS queue.
//!
//! Our own small structs read them: `aws_lambda_events` refuses a whole batch for one attribute with `stringListValues: null`.

use super::document::deserialize_event;
use crate::error::invalid_event;
use lambda_runtime::Diagnostic;
use serde::Deserialize;
use serde_json::Value;

/// A message whose body is not read yet.
pub(super) struct QueuedMessage {
    /// The queue's id of the message; never empty.
    pub(super) id: String,
    /// The group of a FIFO queue.
    pub(super) group: Option<String>,
    /// The text that was sent.
    pub(super) body: String,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    message_id: Option<String>,
    body: Option<String>,
    #[serde(rename = "eventSourceARN")]
    event_source_arn: Option<String>,
    attributes: Option<Attributes>,
}

#[derive(Deserialize)]
struct Attributes {
    #[serde(rename = "MessageGroupId")]
    message_group_id: Option<String>,
}

/// The messages of a batch.
///
/// # Errors
/// Where a message has no id: it could not be told from the others, and a response with an empty id fails the batch.
pub(super) fn parse_messages(event: Value) -> Result<Vec<QueuedMessage>, Diagnostic> {
    let batch: Batch = deserialize_event(event)?;
    batch.records.into_iter().enumerate().map(|(index, record)| parse_message(index, record)).collect()
}

fn parse_message(index: usize, record: Record) -> Result<QueuedMessage, Diagnostic> {
    let id = record.message_id.filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| invalid_event(format!("Records[{index}].messageId is missing")))?;
    let group = find_fifo_group(record.event_source_arn.as_deref(), record.attributes);
    Ok(QueuedMessage { id, group, body: record.body.unwrap_or_default() })
}

/// The group of a message in a FIFO queue. In other queues a group gives no order, only fair shares.
fn find_fifo_group(arn: Option<&str>, attributes: Option<Attributes>) -> Option<String> {
    let is_fifo = arn.is_some_and(|arn| arn.ends_with(".fifo"));
    let group = attributes.and_then(|attributes| attributes.message_group_id);
    is_fifo.then(|| group.unwrap_or_default())
}
