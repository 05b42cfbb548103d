//! Youku's error bodies: which failure they mean.
//!
//! `{"error":{"code","type","description"}}` or URL-encoded `code=..&type=..&description=..`, under any content type. A body with
//! `error` is a failure whatever the status. The description is looked at and dropped: it may repeat what was sent.

use super::{operation::Operation, plain_word::keep_plain_word};
use crate::error::{self, Details, Error, ErrorKind};
use ::error::RetryAdvice;
use http::StatusCode;
use serde_json::{Map, Value};
use std::time::Duration;

/// "Hash check error": documented for a slice.
const HASH_CHECK: i64 = 120_010_225;
/// What the local Youku says at commit of a file that has another hash than announced; Youku's own code for it is not documented.
const WRONG_FILE: i64 = 120_010_224;

/// What Youku said when it refused.
#[derive(Default)]
pub(crate) struct ApiError {
    code: Option<i64>,
    kind: Option<String>,
    description: String,
}

impl ApiError {
    /// The refusal in a JSON answer, if it is one.
    pub(crate) fn from_json(status: StatusCode, body: &Map<String, Value>) -> Option<Self> {
        match body.get("error") {
            Some(Value::Object(error)) => Some(Self::from_members(error)),
            Some(Value::String(kind)) => Some(Self { kind: keep_plain_word(kind), ..Self::default() }),
            Some(Value::Null | Value::Bool(false)) | None => {
                (!status.is_success()).then(|| Self::from_members(body))
            }
            Some(other) => Some(Self { code: other.as_i64(), ..Self::default() }),
        }
    }

    /// The refusal in a URL-encoded answer: it must name a code.
    pub(crate) fn from_form(body: &[u8]) -> Option<Self> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).ok()?;
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, v)| v);
        Some(Self {
            code: Some(value("code")?.parse().ok()?),
            kind: value("type").and_then(|kind| keep_plain_word(kind)),
            description: value("description").cloned().unwrap_or_default(),
        })
    }

    fn from_members(members: &Map<String, Value>) -> Self {
        Self {
            code: members.get("code").and_then(|code| code.as_i64().or_else(|| code.as_str()?.parse().ok())),
            kind: members.get("type").and_then(|kind| keep_plain_word(kind.as_str()?)),
            description: members.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
        }
    }

    /// The failure that this refusal means under `status`.
    pub(crate) fn into_error(
        self,
        operation: Operation,
        status: StatusCode,
        retry_after: Option<Duration>,
    ) -> Error {
        let kind = self.error_kind(operation, status);
        let details = Details {
            code: self.code,
            error_type: self.kind,
            status: Some(status.as_u16()),
            ..Details::default()
        };
        let error = error::from_answer(kind, operation, details, retry_after);
        match kind {
            // Sending a slice again has nothing to do with what the server asked to wait for; in any other call it cures nothing.
            ErrorKind::SliceHashMismatch if operation == Operation::UploadSlice => error.retryable(),
            ErrorKind::SliceHashMismatch => error.with_advice(RetryAdvice::Permanent),
            _ => error,
        }
    }

    fn error_kind(&self, operation: Operation, status: StatusCode) -> ErrorKind {
        if status == StatusCode::TOO_MANY_REQUESTS {
            return ErrorKind::RateLimited;
        }
        let commits = operation == Operation::Commit;
        match self.code {
            Some(1001) => ErrorKind::Unavailable,
            Some(1005) => ErrorKind::ClientRefused,
            Some(1008 | 1009) => ErrorKind::AccessTokenRefused,
            Some(120_010_223) => ErrorKind::UploadTokenExpired,
            Some(HASH_CHECK) if commits => ErrorKind::FileHashMismatch,
            Some(HASH_CHECK) => ErrorKind::SliceHashMismatch,
            _ if commits && self.refuses_the_bytes(status) => ErrorKind::FileHashMismatch,
            _ if self.names_a_call_limit() => ErrorKind::RateLimited,
            _ if commits && self.says_session_over(status) => ErrorKind::UploadTokenExpired,
            _ if self.names_something_unknown(status) => ErrorKind::NotFound,
            _ => kind_of_status(status),
        }
    }

    /// Youku documents a call limit and no code for it, so the words must do.
    fn names_a_call_limit(&self) -> bool {
        let words =
            format!("{} {}", self.kind.as_deref().unwrap_or_default(), self.description).to_ascii_lowercase();
        let limit = words.contains("limit") || words.contains("exceed") || words.contains("quota");
        let calls = ["call", "request", "rate", "frequen", "api"];
        (limit && calls.iter().any(|word| words.contains(word)))
            || words.contains("too many")
            || words.contains("too frequent")
    }

    /// Whether Youku says of a commit that the file's bytes are not those that were announced. A server that fails may name a hash
    /// as well, and has decided nothing.
    fn refuses_the_bytes(&self, status: StatusCode) -> bool {
        let words = self.description.to_ascii_lowercase();
        let mut words = words.split(|c: char| !c.is_ascii_alphanumeric());
        let spoken = words.any(|word| word == "hash" || word.contains("md5"));
        self.code == Some(WRONG_FILE) || spoken && !status.is_server_error()
    }

    /// Whether Youku says of a commit that it does not know the upload, or has committed it before: neither proves anything.
    fn says_session_over(&self, status: StatusCode) -> bool {
        let words = self.description.to_ascii_lowercase();
        let committed = words.contains("already") && words.contains("commit") || words.contains("已提交");
        committed || self.names_something_unknown(status)
    }

    fn names_something_unknown(&self, status: StatusCode) -> bool {
        if self.kind.as_deref() == Some("SystemException") {
            return false; // an unknown path or client says nothing about a video
        }
        let words = self.description.to_ascii_lowercase();
        let named = (self.code.is_some() || self.kind.is_some()) && status == StatusCode::NOT_FOUND;
        named || words.contains("not exist") || words.contains("not found")
    }
}

