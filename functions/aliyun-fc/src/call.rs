//! What the platform knows of a call, in the application's words.

use aliyun_fc_runtime::{Body, Context};
use app::Credentials;
use http_api::RequestContext;
use std::time::Duration;

/// Hands the platform's knowledge of a request to the HTTP door.
pub(crate) fn with_call(mut request: http::Request<Body>) -> http::Request<Body> {
    let call = request.extensions().get().map(|context: &Context| RequestContext {
        request_id: context.request_id().to_owned(),
        credentials: credentials(context),
        deadline: deadline(context),
    });
    request.extensions_mut().insert(call.unwrap_or_default());
    request
}

/// The function's own credentials, fresh with every call.
pub(crate) fn credentials(context: &Context) -> Option<Credentials> {
    context.credentials().map(|given| Credentials::Static {
        access_key_id: given.access_key_id().into(),
        access_key_secret: given.access_key_secret().into(),
        security_token: given.security_token().map(Into::into),
    })
}

/// The run ends before the platform ends it: a tenth of what is left earlier, 1 to 10 s.
pub(crate) fn deadline(context: &Context) -> Option<tokio::time::Instant> {
    let margin = (context.remaining()? / 10).clamp(Duration::from_secs(1), Duration::from_secs(10));
    context.deadline()?.checked_sub(margin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue};
    use tokio::time::Instant;

    #[test]
    fn the_http_door_learns_what_the_platform_knows() {
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
        assert_eq!(call.request_id, "r-1");
        assert!(
            matches!(&call.credentials, Some(Credentials::Static { access_key_id, .. }) if access_key_id == "id")
        );
        let left = call.deadline.expect("a deadline") - Instant::now();
        assert!(left > Duration::from_secs(50) && left <= Duration::from_secs(54), "{left:?}");
    }
}
