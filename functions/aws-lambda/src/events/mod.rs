//! Events to actions: pure functions from JSON to what it asks for.
//!
//! | module | its job |
//! |---|---|
//! | `action` | [`Event`], [`Action`], [`TaskRequest`], [`ObjectRecord`], [`Message`]: what an event asks for |
//! | `kind` | the kind of an event, by what it says of itself |
//! | `unknown` | events of no known kind, described |
//! | `document` | a document of a known kind to a type; errors name the path and no value |
//! | `decode` | [`decode`] and the events that other events carry |
//! | `s3`, `oss` | records of storage services |
//! | `sqs`, `sns` | messages |
//! | `failure_record` | what Lambda keeps of invocations that failed |
//! | `http` | HTTP requests |
//! | `schedule` | ticks of EventBridge |

mod action;
mod decode;
mod document;
mod failure_record;
mod http;
mod kind;
mod oss;
mod s3;
mod schedule;
mod sns;
mod sqs;
mod unknown;

pub use action::{Action, Event, Message, ObjectRecord, TaskRequest};
pub use decode::decode;
