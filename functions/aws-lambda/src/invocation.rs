//! What Lambda says about an invocation, in the application's types.

use app::core::{RunContext, TraceContext};
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
    /// The trace of the call: its request's own, else Lambda's.
    pub(crate) trace: Option<TraceContext>,
}

impl Invocation {
    pub(crate) fn new(context: Context) -> Self {
        let trace = context.xray_trace_id.as_deref().and_then(parse_xray);
        Self { deadline: run_deadline(context.deadline), request_id: context.request_id, trace }
    }

    /// The bounds of a run of the application, and the trace that asks for it.
    pub(crate) fn run(&self) -> RunContext {
        RunContext { deadline: Some(self.deadline), trace: self.trace, ..RunContext::default() }
    }

    /// The same for a request to the HTTP API.
    pub(crate) fn into_request_context(self) -> RequestContext {
        RequestContext {
            request_id: Some(self.request_id),
            deadline: Some(self.deadline),
            trace: self.trace,
            ..RequestContext::default()
        }
    }
}

/// Reads Lambda's trace header, `Root=1-{8 digits}-{24 digits};Parent={16 digits};Sampled=1`: the digits of `Root` are the trace's id in W3C's form
/// (X-Ray developer guide: sending trace data). Without `Parent` there is no span to continue.
fn parse_xray(header: &str) -> Option<TraceContext> {
    let field = |name: &str| {
        let mut fields = header.split(';').filter_map(|field| field.trim().split_once('='));
        fields.find_map(|(found, value)| (found == name).then_some(value))
    };
    let (time, random) = field("Root")?.strip_prefix("1-")?.split_once('-')?;
    let (parent, sampled) = (field("Parent")?, u8::from(field("Sampled") == Some("1")));
    let is_split_well = time.len() == 8;
    TraceContext::parse(&format!("00-{time}{random}-{parent}-{sampled:02x}")).filter(|_| is_split_well)
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
    fn the_trace_of_x_ray_is_read_in_the_form_of_w3c() {
        let root = "Root=1-5759e988-bd862e3fe1be46a994272793";
        let expected = |flags| format!("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-{flags}");
        for (header, flags) in [
            (format!("{root};Parent=53995c3f42cd8ad8;Sampled=1"), "01"),
            (format!("{root};Parent=53995c3f42cd8ad8;Sampled=0;Lineage=a87bd80c:1|68fd508a:5"), "00"),
            (format!("Sampled=?; Parent=53995c3f42cd8ad8; {root}"), "00"),
        ] {
            let read = parse_xray(&header).map(|trace| trace.to_string());
            assert_eq!(read, Some(expected(flags)), "{header}");
        }
        for header in [
            root.to_owned(),
            String::new(),
            "Root=1-5759e988b-d862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1".into(),
            "Root=2-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1".into(),
            "Root=1-5759e988-bd862e3fe1be46a99427279;Parent=53995c3f42cd8ad8;Sampled=1".into(),
        ] {
            assert_eq!(parse_xray(&header), None, "{header}");
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
