//! Messages of an SQS queue, each read by itself.

use crate::{
    Message,
    decode::{carried, fit, invalid},
};
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// The messages of a batch.
///
/// # Errors
/// Where a message has no id: it could not be told from the others, and an answer with an empty id fails the batch.
pub(crate) fn messages(event: Value) -> Result<Vec<Message>, Diagnostic> {
    let batch: SqsEvent = fit(event)?;
    batch.records.into_iter().enumerate().map(|(number, message)| read(number, message)).collect()
}

fn read(number: usize, message: SqsMessage) -> Result<Message, Diagnostic> {
    let group = group(&message);
    let id = message.message_id.filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| invalid(format!("Records[{number}].messageId is missing")))?;
    Ok(Message { id, group, works: carried(message.body.as_deref().unwrap_or_default()) })
}

/// In other queues a group is no order, only a matter of fair shares.
fn group(message: &SqsMessage) -> Option<String> {
    let fifo = message.event_source_arn.as_deref().is_some_and(|arn| arn.ends_with(".fifo"));
    fifo.then(|| message.attributes.get("MessageGroupId").cloned().unwrap_or_default())
}
