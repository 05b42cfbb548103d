//! Reads a refusal as an [`Error`]. The server's own text is looked at and dropped: it may quote what was signed.

use super::{endpoint::Endpoint, headers, http_client::StoreResponse, xml};
use crate::error::{Details, Error, ErrorKind};
use ::error::{RetryAdvice, read_body};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::{HeaderMap, StatusCode};
use std::time::{Duration, SystemTime};

const BODY_LIMIT: usize = 64 << 10;
const BODY_WITHIN: Duration = Duration::from_secs(5);
/// Clocks that are nearer are no reason to refuse a signature: OSS and S3 allow 15 minutes.
const FAR: Duration = Duration::from_secs(300);

/// What was asked, as far as the meaning of a refusal depends on it.
pub(super) struct Sent {
    pub(super) operation: &'static str,
    /// A failed precondition means that the key exists.
    pub(super) create_only: bool,
    /// It was signed with a temporary key, of which a store may know no more once it is over.
    pub(super) with_token: bool,
    /// The time it was signed with.
    pub(super) at: SystemTime,
}

/// Reads a refusal of `endpoint`.
pub(super) async fn read_error(sent: &Sent, endpoint: &Endpoint, answer: StoreResponse) -> Error {
    let (head, body) = answer.into_parts();
    let text = match head.headers.get("x-oss-err") {
        // HEAD has no body: OSS puts the same XML here.
        Some(encoded) => BASE64.decode(encoded.as_bytes()).unwrap_or_default(),
        None => match tokio::time::timeout(BODY_WITHIN, read_body(body, BODY_LIMIT)).await {
            Ok(Ok(body)) => body.to_vec(),
            _ => return without_finality(from_parts(sent, head.status, &head.headers, "")),
        },
    };
    let text = String::from_utf8_lossy(&text);
    let is_document = xml::is_failure(&text);
    endpoint.note_response(head.status, &head.headers, is_document);
    if !is_document && head.status.as_u16() < 500 && endpoint.is_foreign(&head.headers) {
        let message = "something between here and the store answered in its place";
        let details = Details { status: Some(head.status.as_u16()), ..Details::default() };
        return Error::new(ErrorKind::Unavailable, sent.operation, message).with_details(details);
    }
    from_parts(sent, head.status, &head.headers, &text)
}

/// A refusal whose document did not arrive whole. What it meant is not known, so that nothing is final.
fn without_finality(error: Error) -> Error {
    match error.advice() {
        RetryAdvice::Permanent => error.retryable(),
        _ => error,
    }
}

/// The same for an answer whose body has been read (a completion can fail with status 200).
pub(super) fn from_parts(sent: &Sent, status: StatusCode, head: &HeaderMap, text: &str) -> Error {
    let found = xml::parse_failure(text);
    let code = found.code.as_deref().unwrap_or_default();
    let kind = match classify(status.as_u16(), code, &found.message) {
        ErrorKind::PreconditionFailed if sent.create_only => ErrorKind::AlreadyExists,
        ErrorKind::Unavailable if head.contains_key("x-oss-qos-delay-time") => ErrorKind::Throttled,
        ErrorKind::AccessDenied | ErrorKind::Rejected
            if may_be_about_time(status, code) && is_far(head, sent.at) =>
        {
            ErrorKind::ClockSkewed
        }
        ErrorKind::AccessDenied if sent.with_token && code == "InvalidAccessKeyId" => {
            ErrorKind::CredentialExpired
        }
        kind => kind,
    };
    let mut error = Error::from_kind(kind, sent.operation).with_details(Details {
        status: Some(status.as_u16()),
        server_code: found.code.clone(),
        request_id: headers::request_id(head).or(found.request_id),
        ..Details::default()
    });
    if found.code.is_none() && xml::is_failure(text) {
        error = without_finality(error);
    }
    if let (true, Some(wait)) = (error.is_retryable(), headers::requested_wait(head)) {
        error = error.with_advice(RetryAdvice::after(wait));
    }
    if kind == ErrorKind::ClockSkewed
        && let Some(date) = headers::text(head, http::header::DATE)
    {
        error = error.with_context("server time", date);
    }
    error
}

/// Refusals that a wrong time causes as well: S3 answers a HEAD without a code, and other servers find the signature wrong.
fn may_be_about_time(status: StatusCode, code: &str) -> bool {
    let unsaid = ["", "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure"];
    matches!(status, StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED)
        && unsaid.contains(&code)
}

/// Whether the server's clock is far from the time of the signature.
fn is_far(head: &HeaderMap, at: SystemTime) -> bool {
    let apart = |theirs: SystemTime| theirs.duration_since(at).unwrap_or_else(|before| before.duration());
    headers::date(head).is_some_and(|theirs| apart(theirs) > FAR)
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
        // OSS's code for each of them, S3's for one that is too long.
        "InvalidObjectName" | "KeyTooLongError" => return ErrorKind::InvalidKey,
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
        400 | 403 => match classify_signature_refusal(code, message) {
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
fn classify_signature_refusal(code: &str, message: &str) -> Option<ErrorKind> {
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

#[cfg(test)]
mod tests;
