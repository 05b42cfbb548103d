//! Ticks of EventBridge: a rule with a schedule (source `aws.events`) and EventBridge Scheduler (source `aws.scheduler`) send the same
//! event.

use super::action::Action;

/// The `detail-type` of a tick.
pub(super) const DETAIL_TYPE: &str = "Scheduled Event";

/// Every schedule of the function runs the sweep.
pub(super) const ACTION: Action = Action::Sweep;
