//! Waiting until something is old enough.

use super::{obstacle::Obstacle, stage::Stage};
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

    /// Waits until a time, and says so before.
    ///
    /// # Errors
    /// [`Stopped`](Obstacle::Stopped) where a person does not want to wait.
    pub(super) async fn wait_until(&self, at: SystemTime) -> Result<(), Obstacle> {
        let left = || at.duration_since(SystemTime::now()).unwrap_or_default();
        let minutes = self.count_minutes(left()).max(1);
        print_line(match minutes {
            1 => tr!(
                "waiting for 1 minute; Ctrl-C ends it, and removes what was made",
                "等待 1 分钟；按 Ctrl-C 可结束等待并删除所产生的内容"
            ),
            minutes => tr!(
                "waiting for {minutes} minutes; Ctrl-C ends it, and removes what was made",
                "等待 {minutes} 分钟；按 Ctrl-C 可结束等待并删除所产生的内容"
            ),
        });
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
