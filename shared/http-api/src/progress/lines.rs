//! Messages as lines of JSON.

use super::message::ProgressMessage;
use axum::{
    body::{Body, Bytes},
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::Response,
};
use futures_util::{Stream, StreamExt};

/// The response that streams the messages.
pub(super) fn respond(messages: impl Stream<Item = ProgressMessage> + Send + 'static) -> Response {
    let mut response = Response::new(Body::from_stream(messages.map(to_line)));
    response.headers_mut().extend([
        (CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ]);
    response
}

fn to_line(message: ProgressMessage) -> Result<Bytes, serde_json::Error> {
    Ok(format!("{}\n", serde_json::to_string(&message)?).into())
}
