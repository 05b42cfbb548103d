//! What the function returns.

use crate::http_response::HttpResponse;
use app::{ObjectResult, core::Outcome};
use aws_lambda_events::sqs::SqsBatchResponse;
use axum::{body::BodyDataStream, response::Response};
use http::header::SET_COOKIE;
use lambda_runtime::{FunctionResponse, MetadataPrelude, StreamResponse};
use serde::Serialize;

/// What an invocation is answered: a document, or a response that Lambda passes on to the caller while it is being made.
pub type Reply = FunctionResponse<EventResponse, BodyDataStream>;

/// The reply that passes a response on as it comes (Lambda developer guide: response streaming for custom runtimes).
pub(crate) fn stream(response: Response) -> Reply {
    let (mut head, body) = response.into_parts();
    let cookies = head.headers.get_all(SET_COOKIE).iter();
    let cookies = cookies.map(|cookie| String::from_utf8_lossy(cookie.as_bytes()).into()).collect();
    head.headers.remove(SET_COOKIE);
    let metadata_prelude = MetadataPrelude { status_code: head.status, headers: head.headers, cookies };
    FunctionResponse::StreamingResponse(StreamResponse { metadata_prelude, stream: body.into_data_stream() })
}

impl From<EventResponse> for Reply {
    fn from(response: EventResponse) -> Self {
        Self::BufferedResponse(response)
    }
}

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
