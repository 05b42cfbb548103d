//! How to tell the forms of an OSS event apart.

use serde_json::{Map, Value};

/// What an OSS record calls its source (`eventSource`).
pub const OSS_EVENT_SOURCE: &str = "acs:oss";
/// What EventBridge calls the same (`source` of the CloudEvents object).
pub const OSS_CLOUD_EVENT_SOURCE: &str = "acs.oss";

/// How an OSS event arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OssFormat {
    /// `{"events":[record, …]}`, from a native OSS trigger.
    Native,
    /// One CloudEvents object, from an EventBridge trigger.
    CloudEvent,
    /// One record alone, from an EventBridge trigger of the format RawData.
    RawData,
}

impl OssFormat {
    /// Reads from the document itself which form it has.
    ///
    /// # Errors
    /// The field that says something else, by its path.
    pub(crate) fn detect(document: &Map<String, Value>) -> Result<Self, String> {
        if let Some(events) = document.get("events") {
            let records = events.as_array().into_iter().flatten().enumerate();
            for (index, record) in records {
                let place = format!("events[{index}].eventSource");
                expect(&place, record.get("eventSource"), OSS_EVENT_SOURCE)?;
            }
            Ok(Self::Native)
        } else if document.contains_key("specversion") {
            expect("source", document.get("source"), OSS_CLOUD_EVENT_SOURCE)?;
            // EventBridge also reports on buckets, bandwidth and audits under this source, in other shapes.
            let is_of_object = |kind: &str| kind.starts_with("oss:Object");
            if !document.get("type").and_then(Value::as_str).is_some_and(is_of_object) {
                return Err("type: not an event of an object".to_owned());
            }
            Ok(Self::CloudEvent)
        } else if let Some(source) = document.get("eventSource") {
            expect("eventSource", Some(source), OSS_EVENT_SOURCE)?;
            Ok(Self::RawData)
        } else {
            Err("no OSS event: it has neither `events` nor `specversion` nor `eventSource`".to_owned())
        }
    }
}

fn expect(place: &str, found: Option<&Value>, wanted: &str) -> Result<(), String> {
    match found {
        Some(Value::String(source)) if source == wanted => Ok(()),
        Some(_) => Err(format!("{place}: another source than `{wanted}`")),
        None => Err(format!("{place}: missing; an OSS event says `{wanted}`")),
    }
}
