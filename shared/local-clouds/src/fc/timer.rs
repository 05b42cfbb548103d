//! The timer trigger.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::fc::config::triggers::TimerConfig;
use crate::fc::event::timer_event;
use crate::fc::function::Function;
use crate::fc::queue::Queue;

/// Calls the function asynchronously after each interval, without end.
pub(crate) async fn run_timer(timer: TimerConfig, function: Arc<Function>, queue: Arc<Queue>) {
    let mut ticks = interval_at(Instant::now() + timer.interval, timer.interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let event = timer_event(&timer, Timestamp::now());
        queue.submit_event(&function, event.to_string().into());
    }
}
