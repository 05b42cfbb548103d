//! The timer trigger.

use std::sync::Arc;

use aliyun_fc_events::TimerEvent;
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::config::TimerConfig;
use super::function::Function;
use super::queue::Queue;

/// Calls the function asynchronously after each interval, for ever.
pub(super) async fn run(timer: TimerConfig, function: Arc<Function>, queue: Arc<Queue>) {
    let mut ticks = interval_at(Instant::now() + timer.interval, timer.interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let event = json!(TimerEvent::new(now, &*timer.name, &*timer.payload));
        queue.submit_event(&function, event.to_string().into());
    }
}
