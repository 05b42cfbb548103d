//! How long a call may take.

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

/// No function runs longer, on Managed Instances either (Lambda quotas).
const LONGEST: Duration = Duration::from_secs(90 * 60);
/// The longest time-out of a function elsewhere.
const USUAL: Duration = Duration::from_secs(15 * 60);
/// Seconds of the function's time-out, where its host tells: Lambda itself tells the deadline of each call.
const TIMEOUT: &str = "AWS_LAMBDA_FUNCTION_TIMEOUT";

static CONFIGURED: LazyLock<Duration> = LazyLock::new(|| {
    let seconds = std::env::var(TIMEOUT).ok().and_then(|text| text.parse().ok());
    seconds.filter(|seconds| *seconds > 0).map_or(USUAL, Duration::from_secs).min(LONGEST)
});

/// When the run must have ended: before the platform ends it, a tenth of what is left earlier, 1 to 10 s.
///
/// `told` is the context's deadline in milliseconds since 1970.
pub(crate) fn deadline(told: u64) -> Instant {
    let left = left(told, SystemTime::now(), *CONFIGURED);
    let margin = (left / 10).clamp(Duration::from_secs(1), Duration::from_secs(10));
    Instant::now() + left.saturating_sub(margin)
}

/// Some hosts tell a deadline that is long over when the call begins, or weeks ahead: then the configured time-out holds.
fn left(told: u64, now: SystemTime, configured: Duration) -> Duration {
    let deadline = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(told));
    let left = deadline.and_then(|deadline| deadline.duration_since(now).ok());
    left.filter(|left| !left.is_zero() && *left <= LONGEST).unwrap_or(configured)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_that_cannot_be_is_not_believed() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let configured = Duration::from_secs(60);
        let at = |seconds: u64| seconds * 1000;
        let cases = [
            (at(1_800_000_003), 3),
            (at(1_800_000_000 + 90 * 60), 90 * 60),
            (at(1_800_000_001 + 90 * 60), 60),
            (at(1_800_000_000), 60),
            (at(1_799_999_999), 60),
            (at(600), 60),
            (0, 60),
            (u64::MAX, 60),
        ];
        for (told, expected) in cases {
            assert_eq!(left(told, now, configured), Duration::from_secs(expected), "{told}");
        }
    }

    #[test]
    fn the_run_ends_before_the_call() {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        for (seconds, shortest, longest) in [(60, 53, 54), (900, 889, 890), (3, 1, 2)] {
            let told = u64::try_from(now.as_millis()).expect("before the end of time") + seconds * 1000;
            let left = deadline(told) - Instant::now();
            let range = Duration::from_secs(shortest)..=Duration::from_secs(longest);
            assert!(range.contains(&left), "{seconds}: {left:?}");
        }
    }
}
