//! What an event asks for, in the application's types.

use crate::http_form::HttpForm;
use app::core::Location;
use axum::{body::Body, http::Request};
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// An event.
#[derive(Debug)]
pub enum Event {
    /// Actions whose response only the log, a destination or a direct caller reads.
    Actions(Vec<Action>),
    /// Messages of a queue; each is acknowledged by itself.
    Queue(Vec<Message>),
    /// A request to the HTTP API, and the form of its response.
    Http(Box<Request<Body>>, HttpForm),
}

/// One thing to do.
#[derive(Debug, PartialEq)]
pub enum Action {
    /// Handle the objects that a storage service reports.
    Objects(Vec<ObjectRecord>),
    /// Carry out a caller's task.
    Task {
        /// The task, in the modern or the legacy form.
        task: Value,
        /// The request that first asked for it.
        request: TaskRequest,
    },
    /// Run the sweep.
    Sweep,
    /// Fail with this error, because a part of the event cannot be read. The other actions of the event run nevertheless.
    Fail(Diagnostic),
}

/// The request that asks for a task. Its id says which other video `"again": true` asks for, so it must stay the same when the event comes
/// again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskRequest {
    /// The message that holds the task, or else this invocation: Lambda delivers an event again with the same id.
    Current,
    /// An earlier one of this id, which the event states.
    Earlier(String),
    /// None that has an id: who sends the event sends it again as another one. Here `"again": true` is refused.
    Unnamed,
}

/// What a storage service reports of one object.
#[derive(Debug, PartialEq)]
pub enum ObjectRecord {
    /// A whole object was created.
    Created {
        /// Where it is.
        location: Location,
        /// Its size in bytes, where the event has one.
        size: Option<u64>,
    },
    /// Something else happened to it.
    Other {
        /// Its key.
        key: String,
    },
}

/// One message of a queue.
#[derive(Debug)]
pub struct Message {
    /// The queue's id of the message; never empty.
    pub id: String,
    /// The group of a FIFO queue: a message must not be handled before its predecessors in the group.
    pub group: Option<String>,
    /// What the message asks for, or why it cannot be read.
    pub actions: Result<Vec<Action>, Diagnostic>,
}
