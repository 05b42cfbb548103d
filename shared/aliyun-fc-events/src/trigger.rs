use crate::{oss_events::OssEvents, oss_format::OssFormat, timer::TimerEvent};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;

/// The event of a function that has triggers of several kinds.
///
/// A document that calls itself an OSS event, or carries a timer's `triggerName` and `triggerTime`, must be one in full:
/// otherwise it is refused. Anything else is left as it is. Source: the page on trigger event formats.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum TriggerEvent {
    /// From an OSS trigger, native or by EventBridge.
    Oss(OssEvents),
    /// From a timer trigger.
    Timer(TimerEvent),
    /// From another trigger, or from a caller of InvokeFunction.
    Other(Value),
}

impl<'de> Deserialize<'de> for TriggerEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = match Value::deserialize(deserializer)? {
            Value::Object(document) => document,
            other => return Ok(Self::Other(other)),
        };
        if let Ok(format) = OssFormat::detect(&document) {
            return OssEvents::from_document(format, document).map(Self::Oss).map_err(D::Error::custom);
        }
        if document.contains_key("triggerName") && document.contains_key("triggerTime") {
            return serde_json::from_value(Value::Object(document))
                .map(Self::Timer)
                .map_err(D::Error::custom);
        }
        Ok(Self::Other(Value::Object(document)))
    }
}
