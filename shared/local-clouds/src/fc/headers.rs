//! Header injection, reserved headers, limits (fc.md, sections 1.3 and 1.8).

use http::header::{
    CONNECTION, CONTENT_DISPOSITION, CONTENT_LENGTH, DATE, EXPECT, SERVER, TE, TRANSFER_ENCODING, UPGRADE,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName};

use crate::fc::config::credentials::{DisableInject, StsCredentials};
use crate::fc::config::function::FunctionConfig;
use crate::fc::error::{FcError, insert_header};
use crate::fc::platform::Platform;

/// Body of a synchronous call.
pub(crate) const SYNC_BODY: usize = 32 * 1024 * 1024;

/// Body of an asynchronous call.
pub(crate) const ASYNC_BODY: usize = 128 * 1024;

const HEADERS: usize = 8 * 1024;

const PATH_AND_QUERY: usize = 4 * 1024;

/// The `x-fc-*` headers a caller may send: all of them control the call itself.
const CONTROL_HEADERS: [&str; 4] =
    ["x-fc-invocation-type", "x-fc-log-type", "x-fc-async-task-id", "x-fc-async-delay"];

/// Platform headers recorded without a value.
const EMPTY_HEADERS: [&str; 11] = [
    "x-fc-service-name",
    "x-fc-service-logproject",
    "x-fc-service-logstore",
    "x-fc-client-ip",
    "x-fc-api-server-ip",
    "x-fc-tracing-jaeger-endpoint",
    "x-fc-tracing-opentracing-span-context",
    "x-fc-tracing-opentracing-span-baggages",
    "x-fc-eagleeye-traceid",
    "x-fc-eagleeye-rpcid",
    "x-fc-eagleeye-userdata",
];

/// Applies the gateway's first checks: header size, path length, reserved headers.
pub(crate) fn check_request(parts: &Parts) -> Result<(), FcError> {
    if header_size(&parts.headers) > HEADERS {
        return Err(FcError::invalid(format!("request headers exceed {HEADERS} bytes")));
    }
    if parts.uri.path_and_query().map_or(0, |text| text.as_str().len()) > PATH_AND_QUERY {
        return Err(FcError::invalid(format!("path and query exceed {PATH_AND_QUERY} bytes")));
    }
    let reserved =
        |name: &&HeaderName| name.as_str().starts_with("x-fc-") && !CONTROL_HEADERS.contains(&name.as_str());
    match parts.headers.keys().find(reserved) {
        Some(name) => Err(FcError::invalid(format!("request header {name} is reserved"))),
        None => Ok(()),
    }
}

/// Refuses an answer whose headers are too large.
pub(crate) fn check_response(headers: &HeaderMap) -> Result<(), FcError> {
    if header_size(headers) > HEADERS {
        return Err(FcError::bad_gateway("BadResponse", format!("response headers exceed {HEADERS} bytes")));
    }
    Ok(())
}

/// Removes the headers of the caller's connection, which do not belong to the function's.
pub(crate) fn strip_request(headers: &mut HeaderMap) {
    for name in [CONNECTION, EXPECT, TE, TRANSFER_ENCODING, CONTENT_LENGTH, UPGRADE] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
    for name in CONTROL_HEADERS {
        headers.remove(name);
    }
}

/// Removes the headers that a function must not set.
pub(crate) fn strip_response(headers: &mut HeaderMap) {
    for name in [CONNECTION, CONTENT_LENGTH, DATE, SERVER, TRANSFER_ENCODING, UPGRADE] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
    if headers.get(CONTENT_DISPOSITION).is_some_and(|value| value == "attachment") {
        headers.remove(CONTENT_DISPOSITION);
    }
    let ours: Vec<_> = headers.keys().filter(|name| name.as_str().starts_with("x-fc-")).cloned().collect();
    for name in ours {
        headers.remove(name);
    }
}

/// The headers that differ from call to call.
pub(crate) struct CallInfo<'a> {
    pub(crate) request_id: &'a str,
    /// Absent where the platform's value is unknown (pre-stop, health check).
    pub(crate) control_path: Option<&'static str>,
    pub(crate) retry_count: u32,
    /// The caller's path, for HTTP triggers.
    pub(crate) base_path: &'a str,
}

/// Sets the platform's headers.
pub(crate) fn inject(
    headers: &mut HeaderMap,
    call: &CallInfo<'_>,
    config: &FunctionConfig,
    credentials: Option<&StsCredentials>,
    platform: &Platform,
) {
    insert_header(headers, "x-fc-request-id", call.request_id);
    if let Some(path) = call.control_path {
        insert_header(headers, "x-fc-control-path", path);
    }
    insert_header(headers, "x-fc-retry-count", &call.retry_count.to_string());
    insert_header(headers, "x-fc-base-path", call.base_path);
    insert_header(headers, "x-fc-function-name", &config.name);
    insert_header(headers, "x-fc-function-handler", "index.handler");
    insert_header(headers, "x-fc-function-memory", &config.memory_mb.to_string());
    insert_header(headers, "x-fc-function-timeout", &config.timeout.as_millis().div_ceil(1000).to_string());
    insert_header(headers, "x-fc-region", &platform.region);
    insert_header(headers, "x-fc-account-id", &platform.account_id);
    insert_header(headers, "x-fc-qualifier", "LATEST");
    insert_header(headers, "x-fc-version-id", "");
    for name in EMPTY_HEADERS {
        insert_header(headers, name, "");
    }
    if matches!(config.disable_inject_credentials, DisableInject::Request | DisableInject::All) {
        return;
    }
    let (id, secret, token) = credentials.map_or(("", "", ""), |credentials| {
        (&credentials.access_key_id, &credentials.access_key_secret, &credentials.security_token)
    });
    insert_header(headers, "x-fc-access-key-id", id);
    insert_header(headers, "x-fc-access-key-secret", secret);
    if !config.runtime.is_recent() {
        insert_header(headers, "x-fc-security-token", token);
    }
}

fn header_size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}
