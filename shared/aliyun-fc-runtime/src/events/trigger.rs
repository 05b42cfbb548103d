use super::{OssEvents, TimerEvent, form::Form};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

/// The event of a function that has triggers of several kinds.
///
/// What calls itself an OSS event, or carries a timer's `triggerName` and `triggerTime`, must be one in full; else the
/// payload is refused. Anything else is left as it is. Source: the page on trigger event formats.
#[derive(Debug, Clone, PartialEq)]
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
        if let Ok(form) = Form::of(&document) {
            return OssEvents::decode(form, document).map(Self::Oss).map_err(D::Error::custom);
        }
        if document.contains_key("triggerName") && document.contains_key("triggerTime") {
            return serde_json::from_value(Value::Object(document))
                .map(Self::Timer)
                .map_err(D::Error::custom);
        }
        Ok(Self::Other(Value::Object(document)))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use serde_json::json;

    fn decoded(document: &str) -> TriggerEvent {
        serde_json::from_str(document).unwrap()
    }

    #[test]
    fn each_event_is_taken_for_what_it_says_it_is() {
        for oss in [
            include_str!("../../tests/fixtures/oss-native.json"),
            include_str!("../../tests/fixtures/oss-eventbridge.json"),
            include_str!("../../tests/fixtures/oss-rawdata.json"),
        ] {
            assert!(matches!(decoded(oss), TriggerEvent::Oss(events) if events.records.len() == 1), "{oss}");
        }
        let timer = decoded(include_str!("../../tests/fixtures/timer.json"));
        assert!(matches!(timer, TriggerEvent::Timer(tick) if tick.trigger_name == "every-minute"));
    }

    #[test]
    fn other_payloads_are_left_as_they_are() {
        for other in [
            json!({"keyname": "a.mp4"}),
            json!({"events": [{"eventSource": "cdn"}]}),
            json!({"specversion": "1.0", "source": "acs.mns"}),
            json!({"triggerName": "half a timer"}),
            json!("text"),
            json!(null),
        ] {
            assert_eq!(decoded(&other.to_string()), TriggerEvent::Other(other));
        }
    }

    #[test]
    fn a_broken_oss_event_is_an_error_and_not_something_else() {
        let broken = json!({"events": [{"eventSource": "acs:oss", "eventName": "ObjectCreated:PutObject"}]});
        let error = serde_json::from_value::<TriggerEvent>(broken).unwrap_err();
        assert_eq!(error.to_string(), "events[0]: missing field `oss`");
        let broken = json!({"triggerName": "t", "triggerTime": 5});
        assert!(serde_json::from_value::<TriggerEvent>(broken).is_err());
    }
}
