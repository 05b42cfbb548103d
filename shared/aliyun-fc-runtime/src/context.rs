use crate::{
    credentials::Credentials, environment::Environment, headers::find_filled, variables::read_variable,
};
use http::HeaderMap;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// What the platform says about one call. It is cheap to clone.
///
/// The values come from the `x-fc-*` headers of the call and, where a header is missing or empty, from the instance's
/// environment. A text that the platform did not give is empty.
///
/// Source: the pages context and environment variables; timeout and retry count are recorded.
#[derive(Debug, Clone)]
pub struct Context(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    request_id: String,
    credentials: Option<Credentials>,
    function_name: String,
    region: String,
    account_id: String,
    memory_mb: Option<u32>,
    qualifier: String,
    version: String,
    instance_id: String,
    retry_count: u32,
    traceparent: Option<String>,
    deadline: Option<Instant>,
}

impl Context {
    /// The context of a call with these headers that arrives now; the process's environment
    /// supplies what they lack. The runtime does this for every call; tests of a handler may do it by hand.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        Self::new(headers, &Environment::read(&read_variable), Instant::now())
    }

    pub(crate) fn new(headers: &HeaderMap, environment: &Environment, arrival: Instant) -> Self {
        let text = |name, otherwise: Option<&String>| {
            find_filled(headers, name).or(otherwise.map(String::as_str)).unwrap_or_default().to_owned()
        };
        let timeout = find_filled(headers, "x-fc-function-timeout").and_then(|seconds| seconds.parse().ok());
        Self(Arc::new(Inner {
            request_id: text("x-fc-request-id", None),
            credentials: Credentials::from_headers(headers).or_else(|| environment.credentials.clone()),
            function_name: text("x-fc-function-name", environment.function_name.as_ref()),
            region: text("x-fc-region", environment.region.as_ref()),
            account_id: text("x-fc-account-id", environment.account_id.as_ref()),
            memory_mb: find_filled(headers, "x-fc-function-memory")
                .and_then(|megabytes| megabytes.parse().ok())
                .or(environment.memory_mb),
            qualifier: text("x-fc-qualifier", None),
            version: text("x-fc-version-id", environment.version.as_ref()),
            instance_id: environment.instance_id.clone().unwrap_or_default(),
            retry_count: find_filled(headers, "x-fc-retry-count")
                .and_then(|count| count.parse().ok())
                .unwrap_or(0),
            traceparent: read_traceparent(headers),
            deadline: timeout.and_then(|seconds| arrival.checked_add(Duration::from_secs(seconds))),
        }))
    }

    /// Id of the call (`x-fc-request-id`). It stays the same when an asynchronous call is retried (page on
    /// request-level metrics).
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// Credentials of the function's role; `None` where it has no role or its settings withhold them.
    pub fn credentials(&self) -> Option<&Credentials> {
        self.0.credentials.as_ref()
    }

    /// Name of the function (`x-fc-function-name`, `FC_FUNCTION_NAME`).
    pub fn function_name(&self) -> &str {
        &self.0.function_name
    }

    /// Id of the region, such as `cn-hangzhou` (`x-fc-region`, `FC_REGION`).
    pub fn region(&self) -> &str {
        &self.0.region
    }

    /// UID of the account that owns the function (`x-fc-account-id`, `FC_ACCOUNT_ID`).
    pub fn account_id(&self) -> &str {
        &self.0.account_id
    }

    /// Memory of the instance in MB (`x-fc-function-memory`, `FC_FUNCTION_MEMORY_SIZE`).
    pub fn memory_mb(&self) -> Option<u32> {
        self.0.memory_mb
    }

    /// The alias or version that the caller asked for (`x-fc-qualifier`).
    pub fn qualifier(&self) -> &str {
        &self.0.qualifier
    }

    /// The version that runs (`x-fc-version-id`, `FC_FUNCTION_VERSION`, `FC_VER_ID`); `LATEST` when none is published.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// Id of this instance (`FC_INSTANCE_ID`).
    pub fn instance_id(&self) -> &str {
        &self.0.instance_id
    }

    /// How often this asynchronous call was tried before; 0 the first time (`x-fc-retry-count`; recorded, not documented).
    pub fn retry_count(&self) -> u32 {
        self.0.retry_count
    }

    /// The `traceparent` of the call (W3C Trace Context), as its caller sent it; `None` where there is none, or several. It is passed on while
    /// tracing is on (page on tracing).
    pub fn traceparent(&self) -> Option<&str> {
        self.0.traceparent.as_deref()
    }

    /// When the platform will end the call: its arrival plus the function's timeout (`x-fc-function-timeout`, 1 to
    /// 86,400 seconds; recorded). `None` where the header is missing: there is no deadline header.
    pub fn deadline(&self) -> Option<Instant> {
        self.0.deadline
    }

    /// Time left until the [`deadline`](Self::deadline); zero once it has passed.
    pub fn remaining(&self) -> Option<Duration> {
        self.0.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

/// The value of a header that must not be repeated.
fn read_traceparent(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all("traceparent").iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    /// The headers of a call as the platform's documentation and a recorded request show them.
    fn documented() -> HeaderMap {
        include_str!("../tests/fixtures/invoke.headers")
            .lines()
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.trim().parse().unwrap()))
            .collect()
    }

    fn environment() -> Environment {
        Environment::read(&|name| match name {
            "ALIBABA_CLOUD_ACCESS_KEY_ID" => Some("STS.environment".to_owned()),
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET" => Some("environment-secret".to_owned()),
            "ALIBABA_CLOUD_SECURITY_TOKEN" => Some("environment-token".to_owned()),
            "FC_FUNCTION_NAME" => Some("from-environment".to_owned()),
            "FC_REGION" => Some("cn-beijing".to_owned()),
            "FC_ACCOUNT_ID" => Some("42".to_owned()),
            "FC_FUNCTION_MEMORY_SIZE" => Some("256".to_owned()),
            "FC_FUNCTION_VERSION" => Some("3".to_owned()),
            "FC_INSTANCE_ID" => Some("c-1".to_owned()),
            _ => None,
        })
    }

    fn key_id(headers: &HeaderMap, environment: &Environment) -> Option<String> {
        let context = Context::new(headers, environment, Instant::now());
        context.credentials().map(|credentials| credentials.access_key_id().to_owned())
    }

    #[test]
    fn documented_headers_are_read() {
        let context = Context::new(&documented(), &Environment::default(), Instant::now());
        assert_eq!(context.request_id(), "1-67a59f35-150c1267-f381ba1c085c");
        assert_eq!(context.function_name(), "resize");
        assert_eq!(context.region(), "cn-hangzhou");
        assert_eq!(context.account_id(), "1234567890123456");
        assert_eq!(context.memory_mb(), Some(512));
        assert_eq!(context.version(), "LATEST");
        assert_eq!(context.qualifier(), "LATEST");
        assert_eq!(context.retry_count(), 0);
        assert_eq!(context.credentials(), None, "a function without a role is sent empty headers");
        assert_eq!(context.traceparent(), None);
        let mut headers = documented();
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        headers.insert("traceparent", traceparent.parse().unwrap());
        assert_eq!(Context::from_headers(&headers).traceparent(), Some(traceparent));
        headers.append("traceparent", traceparent.parse().unwrap());
        assert_eq!(Context::from_headers(&headers).traceparent(), None);
    }

    #[test]
    fn the_environment_supplies_what_headers_lack() {
        for headers in
            [HeaderMap::new(), documented().keys().map(|k| (k.clone(), "".parse().unwrap())).collect()]
        {
            let context = Context::new(&headers, &environment(), Instant::now());
            assert_eq!(context.request_id(), "");
            assert_eq!(context.function_name(), "from-environment");
            assert_eq!(context.region(), "cn-beijing");
            assert_eq!(context.account_id(), "42");
            assert_eq!(context.memory_mb(), Some(256));
            assert_eq!(context.version(), "3");
            assert_eq!(context.instance_id(), "c-1");
            assert_eq!(context.retry_count(), 0);
            assert_eq!(context.deadline(), None);
            assert_eq!(context.remaining(), None);
        }
    }

    #[test]
    fn of_a_repeated_header_the_first_filled_value_counts() {
        let mut headers = HeaderMap::new();
        for value in ["", "first", "second"] {
            headers.append("x-fc-request-id", value.parse().unwrap());
        }
        assert_eq!(Context::new(&headers, &Environment::default(), Instant::now()).request_id(), "first");
    }

    #[test]
    fn credentials_come_from_the_headers_or_the_environment() {
        let mut headers = documented();
        assert_eq!(key_id(&headers, &environment()).as_deref(), Some("STS.environment"));
        assert_eq!(key_id(&headers, &Environment::default()), None);
        headers.insert("x-fc-access-key-id", "STS.header".parse().unwrap());
        headers.insert("x-fc-access-key-secret", "header-secret".parse().unwrap());
        assert_eq!(
            key_id(&headers, &environment()).as_deref(),
            Some("STS.environment"),
            "no token in the headers"
        );
        headers.insert("x-fc-security-token", "header-token".parse().unwrap());
        assert_eq!(key_id(&headers, &environment()).as_deref(), Some("STS.header"));
        assert_eq!(key_id(&headers, &Environment::default()).as_deref(), Some("STS.header"));
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_is_the_arrival_plus_the_timeout() {
        let arrival = Instant::now();
        let context = Context::new(&documented(), &Environment::default(), arrival);
        assert_eq!(context.deadline(), Some(arrival + Duration::from_secs(60)));
        tokio::time::advance(Duration::from_secs(59)).await;
        assert_eq!(context.remaining(), Some(Duration::from_secs(1)));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(context.remaining(), Some(Duration::ZERO));
    }

    #[test]
    fn a_timeout_too_large_to_add_is_no_deadline() {
        let mut headers = HeaderMap::new();
        headers.insert("x-fc-function-timeout", u64::MAX.into());
        assert_eq!(Context::new(&headers, &Environment::default(), Instant::now()).deadline(), None);
    }

    #[test]
    fn debug_output_hides_credentials() {
        let context = Context::new(&HeaderMap::new(), &environment(), Instant::now());
        let shown = format!("{context:?}");
        assert!(shown.contains("from-environment"), "{shown}");
        assert!(!shown.contains("environment-secret") && !shown.contains("environment-token"), "{shown}");
    }
}
