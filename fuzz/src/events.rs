//! Events of the platforms.

use aliyun_fc_events::{CloudEvent, OSS_EVENT_SOURCE, OssEvents, OssRecord, TimerEvent, TriggerEvent};
use aws_lambda::{Action, Diagnostic, Event, decode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::fmt::Debug;

/// What was read of an event is read again from what it is written as.
fn read_again<T: Serialize + DeserializeOwned + PartialEq + Debug>(data: &[u8]) {
    let Ok(event) = serde_json::from_slice::<T>(data) else { return };
    let written = serde_json::to_vec(&event).expect("it can be written");
    let again: T = serde_json::from_slice(&written).expect("what is written can be read");
    assert_eq!(event, again);
}

/// Events of Function Compute's triggers.
///
/// # Panics
/// Where one is not read as it is written.
pub fn of_function_compute(data: &[u8]) {
    // EventBridge's envelope says whose event it is; in the form that is written each record must.
    if let Ok(events) = serde_json::from_slice::<OssEvents>(data)
        && events.records.iter().all(|record| record.event_source == OSS_EVENT_SOURCE)
    {
        let written = serde_json::to_vec(&events).expect("it can be written");
        let again: OssEvents = serde_json::from_slice(&written).expect("what is written can be read");
        assert_eq!(events, again);
    }
    read_again::<OssRecord>(data);
    read_again::<TimerEvent>(data);
    read_again::<CloudEvent<OssRecord>>(data);
    // A function that has several triggers reads what one of them alone would.
    if let Ok(TriggerEvent::Oss(events)) = serde_json::from_slice(data) {
        let alone: OssEvents = serde_json::from_slice(data).expect("it is one of OSS");
        assert_eq!(events, alone);
    }
}

/// Events of Lambda: what cannot be read fails with one of two types and a bounded text, and objects have a key.
///
/// # Panics
/// Where this does not hold.
pub fn of_lambda(data: &[u8]) {
    let Ok(event) = serde_json::from_slice::<Value>(data) else { return };
    let check = |failure: &Diagnostic| {
        assert!(["InvalidEvent", "UnknownEvent"].contains(&failure.error_type.as_str()), "{failure:?}");
        assert!(!failure.error_message.is_empty() && failure.error_message.len() < 2000, "{failure:?}");
    };
    let check_actions = |actions: &[Action]| {
        for action in actions {
            match action {
                Action::Objects(records) => assert!(!records.is_empty(), "nothing to do"),
                Action::Fail(failure) => check(failure),
                Action::Task { .. } | Action::Sweep => {}
            }
        }
    };
    match decode(event) {
        Ok(Event::Actions(actions)) => check_actions(&actions),
        Ok(Event::Queue(messages)) => {
            for message in messages {
                assert!(!message.id.is_empty());
                match message.actions {
                    Ok(actions) => check_actions(&actions),
                    Err(failure) => check(&failure),
                }
            }
        }
        Ok(Event::Http(..)) => {}
        Err(failure) => check(&failure),
    }
}
