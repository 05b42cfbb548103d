#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
use super::*;
use serde_json::json;

fn reply(code: &str, error: &str, id: Option<&str>) -> LegacyReply {
    let video = (code == "200").then_some("V");
    let data = json!({"key": "k", "upload_id": id, "videoid": video});
    let error = Some(error).filter(|error| !error.is_empty());
    let value = json!({"code": code, "msg": "text", "error": error, "data": data});
    serde_json::from_value(value).unwrap()
}

fn headers(retry_after: &str) -> HeaderMap {
    HeaderMap::from_iter([(RETRY_AFTER, retry_after.parse().unwrap())])
}

type Expected<'a> = &'a dyn Fn(LegacyReply) -> CallResult;

/// The function's own replies are final, unless it says that the upload is in progress or may be tried again.
#[test]
fn replies_of_the_function_are_final_unless_it_says_so() {
    let (headers, id) = (headers("7"), Some("0123"));
    let done = CallResult::Done;
    let in_progress = |_| CallResult::InProgress("0123".into());
    let retry = |reply: LegacyReply| CallResult::Retry {
        reason: RetryReason::Function(reply.msg),
        retry_after: Some(Duration::from_secs(7)),
    };
    let refused = |_| CallResult::refused();
    let elsewhere = |reply: LegacyReply| CallResult::not_the_function(reply.code);
    let cases: [(&str, &str, Option<&str>, Expected<'_>); 19] = [
        ("200", "", id, &done),
        ("404", "source_missing", None, &done),
        ("400", "invalid_job", None, &done),
        ("500", "ledger_failed", id, &done),
        ("502", "youku_failed", id, &done),
        ("409", "source_changed", id, &done),
        ("413", "body_too_large", None, &done),
        ("404", "no_such_path", None, &elsewhere),
        ("405", "method_not_allowed", None, &elsewhere),
        ("400", "", None, &elsewhere),
        ("401", "unauthorized", None, &refused),
        ("403", "forbidden", None, &CallResult::Refused),
        ("409", "in_progress", id, &in_progress),
        ("409", "superseded", id, &in_progress),
        ("409", "in_progress", None, &retry),
        ("408", "", None, &retry),
        ("429", "rate_limited", id, &retry),
        ("503", "deadline", id, &retry),
        ("504", "", None, &retry),
    ];
    for (code, error, id, expected) in cases {
        let reply = reply(code, error, id);
        assert_eq!(from_function(reply.clone(), &headers), expected(reply), "{code} {error}");
    }
}

/// Only what passes is retried. Anything else is the job's reply where the function answers without the job. Never 404: nobody has looked
/// for the object.
#[test]
fn a_gateway_is_retried_only_for_what_passes() {
    for status in [408, 425, 429, 502, 503, 504] {
        let status = StatusCode::from_u16(status).unwrap();
        let retry = CallResult::Retry {
            reason: RetryReason::Gateway(status),
            retry_after: Some(Duration::from_secs(3)),
        };
        assert_eq!(from_gateway(status, &headers("3")), retry);
    }
    let mut failed = headers("3");
    failed.insert("x-fc-error-type", "InitializationError".parse().unwrap());
    assert_eq!(from_gateway(StatusCode::OK, &failed), RetryReason::FunctionFailed.into());
    let is_failure = |reply: &LegacyReply| reply.code == StatusCode::INTERNAL_SERVER_ERROR;
    for status in [200, 302, 400, 404, 405, 500] {
        let result = from_gateway(StatusCode::from_u16(status).unwrap(), &headers("3"));
        assert!(matches!(&result, CallResult::Refused(reply) if is_failure(reply)), "{status}");
    }
    let too_large = from_gateway(StatusCode::PAYLOAD_TOO_LARGE, &headers("3"));
    assert!(matches!(&too_large, CallResult::Done(reply) if is_failure(reply)));
}

/// What it was about is found out by a trial of the token.
#[test]
fn a_gateways_401_and_403_are_refusals() {
    for status in [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN] {
        assert_eq!(from_gateway(status, &HeaderMap::new()), CallResult::refused());
    }
}

/// Seconds only, five minutes at most.
#[test]
fn retry_after_has_a_limit() {
    for (value, seconds) in [
        ("0", Some(0)),
        ("12", Some(12)),
        ("99999", Some(300)),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-1", None),
    ] {
        assert_eq!(retry_after(&headers(value)), seconds.map(Duration::from_secs), "{value}");
    }
    assert_eq!(retry_after(&HeaderMap::new()), None);
}
