//! Youku's errors and their three forms on the wire.

use axum::body::Body;
use http::{Response, StatusCode, header};
use serde_json::json;

use crate::youku::switches::{ErrorForm, Switches};

/// "Expired upload token".
pub(crate) const EXPIRED_UPLOAD_TOKEN: u64 = 120_010_223;

/// "Hash check error".
const HASH_CHECK: u64 = 120_010_225;

// Youku publishes no code for the following; the numbers are this server's own.
const ACCESS_TOKEN_MISSING: u64 = 1007;

const RATE_LIMIT: u64 = 1017;

const NO_SUCH_CALL: u64 = 1003;

const PARAMETER: u64 = 120_010_101;

const NOT_READY: u64 = 120_010_222;

const WRONG_BYTES: u64 = 120_010_224;

const ALREADY_COMMITTED: u64 = 120_010_226;

const REFRESH_TOKEN: u64 = 130_010_101;

const NO_SUCH_VIDEO: u64 = 120_020_001;

const WRONG_STATE: u64 = 120_020_002;

/// "System error": seen after a deletion that had happened (protocol sheet youku-manage.md).
const SYSTEM_ERROR: u64 = 1002;

/// A page beyond the end of a list (protocol sheet youku-manage.md).
const BEYOND_THE_END: u64 = 120_040_101;

/// An error answer of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    status: StatusCode,
    pub(crate) code: u64,
    kind: &'static str,
    pub(crate) description: String,
    /// Answered by what stands in front of Youku: a page without an error of Youku's own.
    is_page: bool,
}

impl ApiError {
    fn system(code: u64, description: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            kind: "SystemException",
            description: description.into(),
            is_page: false,
        }
    }

    fn uploads(code: u64, description: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            kind: "UploadsException",
            description: description.into(),
            is_page: false,
        }
    }

    pub(crate) fn unavailable() -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self { status, ..Self::system(1001, "Service temporarily unavailable") }
    }

    pub(crate) fn client_invalid() -> Self {
        Self::system(1005, "Client id invalid")
    }

    pub(crate) fn access_token_missing() -> Self {
        Self::system(ACCESS_TOKEN_MISSING, "Access token null")
    }

    pub(crate) fn access_token_invalid() -> Self {
        Self::system(1008, "Access token invalid")
    }

    pub(crate) fn access_token_expired() -> Self {
        Self::system(1009, "Access token expired")
    }

    pub(crate) fn refresh_token() -> Self {
        Self { kind: "OAuthException", ..Self::system(REFRESH_TOKEN, "Refresh token invalid or used") }
    }

    pub(crate) fn rate_limit() -> Self {
        let status = StatusCode::FORBIDDEN;
        Self { status, ..Self::system(RATE_LIMIT, "Calls of this client exceed the hourly limit") }
    }

    pub(crate) fn no_such_call() -> Self {
        Self { status: StatusCode::NOT_FOUND, ..Self::system(NO_SUCH_CALL, "Method not found") }
    }

    /// The answer of a host that does not have the call.
    pub(crate) fn no_such_page() -> Self {
        Self { is_page: true, ..Self::no_such_call() }
    }

    pub(crate) fn parameter(name: &str, why: &str) -> Self {
        Self::uploads(PARAMETER, format!("Parameter {name}: {why}"))
    }

    pub(crate) fn upload_token() -> Self {
        Self::uploads(EXPIRED_UPLOAD_TOKEN, "Expired upload token")
    }

    pub(crate) fn hash_check() -> Self {
        Self::uploads(HASH_CHECK, "Hash check error")
    }

    pub(crate) fn not_ready(why: &str) -> Self {
        Self::uploads(NOT_READY, why)
    }

    pub(crate) fn wrong_bytes(why: &str) -> Self {
        Self::uploads(WRONG_BYTES, why)
    }

    pub(crate) fn already_committed() -> Self {
        Self::uploads(ALREADY_COMMITTED, "Upload is already committed")
    }

    pub(crate) fn no_such_video() -> Self {
        let status = StatusCode::NOT_FOUND;
        Self { status, ..Self::videos(NO_SUCH_VIDEO, "Video does not exist") }
    }

    fn videos(code: u64, description: &str) -> Self {
        Self { kind: "VideosException", ..Self::system(code, description) }
    }

    pub(crate) fn wrong_state(state: &str) -> Self {
        Self::videos(WRONG_STATE, &format!("Video is {state}"))
    }

    pub(crate) fn system_error() -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self { status, ..Self::system(SYSTEM_ERROR, "System error") }
    }

    pub(crate) fn beyond_the_end() -> Self {
        Self::videos(BEYOND_THE_END, "Page is beyond the end")
    }

    /// The error of a fault rule, with the code's usual text if it has one.
    pub(crate) fn from_rule(status: StatusCode, code: Option<&str>) -> Self {
        let code = code.and_then(|code| code.parse().ok()).unwrap_or(1001);
        let usual = match code {
            1005 => Self::client_invalid(),
            1008 => Self::access_token_invalid(),
            1009 => Self::access_token_expired(),
            EXPIRED_UPLOAD_TOKEN => Self::upload_token(),
            HASH_CHECK => Self::hash_check(),
            1001 => Self::unavailable(),
            other => Self::system(other, "Scripted refusal"),
        };
        Self { status, ..usual }
    }

    pub(crate) fn to_response(&self, switches: &Switches) -> Response<Body> {
        let Self { status, code, kind, description, is_page } = self;
        if *is_page {
            return page(*status);
        }
        let (content_type, body) = match switches.error_form {
            ErrorForm::Json => ("application/json; charset=utf-8", self.json()),
            ErrorForm::Text => ("text/plain; charset=utf-8", self.json()),
            ErrorForm::Form => {
                let code = code.to_string();
                let pairs = [("code", code.as_str()), ("type", *kind), ("description", description.as_str())];
                ("text/plain; charset=utf-8", serde_urlencoded::to_string(pairs).unwrap_or_default())
            }
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = if switches.errors_answer_200 { StatusCode::OK } else { *status };
        response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static(content_type));
        response
    }

    fn json(&self) -> String {
        json!({"error": {"code": self.code, "type": self.kind, "description": self.description}}).to_string()
    }
}

/// A page of the gateway, whatever the switches say of Youku's own errors.
fn page(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("<html><body><h1>{status}</h1></body></html>")));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static("text/html"));
    response
}
