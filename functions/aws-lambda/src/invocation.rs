//! What Lambda says about an invocation, in the application's types.

use app::core::RunContext;
use http_api::RequestContext;
use lambda_runtime::Context;
use std::{
    sync::LazyLock,
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

/// The longest time of a function, on Managed Instances (Lambda quotas).
const MAX_TIMEOUT: Duration = Duration::from_secs(90 * 60);
/// The longest timeout of a function elsewhere.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// Seconds of the function's timeout, where its host sets the variable; Lambda itself sends the deadline of each call.
const TIMEOUT_VARIABLE: &str = "AWS_LAMBDA_FUNCTION_TIMEOUT";

static CONFIGURED_TIMEOUT: LazyLock<Duration> = LazyLock::new(|| {
    let seconds = std::env::var(TIMEOUT_VARIABLE).ok().and_then(|text| text.parse().ok());
    let timeout = seconds.filter(|seconds| *seconds > 0).map_or(DEFAULT_TIMEOUT, Duration::from_secs);
    timeout.min(MAX_TIMEOUT)
});

/// One invocation of the function.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// Lambda's id of the request; the same when an asynchronous one is retried.
    pub(crate) request_id: String,
    deadline: Instant,
}

impl Invocation {
    pub(crate) fn new(context: Context) -> Self {
        Self { deadline: run_deadline(context.deadline), request_id: context.request_id }
    }

    /// The bounds of a run of the application.
    pub(crate) fn run(&self) -> RunContext {
        RunContext { deadline: Some(self.deadline), ..RunContext::default() }
    }

    /// The same for a request to the HTTP API.
    pub(crate) fn into_request_context(self) -> RequestContext {
        RequestContext { request_id: Some(self.request_id), credentials: None, deadline: Some(self.deadline) }
    }
}

/// When the run must have ended, some time before the platform ends it.
///
/// `deadline_ms` is the context's deadline in milliseconds since 1970.
fn run_deadline(deadline_ms: u64) -> Instant {
    let left = time_left(deadline_ms, SystemTime::now(), *CONFIGURED_TIMEOUT);
    let margin = app::startup::deadline_margin(left);
    Instant::now() + left.saturating_sub(margin)
}

/// Some hosts send a deadline that is long past when the call begins, or weeks ahead: then the configured timeout applies.
fn time_left(deadline_ms: u64, now: SystemTime, configured: Duration) -> Duration {
    let deadline = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(deadline_ms));
    let left = deadline.and_then(|deadline| deadline.duration_since(now).ok());
    left.filter(|left| !left.is_zero() && *left <= MAX_TIMEOUT).unwrap_or(configured)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impossible_deadline_is_ignored() {
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
        for (deadline_ms, expected) in cases {
            assert_eq!(
                time_left(deadline_ms, now, configured),
                Duration::from_secs(expected),
                "{deadline_ms}"
            );
        }
    }

    #[test]
    fn the_run_ends_before_the_call() {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        for (seconds, shortest, longest) in [(60, 53, 54), (900, 889, 890), (3, 1, 2)] {
            let deadline_ms =
                u64::try_from(now.as_millis()).expect("before the end of time") + seconds * 1000;
            let left = run_deadline(deadline_ms) - Instant::now();
            let range = Duration::from_secs(shortest)..=Duration::from_secs(longest);
            assert!(range.contains(&left), "{seconds}: {left:?}");
        }
    }
}
