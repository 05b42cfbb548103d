//! From a refusal to an [`Error`]. The server's own text is looked at and dropped: it may quote what was signed.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, Limited};

use crate::http_client::Answer;
use crate::{Error, ErrorKind, Verdict, headers, xml};

const BODY_LIMIT: usize = 64 << 10;
const BODY_WITHIN: Duration = Duration::from_secs(5);

/// Reads the refusal of `operation`. `create_only` tells whether a failed precondition means that the key exists.
pub(crate) async fn refusal(operation: &'static str, create_only: bool, answer: Answer) -> Error {
    let (head, body) = answer.into_parts();
    let text = match head.headers.get("x-oss-err") {
        // HEAD has no body: OSS puts the same XML here.
        Some(encoded) => BASE64.decode(encoded.as_bytes()).unwrap_or_default(),
        None => match tokio::time::timeout(BODY_WITHIN, Limited::new(body, BODY_LIMIT).collect()).await {
            Ok(Ok(body)) => body.to_bytes().to_vec(),
            _ => {
                let error = from_parts(operation, create_only, head.status, &head.headers, "");
                return meant_more(error);
            }
        },
    };
    from_parts(operation, create_only, head.status, &head.headers, &String::from_utf8_lossy(&text))
}

/// A refusal whose document did not arrive whole. What it meant is not known, so that nothing is final.
fn meant_more(error: Error) -> Error {
    match error.verdict() {
        Verdict::Permanent => error.with_verdict(Verdict::Retry { not_before: None }),
        _ => error,
    }
}

/// The same for an answer whose body is at hand (a completion can fail with status 200).
pub(crate) fn from_parts(
    operation: &'static str,
    create_only: bool,
    status: StatusCode,
    head: &HeaderMap,
    text: &str,
) -> Error {
    let found = xml::failure(text);
    let code = found.code.as_deref().unwrap_or_default();
    let kind = match classify(status.as_u16(), code, &found.message) {
        ErrorKind::PreconditionFailed if create_only => ErrorKind::AlreadyExists,
        ErrorKind::Unavailable if head.contains_key("x-oss-qos-delay-time") => ErrorKind::Throttled,
        kind => kind,
    };
    let mut error = Error::new(kind, operation, words(kind)).with_answer(
        status.as_u16(),
        found.code.clone(),
        headers::request_id(head).or(found.request_id),
    );
    if found.code.is_none() && xml::is_failure(text) {
        error = meant_more(error);
    }
    if let (Verdict::Retry { .. }, Some(wait)) = (error.verdict(), headers::not_before(head)) {
        error = error.with_verdict(Verdict::Retry { not_before: Some(wait) });
    }
    if kind == ErrorKind::ClockSkewed
        && let Some(date) = headers::text(head, http::header::DATE)
    {
        error = error.with_context("server time", date);
    }
    error
}

fn classify(status: u16, code: &str, message: &str) -> ErrorKind {
    match code {
        "NoSuchUpload" => return ErrorKind::NoSuchUpload,
        "NoSuchBucket" => return ErrorKind::NoSuchBucket,
        "SecurityTokenExpired"
        | "InvalidSecurityToken"
        | "AccessKeyIdAndSecurityTokenNotMatch"
        | "ExpiredToken"
        | "InvalidToken"
        | "TokenRefreshRequired" => return ErrorKind::CredentialExpired,
        "RequestTimeTooSkewed" => return ErrorKind::ClockSkewed,
        "InvalidObjectState" => return ErrorKind::Archived,
        "FileAlreadyExists" | "ObjectAlreadyExists" => return ErrorKind::AlreadyExists,
        "PartAlreadyExist" => return ErrorKind::PartAlreadyExists,
        "InvalidDigest" | "BadDigest" => return ErrorKind::InvalidDigest,
        "InvalidPart" | "InvalidPartOrder" | "EntityTooSmall" => return ErrorKind::InvalidPart,
        "SecondLevelDomainForbidden" | "PermanentRedirect" | "AuthorizationHeaderMalformed" => {
            return ErrorKind::Config;
        }
        "SlowDown"
        | "QpsLimitExceeded"
        | "TooManyRequests"
        | "TotalQpsLimitExceeded"
        | "DownloadTrafficRateLimitExceeded"
        | "UploadTrafficRateLimitExceeded" => return ErrorKind::Throttled,
        // S3 reports an idle or broken upload as 400, a lost race as 409.
        "RequestTimeout"
        | "IncompleteBody"
        | "OperationAborted"
        | "ConditionalRequestConflict"
        | "InternalError" => {
            return ErrorKind::Unavailable;
        }
        _ => {}
    }
    match status {
        300..=399 => ErrorKind::Config,
        400 | 403 => match about_the_signature(code, message) {
            Some(kind) => kind,
            None if status == 403 => ErrorKind::AccessDenied,
            None => ErrorKind::Rejected,
        },
        401 => ErrorKind::AccessDenied,
        404 => ErrorKind::NotFound,
        412 => ErrorKind::PreconditionFailed,
        416 => ErrorKind::InvalidRange,
        429 => ErrorKind::Throttled,
        408 | 500 | 502 | 503 | 504 => ErrorKind::Unavailable,
        _ => ErrorKind::Rejected,
    }
}

