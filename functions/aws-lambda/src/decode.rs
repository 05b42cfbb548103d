//! An event's JSON to what it asks for.

use crate::{Event, Work, http, kind::Kind, oss, queue, s3};
use lambda_runtime::Diagnostic;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// Reads an event: parsed JSON, since the runtime parses the bytes before it calls a handler and refuses itself what is no JSON.
///
/// # Errors
/// `UnknownEvent` where it is of no known kind; `InvalidEvent` where it is and does not fit, naming the field. Neither repeats a value.
pub fn decode(event: Value) -> Result<Event, Diagnostic> {
    match Kind::of(&event)? {
        Kind::Queue => queue::messages(event).map(Event::Queue),
        Kind::Http => http::HttpCall::read(event).map(Box::new).map(Event::Http),
        kind => works(kind, event).map(Event::Works),
    }
}

/// Reads what another event carries as text: a message's body.
pub(crate) fn carried(text: &str) -> Result<Vec<Work>, Diagnostic> {
    let event = serde_json::from_str(text).map_err(|_| invalid("the message is not JSON"))?;
    works(Kind::of(&event)?, event)
}

fn works(kind: Kind, event: Value) -> Result<Vec<Work>, Diagnostic> {
    let one = |work| Ok(vec![work]);
    match kind {
        Kind::S3 => one(Work::Objects(s3::records(event)?)),
        Kind::S3Bridge => one(Work::Objects(vec![s3::bridged(event)?])),
        Kind::S3Test => Ok(Vec::new()),
        Kind::Oss | Kind::OssBridge | Kind::OssRecord => one(Work::Objects(oss::records(kind, event)?)),
        Kind::Schedule => one(Work::Sweep),
        Kind::Task => one(Work::Task(event)),
        Kind::TopicMessage => carried(&fit::<TopicMessage>(event)?.message),
        Kind::Topic => {
            let topic: Topic = fit(event)?;
            let works = topic.records.iter().map(|record| carried(&record.sns.message));
            Ok(works.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        }
        Kind::Queue | Kind::Http => Err(invalid("the message carries another event that cannot be carried")),
    }
}

#[derive(Deserialize)]
struct Topic {
    #[serde(rename = "Records")]
    records: Vec<TopicRecord>,
}

#[derive(Deserialize)]
struct TopicRecord {
    #[serde(rename = "Sns")]
    sns: TopicMessage,
}

#[derive(Deserialize)]
struct TopicMessage {
    #[serde(rename = "Message")]
    message: String,
}

/// Reads a document whose kind is known.
///
/// # Errors
/// `InvalidEvent`, naming the path.
pub(crate) fn fit<T: DeserializeOwned>(document: Value) -> Result<T, Diagnostic> {
    serde_path_to_error::deserialize(document).map_err(|error| {
        let path = error.path().to_string();
        let why = error.into_inner().to_string();
        // serde puts the value before what was expected.
        let why = why.rfind(", expected ").map_or(why.as_str(), |at| &why[at + 2..]);
        invalid(format!("the event does not fit: {path}: {why}"))
    })
}

pub(crate) fn invalid(message: impl Into<String>) -> Diagnostic {
    Diagnostic { error_type: "InvalidEvent".into(), error_message: message.into() }
}

#[cfg(test)]
mod tests;
