//! Which requests are answered with a stream.

use crate::{decoded, handler::bounded};
use aws_lambda::Reply;
use http_body_util::BodyExt;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};

const FUNCTION_URL: &str = include_str!("../../fixtures/function-url.json");
const HTTP_API: &str = include_str!("../../fixtures/http-api.json");
const REST_API: &str = include_str!("../../fixtures/rest-api.json");

async fn ask(event: &str, http: &str) -> Reply {
    ask_at(event, http, |_| {}).await
}

async fn ask_at(event: &str, http: &str, change: impl Fn(&mut Value)) -> Reply {
    let folder = tempfile::tempdir().expect("a folder");
    let mut request = decoded::json(event);
    change(&mut request);
    if request["version"] == "2.0" {
        request["rawPath"] = "/healthz".into();
        request["requestContext"]["http"]["method"] = "GET".into();
    } else {
        (request["path"], request["httpMethod"]) = ("/healthz".into(), "GET".into());
    }
    let event = LambdaEvent::new(request, Context::default());
    bounded(&folder, http).handle(event).await.expect("a response")
}

/// Lambda itself passes a stream on; API Gateway wants a document. Without the setting nobody gets a stream.
#[tokio::test]
async fn only_a_function_url_is_answered_with_a_stream() {
    let stream = "stream_responses = true";
    for (event, http, is_stream) in [
        (FUNCTION_URL, stream, true),
        (FUNCTION_URL, "", false),
        (HTTP_API, stream, false),
        (REST_API, stream, false),
    ] {
        let reply = ask(event, http).await;
        assert_eq!(matches!(reply, Reply::StreamingResponse(_)), is_stream, "{http}: {event}");
    }
}

/// `cargo lambda` states `localhost`; SAM's HTTP APIs state no domain, and those of a custom domain their own.
#[tokio::test]
async fn a_domain_tells_function_urls_from_http_apis() {
    for (domain, is_stream) in [
        (json!("abc.lambda-url.eu-west-1.on.aws"), true),
        (json!("localhost"), true),
        (json!("video.example.com"), false),
        (Value::Null, false),
    ] {
        let change = |event: &mut Value| event["requestContext"]["domainName"] = domain.clone();
        let reply = ask_at(FUNCTION_URL, "stream_responses = true", change).await;
        assert_eq!(matches!(reply, Reply::StreamingResponse(_)), is_stream, "{domain}");
    }
}

#[tokio::test]
async fn a_stream_has_the_responses_head_and_bytes() {
    let Reply::StreamingResponse(response) = ask(FUNCTION_URL, "stream_responses = true").await else {
        unreachable!("no stream")
    };
    let head = response.metadata_prelude;
    assert_eq!((head.status_code.as_u16(), head.cookies.len()), (200, 0));
    assert_eq!(head.headers["content-type"], "application/json");
    let body = axum::body::Body::from_stream(response.stream).collect().await.expect("whole").to_bytes();
    assert_eq!(&body[..], br#"{"status":"ok"}"#);
}
