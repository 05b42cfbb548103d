//! Events of no known kind, described for the one who connected them.

use crate::error::unknown_event;
use lambda_runtime::Diagnostic;
use serde_json::{Map, Value};

/// What the error says that the function knows.
const KNOWN: &str = "known are S3 notifications (directly, or through SQS, SNS or EventBridge), OSS events and CloudEvents, SQS messages \
                     and direct calls with a task (source or conf), arrays of these by EventBridge Pipes, Lambda's on-failure records of \
                     these, HTTP requests (function URL, HTTP API, REST API, load balancer), and scheduled events";

/// The error of an event that looks like this.
pub(super) fn unknown_kind(seen: &str) -> Diagnostic {
    unknown_event(format!("this kind of event is not known: {seen}; {KNOWN}"))
}

/// Describes an object by what it is, or else by the names of its fields, never by their values.
pub(super) fn describe(fields: &Map<String, Value>) -> String {
    let context = |field: &str| fields.get("requestContext").and_then(|context| context.get(field));
    match () {
        () if fields.is_empty() => "an empty object".into(),
        () if fields.contains_key("invocationSchemaVersion") => "a job of S3 Batch Operations".into(),
        () if context("functionArn").is_some() => "the record of an invocation that did not fail".into(),
        () => {
            let names: Vec<_> = fields.keys().take(10).map(|name| shorten(name)).collect();
            format!("an object with {}", names.join(", "))
        }
    }
}

/// Shortens a text of the event: a sender may write anything into it.
pub(super) fn shorten(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}
