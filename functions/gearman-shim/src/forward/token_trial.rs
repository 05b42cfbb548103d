//! What the response to a request that tries the token without a job says of the token.

use crate::forward::call_result::{RetryReason, is_function_failure};
use http::{HeaderMap, StatusCode};

/// What a trial found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TokenTrial {
    /// Function and gateway let the token in.
    Accepted,
    /// Function or gateway does not let it in.
    Refused {
        /// 401 or 403.
        status: StatusCode,
        /// The right that the refused request needs.
        right: &'static str,
    },
    /// Nobody judged the token.
    Unknown(RetryReason),
}

impl TokenTrial {
    /// Reads the response to a request that needs `right`. Anything but a refusal or a passing failure comes from behind the check of
    /// the token.
    pub(crate) fn from_response(status: StatusCode, headers: &HeaderMap, right: &'static str) -> Self {
        match status.as_u16() {
            401 | 403 => Self::Refused { status, right },
            429 | 500.. => Self::Unknown(RetryReason::Gateway(status)),
            _ if is_function_failure(headers) => Self::Unknown(RetryReason::FunctionFailed),
            _ => Self::Accepted,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    /// The function answers 400 to a trial that it lets in, since it names no task; a gateway may answer anything.
    #[test]
    fn only_401_and_403_are_refusals_of_the_token() {
        let (none, mut failed) = (HeaderMap::new(), HeaderMap::new());
        failed.insert("x-fc-error-type", "InitializationError".parse().unwrap());
        for (status, headers, expected) in [
            (400, &none, "accepted"),
            (200, &none, "accepted"),
            (302, &none, "accepted"),
            (404, &none, "accepted"),
            (401, &none, "refused"),
            (403, &none, "refused"),
            (403, &failed, "refused"),
            (200, &failed, "unknown"),
            (429, &none, "unknown"),
            (500, &none, "unknown"),
            (503, &none, "unknown"),
        ] {
            let found = TokenTrial::from_response(StatusCode::from_u16(status).unwrap(), headers, "submit");
            let found = match found {
                TokenTrial::Accepted => "accepted",
                TokenTrial::Refused { right: "submit", .. } => "refused",
                TokenTrial::Unknown(_) => "unknown",
                TokenTrial::Refused { .. } => "another right",
            };
            assert_eq!(found, expected, "{status}");
        }
    }
}
