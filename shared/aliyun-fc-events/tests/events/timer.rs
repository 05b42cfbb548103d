//! Ticks of timer triggers.

use aliyun_fc_events::TimerEvent;

const TIMER: &str = include_str!("../fixtures/timer.json");

#[test]
fn a_documented_tick_is_read() {
    let tick: TimerEvent = serde_json::from_str(TIMER).unwrap();
    assert_eq!(tick.trigger_time, "2026-11-22T02:30:00Z");
    assert_eq!(tick.trigger_name, "every-minute");
    assert_eq!(tick.payload, "sweep");
}

#[test]
fn a_tick_serializes_to_the_documented_json() {
    let tick = TimerEvent::new("2026-11-22T02:30:00Z", "every-minute", "sweep");
    let documented: serde_json::Value = serde_json::from_str(TIMER).unwrap();
    assert_eq!(serde_json::to_value(tick).unwrap(), documented);
}
