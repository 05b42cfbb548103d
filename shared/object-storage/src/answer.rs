//! From a refusal to an [`Error`]. The server's own text is looked at and dropped: it may quote what was signed.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, Limited};

use crate::endpoint::Endpoint;
use crate::http_client::Answer;
use crate::{Error, ErrorKind, Verdict, headers, xml};

const BODY_LIMIT: usize = 64 << 10;
const BODY_WITHIN: Duration = Duration::from_secs(5);
/// Clocks that are nearer are no reason to refuse a signature: OSS and S3 allow 15 minutes.
const FAR: Duration = Duration::from_secs(300);

/// What was asked, as far as the meaning of a refusal depends on it.
pub(crate) struct Asked {
    pub(crate) operation: &'static str,
    /// A failed precondition means that the key exists.
    pub(crate) create_only: bool,
    /// It was signed with a temporary key, of which a store may know no more once it is over.
    pub(crate) with_token: bool,
    /// The time it was signed with.
    pub(crate) at: SystemTime,
}

/// Reads a refusal by `endpoint`.
pub(crate) async fn refusal(asked: &Asked, endpoint: &Endpoint, answer: Answer) -> Error {
    let (head, body) = answer.into_parts();
    let text = match head.headers.get("x-oss-err") {
        // HEAD has no body: OSS puts the same XML here.
        Some(encoded) => BASE64.decode(encoded.as_bytes()).unwrap_or_default(),
        None => match tokio::time::timeout(BODY_WITHIN, Limited::new(body, BODY_LIMIT).collect()).await {
            Ok(Ok(body)) => body.to_bytes().to_vec(),
            _ => return meant_more(from_parts(asked, head.status, &head.headers, "")),
        },
    };
    let text = String::from_utf8_lossy(&text);
    let is_document = xml::is_failure(&text);
    endpoint.heard(head.status, &head.headers, is_document);
    if !is_document && head.status.as_u16() < 500 && endpoint.is_foreign(&head.headers) {
        let message = "something between here and the store answered in its place";
        return Error::new(ErrorKind::Unavailable, asked.operation, message).with_answer(
            head.status.as_u16(),
            None,
            None,
        );
    }
    from_parts(asked, head.status, &head.headers, &text)
}

/// A refusal whose document did not arrive whole. What it meant is not known, so that nothing is final.
fn meant_more(error: Error) -> Error {
    match error.verdict() {
        Verdict::Permanent => error.with_verdict(Verdict::Retry { not_before: None }),
        _ => error,
    }
}

/// The same for an answer whose body is at hand (a completion can fail with status 200).
pub(crate) fn from_parts(asked: &Asked, status: StatusCode, head: &HeaderMap, text: &str) -> Error {
    let found = xml::failure(text);
    let code = found.code.as_deref().unwrap_or_default();
    let kind = match classify(status.as_u16(), code, &found.message) {
        ErrorKind::PreconditionFailed if asked.create_only => ErrorKind::AlreadyExists,
        ErrorKind::Unavailable if head.contains_key("x-oss-qos-delay-time") => ErrorKind::Throttled,
        ErrorKind::AccessDenied | ErrorKind::Rejected
            if may_be_of_time(status, code) && is_far(head, asked.at) =>
        {
            ErrorKind::ClockSkewed
        }
        ErrorKind::AccessDenied if asked.with_token && code == "InvalidAccessKeyId" => {
            ErrorKind::CredentialExpired
        }
        kind => kind,
    };
    let mut error = Error::new(kind, asked.operation, words(kind)).with_answer(
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

/// Refusals that a wrong time causes as well: S3 tells a HEAD no code, and other servers find the signature wrong.
fn may_be_of_time(status: StatusCode, code: &str) -> bool {
    let unsaid = ["", "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure"];
    matches!(status, StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED)
        && unsaid.contains(&code)
}

/// Whether the server's clock is far from the time of the signature.
fn is_far(head: &HeaderMap, at: SystemTime) -> bool {
    let apart = |told: SystemTime| told.duration_since(at).unwrap_or_else(|before| before.duration());
    headers::date(head).is_some_and(|told| apart(told) > FAR)
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
        // The last three are those of servers that speak like S3.
        "RequestTimeTooSkewed" | "RequestExpired" | "RequestInTheFuture" | "RequestNotReadyYet" => {
            return ErrorKind::ClockSkewed;
        }
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
        ErrorKind::ClockSkewed => "the store refused the time of the signature",
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
mod tests;
