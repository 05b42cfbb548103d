//! What an event asks for, in the application's words.

use crate::HttpCall;
use app::core::Location;
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// An event.
#[derive(Debug)]
pub enum Event {
    /// Work whose answer only the log, a destination or a direct caller reads.
    Works(Vec<Work>),
    /// Messages of a queue, each of which is acknowledged by itself.
    Queue(Vec<Message>),
    /// A request to the HTTP door.
    Http(Box<HttpCall>),
}

/// One thing to do.
#[derive(Debug, PartialEq)]
pub enum Work {
    /// A storage service tells of objects.
    Objects(Vec<Record>),
    /// A caller asks.
    Task(Value),
    /// The time for a sweep has come.
    Sweep,
}

/// What a storage service tells of one object.
#[derive(Debug, PartialEq)]
pub enum Record {
    /// It has arrived whole.
    Arrived {
        /// Where it lies.
        location: Location,
        /// Bytes, as the event has it; the most there is where it has none: the HEAD that follows knows.
        size: u64,
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
    /// The queue's id of it.
    pub id: String,
    /// What may not be done before its predecessors are done: the group of a FIFO queue.
    pub group: Option<String>,
    /// What it asks for, or why nobody can tell.
    pub works: Result<Vec<Work>, Diagnostic>,
}
