//! Waiting until something is old enough.

use super::{obstacle::Obstacle, stage::Stage, text::Text};
use crate::ui::{i18n::tr, output::print_line};
use std::time::{Duration, SystemTime};

/// How often the time is looked at: a machine that slept has waited as well.
const LOOK: Duration = Duration::from_secs(10);

impl Stage {
    /// How much later so many minutes are. Tests have shorter ones.
    pub(super) fn minutes(&self, count: u64) -> Duration {
        self.minute.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// The whole minutes that a time has, rounded.
    pub(super) fn count_minutes(&self, time: Duration) -> u64 {
        let minute = self.minute.as_millis().max(1);
        u64::try_from((time.as_millis() + minute / 2) / minute).unwrap_or(u64::MAX)
    }

    /// Waits until a time, and says before how long and what for. Nothing is said of a time that has passed.
    ///
    /// # Errors
    /// [`Stopped`](Obstacle::Stopped) where a person does not want to wait.
    pub(super) async fn wait_until(&self, at: SystemTime, what: &Text) -> Result<(), Obstacle> {
        let left = || at.duration_since(SystemTime::now()).unwrap_or_default();
        if !left().is_zero() {
            let (minutes, what) = (self.count_minutes(left()).max(1), what.as_str());
            print_line(tr!(
                "waiting {minutes} min, until {what}; Ctrl-C ends it, and removes what was made",
                "等待 {minutes} 分钟，直到{what}；按 Ctrl-C 可结束等待并删除所产生的内容"
            ));
        }
        loop {
            let left = left();
            if left.is_zero() {
                return Ok(());
            }
            tokio::select! {
                biased;
                () = self.shutdown.wait() => return Err(Obstacle::Stopped),
                () = tokio::time::sleep(left.min(LOOK)) => {}
            }
        }
    }
}
