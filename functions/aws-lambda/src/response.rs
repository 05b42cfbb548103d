//! What the function returns.

use app::{ObjectResult, core::Outcome};
use aws_lambda_events::sqs::SqsBatchResponse;
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{Response, header::SET_COOKIE};
use http_body_util::BodyExt;
use serde::Serialize;
use std::collections::BTreeMap;

/// The response to an event; each kind of caller has its own form.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum EventResponse {
    /// To a caller with a task.
    Outcome(Outcome),
    /// To SQS: which messages must come again.
    Batch(SqsBatchResponse),
    /// To a function URL or an HTTP API.
    Http(HttpResponse),
    /// To the log and to a destination.
    Results {
        /// One for each object or task.
        results: Vec<ObjectResult>,
    },
}

/// A response in the form that Lambda turns into HTTP.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpResponse {
    status_code: u16,
    headers: BTreeMap<String, String>,
    /// Not among the other headers, since cookies cannot be joined; some hosts need the list even where it is empty.
    cookies: Vec<String>,
    body: String,
    is_base64_encoded: bool,
}

impl HttpResponse {
    /// Reads a response to its end: the caller gets a stream of progress as a whole.
    ///
    /// # Errors
    /// Where the body breaks off.
    pub async fn from_response(response: Response<Body>) -> Result<Self, axum::Error> {
        let (head, body) = response.into_parts();
        let (mut headers, mut cookies) = (BTreeMap::<String, String>::new(), Vec::new());
        for (name, value) in &head.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            if name == SET_COOKIE {
                cookies.push(value.into());
                continue;
            }
            let joined = headers.entry(name.to_string()).or_default();
            *joined = if joined.is_empty() { value.into() } else { format!("{joined}, {value}") };
        }
        let (body, is_base64_encoded) = match String::from_utf8(body.collect().await?.to_bytes().into()) {
            Ok(text) => (text, false),
            Err(bytes) => (STANDARD.encode(bytes.as_bytes()), true),
        };
        Ok(Self { status_code: head.status.as_u16(), headers, cookies, body, is_base64_encoded })
    }
}
