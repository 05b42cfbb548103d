#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
use super::*;
use serde_json::json;

fn answered(code: &str, error: &str, id: Option<&str>) -> Answer {
    let video = (code == "200").then_some("V");
    let data = json!({"key": "k", "upload_id": id, "videoid": video});
    let value = json!({"code": code, "msg": "text", "error": error, "data": data});
    serde_json::from_value(value).unwrap()
}

fn headers(retry_after: &str) -> HeaderMap {
    HeaderMap::from_iter([(RETRY_AFTER, retry_after.parse().unwrap())])
}

#[test]
fn the_functions_own_answers_are_final_unless_it_says_that_the_upload_goes_on() {
    let (headers, id) = (headers("7"), Some("0123"));
    let wait = Meaning::Again { why: "text".into(), wait: Duration::from_secs(7) };
    let elsewhere = Meaning::Elsewhere("0123".into());
    for (code, error, id, expected) in [
        ("200", "", id, None),
        ("404", "source_missing", None, None),
        ("400", "invalid_job", None, None),
        ("500", "ledger_failed", id, None),
        ("502", "youku_failed", id, None),
        ("409", "source_changed", id, None),
        ("413", "body_too_large", None, None),
        ("409", "in_progress", id, Some(&elsewhere)),
        ("409", "superseded", id, Some(&elsewhere)),
        ("409", "in_progress", None, Some(&wait)),
        ("429", "rate_limited", id, Some(&wait)),
        ("503", "deadline", id, Some(&wait)),
        ("504", "", None, Some(&wait)),
    ] {
        let answer = answered(code, error, id);
        let expected = expected.map_or_else(
            || Meaning::Done(answer.clone()),
            |expected| match expected {
                Meaning::Elsewhere(id) => Meaning::Elsewhere(id.clone()),
                _ => Meaning::Again { why: "text".into(), wait: Duration::from_secs(7) },
            },
        );
        assert_eq!(own(answer, &headers), expected, "{code} {error}");
    }
}

#[test]
fn a_stranger_between_is_asked_again_only_for_what_passes() {
    for status in [429, 502, 503, 504] {
        let meaning = stranger(StatusCode::from_u16(status).unwrap(), &headers("3"));
        assert!(matches!(meaning, Meaning::Again { wait, .. } if wait.as_secs() == 3), "{status}");
    }
    let mut failed = headers("3");
    failed.insert("x-fc-error-type", "InitializationError".parse().unwrap());
    assert!(matches!(stranger(StatusCode::OK, &failed), Meaning::Again { .. }));
    for status in [200, 302, 400, 401, 403, 404, 413, 500] {
        let meaning = stranger(StatusCode::from_u16(status).unwrap(), &headers("3"));
        // Never 404: nobody has looked for the object.
        assert!(matches!(meaning, Meaning::Done(answer) if answer.code == "500"), "{status}");
    }
}

#[test]
fn waiting_for_others_has_a_limit() {
    for (value, seconds) in
        [("0", 0), ("12", 12), ("99999", 300), ("Wed, 21 Oct 2026 07:28:00 GMT", 0), ("-1", 0)]
    {
        assert_eq!(asked(&headers(value)).as_secs(), seconds, "{value}");
    }
}
