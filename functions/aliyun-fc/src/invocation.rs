//! What the platform says about an invocation, in the application's types.

use aliyun_fc_runtime::{Body, Context};
use app::{
    Credentials,
    core::{RunContext, TraceContext},
};
use http_api::RequestContext;

/// Passes what the platform says about a request to the HTTP API.
pub(crate) fn with_call(mut request: http::Request<Body>) -> http::Request<Body> {
    let call = request.extensions().get().map(|context: &Context| RequestContext {
        // The runtime has an empty text where the platform names no request.
        request_id: Some(context.request_id()).filter(|id| !id.is_empty()).map(str::to_owned),
        credentials: credentials(context),
        deadline: deadline(context),
        // The request's own headers name its trace.
        ..RequestContext::default()
    });
    request.extensions_mut().insert(call.unwrap_or_default());
    request
}

/// The credentials of the function's role, which the platform renews with every call.
pub(crate) fn credentials(context: &Context) -> Option<Credentials> {
    context.credentials().map(|role| Credentials::Static {
        access_key_id: role.access_key_id().into(),
        access_key_secret: role.access_key_secret().into(),
        security_token: role.security_token().map(Into::into),
    })
}

/// The bounds of a run of the application, and the trace that it belongs to.
pub(crate) fn run(context: &Context, trace: Option<TraceContext>) -> RunContext {
    RunContext { deadline: deadline(context), trace, ..RunContext::default() }
}

/// The trace of the call.
pub(crate) fn trace(context: &Context) -> Option<TraceContext> {
    TraceContext::parse(context.traceparent()?)
}

/// When the run must have ended, some time before the platform ends it.
fn deadline(context: &Context) -> Option<tokio::time::Instant> {
    let margin = app::startup::deadline_margin(context.remaining()?);
    context.deadline()?.checked_sub(margin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue};
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn the_http_api_gets_what_the_platform_says() {
        let headers = [
            ("x-fc-request-id", "r-1"),
            ("x-fc-access-key-id", "id"),
            ("x-fc-access-key-secret", "secret"),
            ("x-fc-security-token", "token"),
            ("x-fc-function-timeout", "60"),
        ];
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(name, HeaderValue::from_static(value));
        }
        let mut request = http::Request::new(Body::from(""));
        request.extensions_mut().insert(Context::from_headers(&map));
        let request = with_call(request);
        let call = request.extensions().get::<RequestContext>().expect("a call");
        assert_eq!(call.request_id.as_deref(), Some("r-1"));
        assert!(
            matches!(&call.credentials, Some(Credentials::Static { access_key_id, .. }) if access_key_id == "id")
        );
        let left = call.deadline.expect("a deadline") - Instant::now();
        assert!(left > Duration::from_secs(50) && left <= Duration::from_secs(54), "{left:?}");
    }

    #[test]
    fn a_request_without_an_id_has_none() {
        let mut request = http::Request::new(Body::from(""));
        request.extensions_mut().insert(Context::from_headers(&HeaderMap::new()));
        let request = with_call(request);
        assert_eq!(request.extensions().get::<RequestContext>().expect("a call").request_id, None);
    }
}
