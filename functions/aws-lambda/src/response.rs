//! What the function returns.

use crate::http_response::HttpResponse;
use app::{ObjectResult, core::Outcome};
use aws_lambda_events::sqs::SqsBatchResponse;
use serde::Serialize;

/// The response to an event; each kind of caller has its own form.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum EventResponse {
    /// To a caller with a task.
    Outcome(Box<Outcome>),
    /// To SQS, or to a pipe whose source it is: which messages must come again.
    Batch(SqsBatchResponse),
    /// To a sender of HTTP requests.
    Http(HttpResponse),
    /// To the log and to a destination.
    Results {
        /// One for each object or task.
        results: Vec<ObjectResult>,
    },
}
