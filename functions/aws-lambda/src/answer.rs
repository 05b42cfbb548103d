//! What the function answers.

pub use crate::http::HttpAnswer;

use app::{ObjectResult, core::Outcome};
use aws_lambda_events::sqs::SqsBatchResponse;
use serde::Serialize;

/// The answer to an event; each kind of caller has its own form.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// To whoever called with a task.
    Outcome(Outcome),
    /// To SQS: which messages must come again.
    Batch(SqsBatchResponse),
    /// To a function URL or an HTTP API.
    Http(HttpAnswer),
    /// To the log and to a destination.
    Results {
        /// One for each object or task.
        results: Vec<ObjectResult>,
    },
}