/// What a status means when the body says nothing.
pub(crate) fn kind_of_status(status: StatusCode) -> ErrorKind {
    match status {
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::RateLimited,
        StatusCode::REQUEST_TIMEOUT => ErrorKind::Unavailable,
        _ if status.is_server_error() => ErrorKind::Unavailable,
        _ if status.is_client_error() || status.is_success() => ErrorKind::Refused,
        _ => ErrorKind::Protocol,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::response::Response;

    const SECRET: &str = "a1b2c3-token";

    fn refused(status: u16, body: &str) -> Error {
        refused_with(status, body, None)
    }

    fn refused_with(status: u16, body: &str, wait: Option<Duration>) -> Error {
        refused_call(Operation::Commit, status, body, wait)
    }

    #[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    fn refused_call(operation: Operation, status: u16, body: &str, wait: Option<Duration>) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        Response::parse(operation, status, wait, body.as_bytes()).unwrap_err()
    }

    fn error_body(code: i64, kind: &str, description: &str) -> String {
        format!(r#"{{"error":{{"code":{code},"type":"{kind}","description":"{description}"}}}}"#)
    }

    #[test]
    fn a_refused_file_is_final_and_a_refused_slice_is_sent_again() {
        let cases = [
            (Operation::Commit, 400, 120_010_225, "words", ErrorKind::FileHashMismatch),
            (Operation::Commit, 200, 120_010_224, "words", ErrorKind::FileHashMismatch),
            (
                Operation::Commit,
                400,
                120_010_230,
                "File MD5 differs from create",
                ErrorKind::FileHashMismatch,
            ),
            (Operation::Commit, 400, 120_010_230, "the file_md5 is wrong", ErrorKind::FileHashMismatch),
            (Operation::Commit, 403, 120_010_230, "文件MD5校验失败", ErrorKind::FileHashMismatch),
            (Operation::Commit, 404, 120_010_230, "Hash of the file not found", ErrorKind::FileHashMismatch),
            (Operation::Commit, 503, 120_010_230, "the hash service is down", ErrorKind::Unavailable),
            (
                Operation::Commit,
                400,
                120_010_226,
                "Upload is already committed",
                ErrorKind::UploadTokenExpired,
            ),
            (
                Operation::Commit,
                404,
                120_010_230,
                "Upload token does not exist",
                ErrorKind::UploadTokenExpired,
            ),
            (Operation::Cancel, 404, 120_010_230, "Upload token does not exist", ErrorKind::NotFound),
            (Operation::Commit, 400, 120_010_230, "a hashtag is not allowed", ErrorKind::Refused),
            (Operation::Commit, 400, 120_010_223, "token of another hash", ErrorKind::UploadTokenExpired),
            (Operation::Commit, 400, 1001, "hash", ErrorKind::Unavailable),
            (Operation::Create, 400, 120_010_224, "words", ErrorKind::Refused),
            (Operation::Create, 400, 120_010_230, "md5 is missing", ErrorKind::Refused),
            (Operation::UploadSlice, 400, 120_010_225, "Hash check error", ErrorKind::SliceHashMismatch),
            (Operation::UploadSlice, 400, 120_010_224, "words", ErrorKind::Refused),
        ];
        for (operation, status, code, description, kind) in cases {
            let body = error_body(code, "UploadsException", description);
            let error = refused_call(operation, status, &body, None);
            assert_eq!(error.kind(), kind, "{operation:?} {status} {code} {description}");
            let advice = match kind {
                ErrorKind::SliceHashMismatch => RetryAdvice::RETRY,
                ErrorKind::FileHashMismatch => RetryAdvice::Permanent,
                _ => continue,
            };
            assert_eq!(error.advice(), advice, "{operation:?}");
        }
    }

    #[test]
    fn each_documented_code_has_its_kind_whatever_the_status() {
        let codes = [
            (1001, ErrorKind::Unavailable),
            (1005, ErrorKind::ClientRefused),
            (1008, ErrorKind::AccessTokenRefused),
            (1009, ErrorKind::AccessTokenRefused),
            (120_010_223, ErrorKind::UploadTokenExpired),
            (120_010_225, ErrorKind::FileHashMismatch),
            (120_010_999, ErrorKind::Refused),
        ];
        for (code, kind) in codes {
            for status in [200, 400] {
                let error = refused(status, &error_body(code, "UploadsException", "words"));
                assert_eq!(error.kind(), kind);
                assert_eq!(error.details().code, Some(code));
                let retried = error.is_retryable();
                assert_eq!(retried, kind == ErrorKind::Unavailable);
            }
        }
    }

    #[test]
    fn a_refusal_reads_as_one_line() {
        let error = refused(400, &error_body(120_010_223, "UploadsException", "Expired upload token"));
        let line =
            "Youku commit: the upload token is expired (code 120010223, type UploadsException, status 400)";
        assert_eq!(error.to_string(), line);
    }

    /// URL-encoded, bare, or with its code in quotes.
    #[test]
    fn a_refusal_is_read_in_each_of_its_forms() {
        let bodies = [
            (400, "code=120010223&type=UploadsException&description=Expired+upload+token"),
            (200, "code=120010223&type=UploadsException&description=Expired+upload+token"),
            (400, r#"{"code":120010223,"type":"UploadsException"}"#),
            (400, r#"{"error":{"code":"120010223","type":"UploadsException"}}"#),
            (400, r#"{"error":120010223}"#),
        ];
        for (status, body) in bodies {
            assert_eq!(refused(status, body).kind(), ErrorKind::UploadTokenExpired, "{body}");
        }
    }

    #[test]
    fn an_error_that_is_a_word_is_kept_as_the_type() {
        let error = refused(400, r#"{"error":"invalid_grant"}"#);
        assert_eq!(error.to_string(), "Youku commit: Youku refused (type invalid_grant, status 400)");
    }

    #[test]
    fn the_status_decides_where_the_body_says_nothing() {
        let statuses = [
            (500, ErrorKind::Unavailable),
            (503, ErrorKind::Unavailable),
            (408, ErrorKind::Unavailable),
            (403, ErrorKind::Refused),
            (302, ErrorKind::Protocol),
            (200, ErrorKind::Protocol),
        ];
        for (status, kind) in statuses {
            for body in ["<html></html>", "", "[]", "null"] {
                assert_eq!(refused(status, body).kind(), kind, "{status} {body}");
            }
        }
        assert_eq!(refused(502, &error_body(42, "X", "words")).kind(), ErrorKind::Unavailable);
    }

    #[test]
    fn a_call_limit_is_known_by_its_status_or_its_words() {
        let limits = [
            refused(429, ""),
            refused(429, &error_body(1008, "SystemException", "words")),
            refused(400, &error_body(1, "SystemException", "Calls of this client exceed the hourly limit")),
            refused(400, &error_body(1, "RateLimitException", "words")),
            refused(403, "code=7&description=API+call+limit+reached"),
            refused(403, &error_body(1, "X", "Requests too frequent")),
        ];
        for error in limits {
            assert_eq!(error.kind(), ErrorKind::RateLimited);
            assert_eq!(error.advice(), RetryAdvice::after(Duration::from_secs(60)));
        }
        let title = refused(400, &error_body(1, "UploadsException", "Title exceeds the limit of 60"));
        assert_eq!(title.kind(), ErrorKind::Refused);
    }

    #[test]
    fn a_wait_that_youku_names_is_passed_on() {
        let wait = Some(Duration::from_secs(7));
        let retry = RetryAdvice::Retry { retry_after: wait };
        assert_eq!(refused_with(429, "", wait).advice(), retry);
        assert_eq!(refused_with(503, "", wait).advice(), retry);
    }

    #[test]
    fn what_was_sent_and_comes_back_is_not_kept() {
        let spoken = refused(400, &error_body(1, &format!("no {SECRET}!"), SECRET));
        let encoded = refused(400, &format!("code=1&type=%3C{SECRET}&description={SECRET}"));
        let misfit = refused(400, &format!(r#"{{"error":"bad token {SECRET}"}}"#));
        for error in [spoken, encoded, misfit, refused(500, SECRET), refused(200, SECRET)] {
            let seen = format!("{error} {error:?}");
            assert!(!seen.contains(SECRET), "{seen}");
        }
    }
}
