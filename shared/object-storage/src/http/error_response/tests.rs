#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
use super::*;

fn refused(status: u16, code: &str, message: &str) -> Error {
    let body = format!(
        "<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>{message}</Message><RequestId>5C3D</RequestId></Error>"
    );
    let status = StatusCode::from_u16(status).unwrap_or_default();
    from_parts(&sent("GetObject"), status, &HeaderMap::new(), &body)
}

fn sent(operation: &'static str) -> Sent {
    Sent { operation, create_only: false, with_token: false, at: SystemTime::now() }
}

#[test]
fn every_code_of_the_table_has_its_kind_and_advice() {
    let retry = RetryAdvice::RETRY;
    let table = [
        (404, "NoSuchKey", ErrorKind::NotFound, RetryAdvice::Permanent),
        (404, "NoSuchBucket", ErrorKind::NoSuchBucket, RetryAdvice::Permanent),
        (404, "NoSuchUpload", ErrorKind::NoSuchUpload, RetryAdvice::Permanent),
        (403, "AccessDenied", ErrorKind::AccessDenied, RetryAdvice::Permanent),
        (403, "SignatureDoesNotMatch", ErrorKind::AccessDenied, RetryAdvice::Permanent),
        (403, "InvalidAccessKeyId", ErrorKind::AccessDenied, RetryAdvice::Permanent),
        (403, "SecurityTokenExpired", ErrorKind::CredentialExpired, retry),
        (403, "InvalidSecurityToken", ErrorKind::CredentialExpired, retry),
        (400, "ExpiredToken", ErrorKind::CredentialExpired, retry),
        (403, "RequestTimeTooSkewed", ErrorKind::ClockSkewed, retry),
        (400, "RequestExpired", ErrorKind::ClockSkewed, retry),
        (403, "InvalidObjectState", ErrorKind::Archived, RetryAdvice::Permanent),
        (409, "FileAlreadyExists", ErrorKind::AlreadyExists, RetryAdvice::Permanent),
        (409, "PartAlreadyExist", ErrorKind::PartAlreadyExists, RetryAdvice::Permanent),
        (400, "InvalidDigest", ErrorKind::InvalidDigest, retry),
        (400, "InvalidPart", ErrorKind::InvalidPart, RetryAdvice::Permanent),
        (400, "EntityTooSmall", ErrorKind::InvalidPart, RetryAdvice::Permanent),
        (403, "SecondLevelDomainForbidden", ErrorKind::Config, RetryAdvice::Permanent),
        (412, "PreconditionFailed", ErrorKind::PreconditionFailed, RetryAdvice::Permanent),
        (416, "InvalidRange", ErrorKind::InvalidRange, RetryAdvice::Permanent),
        (503, "QpsLimitExceeded", ErrorKind::Throttled, retry),
        (500, "InternalError", ErrorKind::Unavailable, retry),
        (504, "", ErrorKind::Unavailable, retry),
        (429, "", ErrorKind::Throttled, retry),
        (501, "NotImplemented", ErrorKind::Rejected, RetryAdvice::Permanent),
        (301, "PermanentRedirect", ErrorKind::Config, RetryAdvice::Permanent),
    ];
    for (status, code, kind, advice) in table {
        let error = refused(status, code, "m");
        assert_eq!((error.kind(), error.advice()), (kind, advice), "{status} {code}");
        assert_eq!(error.details().request_id.as_deref(), Some("5C3D"));
    }
}

#[test]
fn only_an_answer_about_the_version_counts_as_refusing_it() {
    assert_eq!(
        refused(400, "InvalidArgument", "Authorization header is invalid.").kind(),
        ErrorKind::SignatureVersionRefused
    );
    assert_eq!(refused(403, "SignatureVersionNotSupported", "x").kind(), ErrorKind::SignatureVersionRefused);
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
        let error = from_parts(&sent("ListParts"), status, &HeaderMap::new(), &damaged);
        assert_eq!(error.advice(), RetryAdvice::RETRY, "{damaged}");
    }
    let page = "<html>there is no such page</html>";
    let error = from_parts(&sent("ListParts"), StatusCode::NOT_FOUND, &HeaderMap::new(), page);
    assert_eq!(error.advice(), RetryAdvice::Permanent);
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
    let error = from_parts(&sent("PutObject"), StatusCode::SERVICE_UNAVAILABLE, &head, "");
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert_eq!(error.advice(), RetryAdvice::after(Duration::from_millis(250)));
}

#[test]
fn no_store_is_left_alone_for_longer_than_an_hour() {
    for (name, value, seconds) in [
        ("retry-after", "7", 7),
        ("retry-after", "86400", 3600),
        ("x-oss-qos-delay-time", "2000", 2),
        ("x-oss-qos-delay-time", "999999999", 3600),
    ] {
        let mut head = HeaderMap::new();
        head.insert(name, http::HeaderValue::from_static(value));
        let error = from_parts(&sent("PutObject"), StatusCode::SERVICE_UNAVAILABLE, &head, "");
        let advice = RetryAdvice::after(Duration::from_secs(seconds));
        assert_eq!(error.advice(), advice, "{name} {value}");
    }
}

#[test]
fn a_bare_refusal_is_about_the_time_where_the_clocks_differ() {
    for (ahead, status, code, kind) in [
        (7200, 403, "", ErrorKind::ClockSkewed),
        (7200, 403, "SignatureDoesNotMatch", ErrorKind::ClockSkewed),
        (7200, 403, "AccessDenied", ErrorKind::AccessDenied),
        (7200, 404, "", ErrorKind::NotFound),
        (60, 403, "", ErrorKind::AccessDenied),
        (60, 403, "SignatureDoesNotMatch", ErrorKind::AccessDenied),
    ] {
        let date = jiff::Timestamp::now().strftime("%a, %d %b %Y %T GMT").to_string();
        let head = HeaderMap::from_iter([(http::header::DATE, http::HeaderValue::try_from(date).unwrap())]);
        let body =
            if code.is_empty() { String::new() } else { format!("<Error><Code>{code}</Code></Error>") };
        for at in
            [SystemTime::now() - Duration::from_secs(ahead), SystemTime::now() + Duration::from_secs(ahead)]
        {
            let sent = Sent { at, ..sent("HeadObject") };
            let error = from_parts(&sent, StatusCode::from_u16(status).unwrap(), &head, &body);
            assert_eq!(error.kind(), kind, "{ahead} {status} {code}");
        }
    }
}

#[test]
fn a_key_that_is_not_known_is_over_where_it_was_temporary() {
    let body = "<Error><Code>InvalidAccessKeyId</Code></Error>";
    for (with_token, kind) in [(true, ErrorKind::CredentialExpired), (false, ErrorKind::AccessDenied)] {
        let sent = Sent { with_token, ..sent("HeadObject") };
        assert_eq!(from_parts(&sent, StatusCode::FORBIDDEN, &HeaderMap::new(), body).kind(), kind);
    }
}

#[test]
fn a_body_that_is_not_xml_leaves_the_status_to_decide() {
    let error = from_parts(&sent("HeadObject"), StatusCode::BAD_GATEWAY, &HeaderMap::new(), "<html>oops</p>");
    assert_eq!((error.kind(), error.details().server_code.as_deref()), (ErrorKind::Unavailable, None));
}
