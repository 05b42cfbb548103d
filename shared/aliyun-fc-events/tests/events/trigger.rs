//! Events of functions that have triggers of several kinds.

use aliyun_fc_events::TriggerEvent;
use serde_json::json;

fn decode(document: &str) -> TriggerEvent {
    serde_json::from_str(document).unwrap()
}

#[test]
fn an_event_is_taken_for_what_it_says_it_is() {
    for oss in [
        include_str!("../fixtures/oss-native.json"),
        include_str!("../fixtures/oss-eventbridge.json"),
        include_str!("../fixtures/oss-rawdata.json"),
    ] {
        assert!(matches!(decode(oss), TriggerEvent::Oss(events) if events.records.len() == 1), "{oss}");
    }
    let timer = decode(include_str!("../fixtures/timer.json"));
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
        assert_eq!(decode(&other.to_string()), TriggerEvent::Other(other));
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
