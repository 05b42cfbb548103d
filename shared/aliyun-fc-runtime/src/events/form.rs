use serde_json::{Map, Value};

/// What a native OSS record calls its source.
pub(super) const OSS_EVENT_SOURCE: &str = "acs:oss";
/// What EventBridge calls the same.
pub(super) const OSS_BRIDGE_SOURCE: &str = "acs.oss";

/// How an OSS event arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `{"events":[record, …]}`, from a native OSS trigger.
    Native,
    /// One CloudEvents object, from an EventBridge trigger.
    Bridge,
    /// One record alone, from an EventBridge trigger of the format RawData.
    Record,
}

impl Form {
    /// What the document says it is.
    ///
    /// # Errors
    /// What it says instead.
    pub(super) fn of(document: &Map<String, Value>) -> Result<Self, String> {
        if let Some(events) = document.get("events") {
            let records = events.as_array().into_iter().flatten().enumerate();
            for (index, record) in records {
                let place = format!("events[{index}].eventSource");
                expect(&place, record.get("eventSource"), OSS_EVENT_SOURCE)?;
            }
            Ok(Self::Native)
        } else if document.contains_key("specversion") {
            expect("source", document.get("source"), OSS_BRIDGE_SOURCE)?;
            // EventBridge also reports on buckets, bandwidth and audits under this source, in other shapes.
            let of_object = |kind: &str| kind.starts_with("oss:Object");
            if !document.get("type").and_then(Value::as_str).is_some_and(of_object) {
                return Err("type: not an event of an object".to_owned());
            }
            Ok(Self::Bridge)
        } else if let Some(source) = document.get("eventSource") {
            expect("eventSource", Some(source), OSS_EVENT_SOURCE)?;
            Ok(Self::Record)
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
