//! The event of a timer trigger (protocol sheet fc.md, section 2.2).

use aliyun_fc_events::TimerEvent;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::fc::config::triggers::TimerConfig;

/// Builds the event that a timer trigger sends at `time`, in UTC to the second.
pub(crate) fn timer_event(timer: &TimerConfig, time: Timestamp) -> Value {
    let time = time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    json!(TimerEvent::new(time, &*timer.name, &*timer.payload))
}
