//! Lambda's records of asynchronous invocations that failed for good, which it sends to an on-failure destination: a queue, a topic,
//! another function or a bus of EventBridge (Lambda developer guide: capturing records of asynchronous invocations).

use super::document::deserialize_event;
use crate::error::invalid_event;
use lambda_runtime::Diagnostic;
use serde::Deserialize;
use serde_json::Value;

/// The `detail-type` of a record on a bus of EventBridge.
pub(super) const DETAIL_TYPE: &str = "Lambda Function Invocation Result - Failure";
/// The `condition` of a record of an invocation that did not fail.
pub(super) const SUCCESS: &str = "Success";

/// What the failed invocation was asked.
pub(super) struct FailedRequest {
    /// Lambda's id of the request.
    pub(super) request_id: Option<String>,
    /// The event.
    pub(super) payload: Value,
}

#[derive(Deserialize)]
struct BridgeEvent {
    detail: Record,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    request_context: RequestContext,
    request_payload: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    request_id: Option<String>,
}

/// The request of a record.
///
/// # Errors
/// Where the record does not hold the event: Lambda leaves it out where the record would be too large for its destination.
pub(super) fn parse_record(event: Value) -> Result<FailedRequest, Diagnostic> {
    into_request(deserialize_event(event)?)
}

/// The request of a record on a bus of EventBridge.
///
/// # Errors
/// As [`parse_record`].
pub(super) fn from_eventbridge(event: Value) -> Result<FailedRequest, Diagnostic> {
    deserialize_event(event).and_then(|event: BridgeEvent| into_request(event.detail))
}

fn into_request(record: Record) -> Result<FailedRequest, Diagnostic> {
    let payload = record.request_payload;
    let payload = payload.ok_or_else(|| invalid_event("the failure record has no requestPayload"))?;
    Ok(FailedRequest { request_id: record.request_context.request_id.filter(|id| !id.is_empty()), payload })
}
