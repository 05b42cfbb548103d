//! Messages as server-sent events.

use super::message::ProgressMessage;
use axum::{
    Error,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, StreamExt};
use std::time::Duration;

/// Text of the comment that a silent connection carries.
const HEARTBEAT: &str = "heartbeat";

/// The response that streams the messages; after `heartbeat` without one it carries a comment.
pub(super) fn respond(
    messages: impl Stream<Item = ProgressMessage> + Send + 'static,
    heartbeat: Duration,
) -> Response {
    let keep_alive = KeepAlive::new().interval(heartbeat).text(HEARTBEAT);
    Sse::new(messages.map(to_event)).keep_alive(keep_alive).into_response()
}

fn to_event(message: ProgressMessage) -> Result<Event, Error> {
    match message {
        ProgressMessage::Progress(report) => Event::default().event("progress").json_data(report),
        ProgressMessage::Outcome(outcome) => Event::default().event("outcome").json_data(outcome),
        ProgressMessage::Heartbeat => Ok(Event::default().comment(HEARTBEAT)),
    }
}
