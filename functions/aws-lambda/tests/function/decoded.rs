//! What an event is decoded to.

use aws_lambda::{Action, Diagnostic, Event, Message, decode};
use serde_json::Value;

/// Reads a fixture.
pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("a fixture is JSON")
}

/// The actions of an event that is no queue.
pub(crate) fn actions_of(event: Value) -> Vec<Action> {
    match decode(event).expect("it is known") {
        Event::Actions(actions) => actions,
        other => unreachable!("{other:?}"),
    }
}

/// The messages of a queue.
pub(crate) fn messages_of(event: Value) -> Vec<Message> {
    match decode(event).expect("it is known") {
        Event::Queue(messages) => messages,
        other => unreachable!("{other:?}"),
    }
}

/// Type and message of the error for an event that is refused.
pub(crate) fn refusal(event: Value) -> (String, String) {
    let Diagnostic { error_type, error_message, .. } = decode(event).expect_err("refused");
    (error_type, error_message)
}
