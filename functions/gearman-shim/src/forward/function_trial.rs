//! What the response to a request without a job says of the function's address and of the token.

use crate::forward::{
    call_result::{RetryReason, is_function_failure},
    reply::LegacyReply,
};
use http::{HeaderMap, StatusCode};

/// What a trial found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FunctionTrial {
    /// The function answered, and lets the token in.
    Accepted,
    /// No job can be forwarded until a person mends something.
    Refused(Refusal),
    /// Neither the function nor its gateway judged the request.
    Unknown(RetryReason),
}

/// Why no job can be forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Function or gateway does not let the token in.
    Token {
        /// 401 or 403.
        status: StatusCode,
        /// The right that the refused request needs.
        right: &'static str,
    },
    /// What answers at the address is not the function.
    Address {
        /// Any that is neither a refusal of the token nor a passing failure.
        status: StatusCode,
    },
}

impl FunctionTrial {
    /// Reads the response to a request that needs `right`, and that the function refuses with 400 in its own form once it has let the token
    /// in. Anything else that is no refusal of the token and no passing failure comes from another server.
    pub(crate) fn from_response(
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        right: &'static str,
    ) -> Self {
        match status.as_u16() {
            401 | 403 => Self::Refused(Refusal::Token { status, right }),
            _ if is_temporary(status) => Self::Unknown(RetryReason::Gateway(status)),
            _ if is_function_failure(headers) => Self::Unknown(RetryReason::FunctionFailed),
            400 if is_outcome(body) => Self::Accepted,
            _ => Self::Refused(Refusal::Address { status }),
        }
    }
}

/// Whether whatever answered may answer otherwise later: it was too slow (408), too early (425), too busy (429), or failed.
fn is_temporary(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429 | 500..)
}

/// Whether it is a failure in the function's own form, which always has a stable code.
fn is_outcome(body: &[u8]) -> bool {
    serde_json::from_slice(body).is_ok_and(|reply: LegacyReply| reply.error.is_some())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    const OWN: &str = r#"{"code":"400","msg":"lacks source","info":"lacks source","error":"invalid_job","data":{"key":""}}"#;

    /// The function answers 400 in its own form to a trial that it lets in, since it names no task.
    #[test]
    fn a_trial_tells_the_function_from_what_is_none() {
        let (none, mut failed) = (HeaderMap::new(), HeaderMap::new());
        failed.insert("x-fc-error-type", "InitializationError".parse().unwrap());
        for (status, headers, body, expected) in [
            (400, &none, OWN, "accepted"),
            (400, &none, "", "address"),
            (400, &none, "<html>", "address"),
            (400, &none, r#"{"code":"400","msg":"Bad Request"}"#, "address"),
            (200, &none, "<html>", "address"),
            (200, &none, OWN, "address"),
            (302, &none, "", "address"),
            (404, &none, r#"{"code":"404","msg":"there is no such path","error":"no_such_path"}"#, "address"),
            (405, &none, "", "address"),
            (401, &none, OWN, "token"),
            (403, &none, "", "token"),
            (403, &failed, "", "token"),
            (200, &failed, "", "unknown"),
            (408, &none, "<html>", "unknown"),
            (425, &none, "", "unknown"),
            (429, &none, "", "unknown"),
            (500, &none, "<html>", "unknown"),
            (503, &none, "", "unknown"),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let found = match FunctionTrial::from_response(status, headers, body.as_bytes(), "submit") {
                FunctionTrial::Accepted => "accepted",
                FunctionTrial::Refused(Refusal::Token { right: "submit", .. }) => "token",
                FunctionTrial::Refused(Refusal::Token { .. }) => "another right",
                FunctionTrial::Refused(Refusal::Address { .. }) => "address",
                FunctionTrial::Unknown(_) => "unknown",
            };
            assert_eq!(found, expected, "{status} {body}");
        }
    }
}
