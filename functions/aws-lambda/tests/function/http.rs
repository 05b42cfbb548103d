//! Requests of function URLs and HTTP APIs to requests of the HTTP API, and responses back.

use aws_lambda::{Event, HttpForm, HttpResponse, decode};
use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use axum::{
    body::Body,
    http::{Method, Request, Response},
};
use http_body_util::BodyExt;
use serde_json::{Value, json};

const FUNCTION_URL: &str = include_str!("../../fixtures/function-url.json");
const HTTP_API: &str = include_str!("../../fixtures/http-api.json");

fn read(event: &Value) -> Request<Body> {
    match decode(event.clone()).expect("it is known") {
        Event::Http(request, HttpForm::FormatTwo | HttpForm::FunctionUrl) => *request,
        other => unreachable!("{other:?}"),
    }
}

fn url(stage: &str, path: &str, query: &str) -> String {
    let context = json!({"http": {"method": "GET"}, "stage": stage});
    let event =
        json!({"version": "2.0", "rawPath": path, "rawQueryString": query, "requestContext": context});
    read(&event).uri().to_string()
}

#[tokio::test]
async fn both_hosts_requests_are_the_same_to_the_http_api() {
    for event in [FUNCTION_URL, HTTP_API] {
        let request = read(&serde_json::from_str(event).expect("JSON"));
        assert_eq!((request.method(), request.uri().path()), (&Method::POST, "/uploads"));
        assert_eq!(request.headers()["idempotency-key"], "order-7");
        assert_eq!(request.headers()["cookie"], "a=1; b=2");
        let body = request.into_body().collect().await.expect("a body").to_bytes();
        let task: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(task["source"], "s3://videos/in/film.mp4");
    }
}

#[test]
fn a_host_may_write_null_where_a_request_has_nothing() {
    let mut event = json!({"version": "2.0", "rawPath": "/healthz", "requestContext": {"http": {"method": "GET"}, "stage": null}});
    for name in ["rawQueryString", "cookies", "headers", "body", "isBase64Encoded"] {
        event[name] = Value::Null;
    }
    let request = read(&event);
    assert_eq!(
        (request.uri().path_and_query().map(|path| path.as_str()), request.headers().len()),
        (Some("/healthz"), 0)
    );
}

#[test]
fn paths_and_queries_arrive_and_a_stage_does_not() {
    assert_eq!(url("$default", "/uploads", "state=open&after=a%20b"), "/uploads?state=open&after=a%20b");
    assert_eq!(url("prod", "/prod/uploads", ""), "/uploads");
    assert_eq!(url("prod", "/production", ""), "/production");
    assert_eq!(url("prod", "/prod", ""), "/");
    assert_eq!(url("$default", "/a b/第?#", ""), "/a%20b/%E7%AC%AC%3F%23");
    assert_eq!(url("$default", "", ""), "/");
}

/// Behind a custom domain the path does not begin with the stage's name, though it may look so.
#[test]
fn a_stage_called_like_a_path_is_no_part_of_it() {
    let custom = include_str!("../../fixtures/http-api-custom-domain.json");
    let mut event: Value = serde_json::from_str(custom).expect("JSON");
    assert_eq!(read(&event).uri(), "/uploads?state=open");
    event["rawQueryString"] = "".into();
    let cases = [
        ("api.example.com", "uploads", "/uploads/ab12", "/uploads/ab12"),
        ("api.example.com", "healthz", "/healthz", "/healthz"),
        ("api.example.com", "prod", "/prod/uploads", "/uploads"),
        ("api.example.com", "uploads", "/uploads/uploads/ab12", "/uploads/ab12"),
        ("abc.execute-api.cn-north-1.amazonaws.com.cn", "uploads", "/uploads/uploads", "/uploads"),
        ("abc.execute-api.eu-west-1.amazonaws.com", "uploads", "/uploads/healthz", "/healthz"),
    ];
    for (domain, stage, path, expected) in cases {
        event["requestContext"]["domainName"] = domain.into();
        event["requestContext"]["stage"] = stage.into();
        event["rawPath"] = path.into();
        assert_eq!(read(&event).uri(), expected, "{domain} {stage} {path}");
    }
}

#[tokio::test]
async fn a_response_has_the_form_that_the_host_expects() {
    let response =
        Response::builder().status(503).header("Retry-After", "30").header("Vary", "a").header("Vary", "b");
    let response = response.header("Set-Cookie", "c=1").header("Set-Cookie", "d=2");
    let response = response.body(Body::from("{}")).expect("a response");
    let response = HttpResponse::from_response(response, HttpForm::FormatTwo).await.expect("whole");
    let json = serde_json::to_value(&response).expect("JSON");
    assert_eq!(
        json,
        json!({"statusCode": 503, "headers": {"retry-after": "30", "vary": "a, b"}, "cookies": ["c=1", "d=2"], "body": "{}", "isBase64Encoded": false})
    );
    serde_json::from_value::<ApiGatewayV2httpResponse>(json).expect("the official type reads it");
    let bytes = Response::new(Body::from(vec![0xff, 0xfe]));
    let response = HttpResponse::from_response(bytes, HttpForm::FormatTwo).await.expect("whole");
    let response = serde_json::to_value(response).expect("JSON");
    assert_eq!(response["cookies"], json!([]), "the list is there even where it is empty");
    assert_eq!((&response["body"], &response["isBase64Encoded"]), (&json!("//4="), &json!(true)));
}