/// Gateways that know V1 alone answer `InvalidArgument: Authorization header is invalid.` A bucket that knows V4 and dislikes the
/// region or the product of the scope says so with the same code, and is not to be asked with V1.
fn about_the_signature(code: &str, message: &str) -> Option<ErrorKind> {
    let message = message.to_ascii_lowercase();
    if code.contains("SignatureVersion") || message.contains("signature version") {
        return Some(ErrorKind::SignatureVersionRefused);
    }
    match code == "InvalidArgument" && message.contains("authorization") {
        true if message.contains("signing") => Some(ErrorKind::Config),
        true => Some(ErrorKind::SignatureVersionRefused),
        false => None,
    }
}

fn words(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "not found",
        ErrorKind::NoSuchBucket => "the bucket does not exist",
        ErrorKind::NoSuchUpload => "the multipart upload does not exist",
        ErrorKind::PreconditionFailed => "the object has changed",
        ErrorKind::AlreadyExists => "the object exists already",
        ErrorKind::AccessDenied => "access denied",
        ErrorKind::CredentialExpired => "the credential has expired",
        ErrorKind::SignatureVersionRefused => "the bucket does not take this signature version",
        ErrorKind::ClockSkewed => "this machine's clock is wrong",
        ErrorKind::Archived => "the object is archived; restore it first",
        ErrorKind::InvalidDigest => "the bytes were damaged on the way",
        ErrorKind::InvalidPart => "the list of parts does not fit",
        ErrorKind::PartAlreadyExists => "the part is there already",
        ErrorKind::InvalidRange => "the range lies outside the object",
        ErrorKind::Throttled => "the server asks to slow down",
        ErrorKind::Unavailable => "the server cannot answer now",
        ErrorKind::Config => "the endpoint, region or addressing does not fit the bucket",
        _ => "the server refused the request",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: &str, message: &str) -> Error {
        let body = format!(
            "<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>{message}</Message><RequestId>5C3D</RequestId></Error>"
        );
        let status = StatusCode::from_u16(status).unwrap_or_default();
        from_parts("GetObject", false, status, &HeaderMap::new(), &body)
    }

    #[test]
    fn every_code_of_the_table_has_its_kind_and_verdict() {
        let retry = Verdict::Retry { not_before: None };
        let table = [
            (404, "NoSuchKey", ErrorKind::NotFound, Verdict::Permanent),
            (404, "NoSuchBucket", ErrorKind::NoSuchBucket, Verdict::Permanent),
            (404, "NoSuchUpload", ErrorKind::NoSuchUpload, Verdict::Permanent),
            (403, "AccessDenied", ErrorKind::AccessDenied, Verdict::Permanent),
            (403, "SignatureDoesNotMatch", ErrorKind::AccessDenied, Verdict::Permanent),
            (403, "InvalidAccessKeyId", ErrorKind::AccessDenied, Verdict::Permanent),
            (403, "SecurityTokenExpired", ErrorKind::CredentialExpired, retry),
            (403, "InvalidSecurityToken", ErrorKind::CredentialExpired, retry),
            (400, "ExpiredToken", ErrorKind::CredentialExpired, retry),
            (403, "RequestTimeTooSkewed", ErrorKind::ClockSkewed, Verdict::Permanent),
            (403, "InvalidObjectState", ErrorKind::Archived, Verdict::Permanent),
            (409, "FileAlreadyExists", ErrorKind::AlreadyExists, Verdict::Permanent),
            (409, "PartAlreadyExist", ErrorKind::PartAlreadyExists, Verdict::Permanent),
            (400, "InvalidDigest", ErrorKind::InvalidDigest, retry),
            (400, "InvalidPart", ErrorKind::InvalidPart, Verdict::Permanent),
            (400, "EntityTooSmall", ErrorKind::InvalidPart, Verdict::Permanent),
            (403, "SecondLevelDomainForbidden", ErrorKind::Config, Verdict::Permanent),
            (412, "PreconditionFailed", ErrorKind::PreconditionFailed, Verdict::Permanent),
            (416, "InvalidRange", ErrorKind::InvalidRange, Verdict::Permanent),
            (503, "QpsLimitExceeded", ErrorKind::Throttled, retry),
            (500, "InternalError", ErrorKind::Unavailable, retry),
            (504, "", ErrorKind::Unavailable, retry),
            (429, "", ErrorKind::Throttled, retry),
            (501, "NotImplemented", ErrorKind::Rejected, Verdict::Permanent),
            (301, "PermanentRedirect", ErrorKind::Config, Verdict::Permanent),
        ];
        for (status, code, kind, verdict) in table {
            let error = refused(status, code, "m");
            assert_eq!((error.kind(), error.verdict()), (kind, verdict), "{status} {code}");
            assert_eq!(error.request_id(), Some("5C3D"));
        }
    }

    #[test]
    fn only_an_answer_about_the_version_counts_as_refusing_it() {
        assert_eq!(
            refused(400, "InvalidArgument", "Authorization header is invalid.").kind(),
            ErrorKind::SignatureVersionRefused
        );
        assert_eq!(
            refused(403, "SignatureVersionNotSupported", "x").kind(),
            ErrorKind::SignatureVersionRefused
        );
        assert_eq!(
            refused(400, "InvalidArgument", "Invalid signing region in Authorization header.").kind(),
            ErrorKind::Config
        );
        assert_eq!(refused(400, "InvalidArgument", "part number").kind(), ErrorKind::Rejected);
        assert_eq!(
            refused(403, "SignatureDoesNotMatch", "check your authorization").kind(),
            ErrorKind::AccessDenied
        );
    }

    #[test]
    fn a_refusal_that_arrived_damaged_says_nothing_for_good() {
        let whole = "<Error><Code>NoSuchUpload</Code></Error>";
        for damaged in [whole.replacen('<', "=", 1), whole.replace("</Code>", "")] {
            let status = StatusCode::NOT_FOUND;
            let error = from_parts("ListParts", false, status, &HeaderMap::new(), &damaged);
            assert_eq!(error.verdict(), Verdict::Retry { not_before: None }, "{damaged}");
        }
        let page = "<html>there is no such page</html>";
        let error = from_parts("ListParts", false, StatusCode::NOT_FOUND, &HeaderMap::new(), page);
        assert_eq!(error.verdict(), Verdict::Permanent);
    }

    #[test]
    fn the_servers_text_never_shows() {
        let error = refused(403, "SignatureDoesNotMatch", "StringToSign was SECRET");
        assert!(!format!("{error} {error:?}").contains("SECRET"));
        assert_eq!(error.to_string(), "GetObject: access denied (code SignatureDoesNotMatch, request 5C3D)");
    }

    #[test]
    fn a_throttle_header_becomes_the_earliest_time() {
        let mut head = HeaderMap::new();
        head.insert("x-oss-qos-delay-time", http::HeaderValue::from_static("250"));
        let error = from_parts("PutObject", false, StatusCode::SERVICE_UNAVAILABLE, &head, "");
        assert_eq!(error.kind(), ErrorKind::Throttled);
        assert_eq!(error.verdict(), Verdict::Retry { not_before: Some(Duration::from_millis(250)) });
    }

    #[test]
    fn a_body_that_is_not_xml_leaves_the_status_to_decide() {
        let error =
            from_parts("HeadObject", false, StatusCode::BAD_GATEWAY, &HeaderMap::new(), "<html>oops</p>");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Unavailable, None));
    }
}
