//! Requests of REST APIs and load balancers, and responses in the form of each.

use crate::decoded::json;
use aws_lambda::{Event, HttpForm, HttpResponse, decode};
use aws_lambda_events::{
    alb::{AlbTargetGroupRequest, AlbTargetGroupResponse},
    apigw::{ApiGatewayProxyRequest, ApiGatewayProxyResponse},
};
use axum::{
    body::Body,
    http::{Method, Request, Response},
};
use http_body_util::BodyExt;
use serde_json::{Value, json};

const REST_API: &str = include_str!("../../fixtures/rest-api.json");
const LOAD_BALANCER: &str = include_str!("../../fixtures/load-balancer.json");
const MULTI_VALUE: &str = include_str!("../../fixtures/load-balancer-multi-value.json");

fn read(event: &Value) -> (Request<Body>, HttpForm) {
    match decode(event.clone()).expect("it is known") {
        Event::Http(request, form) => (*request, form),
        other => unreachable!("{other:?}"),
    }
}

/// API Gateway decodes the query, a load balancer does not; one whose target group sends single values has dropped the others.
#[tokio::test]
async fn the_same_request_comes_from_each_sender() {
    let balancer = |multi_value| HttpForm::LoadBalancer { multi_value };
    let cases = [
        (REST_API, HttpForm::FormatOne, "a%20b%26c%3D%E7%AC%AC", &["a", "b"][..]),
        (LOAD_BALANCER, balancer(false), "a%20b%26c=%E7%AC%AC", &["b"]),
        (MULTI_VALUE, balancer(true), "a%20b%26c=%E7%AC%AC", &["a", "b"]),
    ];
    for (event, expected_form, after, twice) in cases {
        let (request, form) = read(&json(event));
        assert_eq!(form, expected_form);
        assert_eq!((request.method(), request.uri().path()), (&Method::POST, "/uploads"));
        let limits = if twice.len() == 2 { "limit=1&limit=2" } else { "limit=2" };
        assert_eq!(request.uri().query(), Some(format!("after={after}&{limits}").as_str()), "{form:?}");
        assert_eq!(request.headers()["idempotency-key"], "order-7");
        assert_eq!(request.headers()["cookie"], "a=1; b=2");
        let values: Vec<_> = request.headers().get_all("x-twice").iter().collect();
        assert_eq!(values, twice, "{form:?}");
        let body = request.into_body().collect().await.expect("a body").to_bytes();
        assert_eq!(
            serde_json::from_slice::<Value>(&body).expect("JSON")["source"],
            "s3://videos/in/film.mp4"
        );
    }
}

#[test]
fn the_official_types_read_these_fixtures() {
    serde_json::from_str::<ApiGatewayProxyRequest>(REST_API).expect("a REST API's request");
    for event in [LOAD_BALANCER, MULTI_VALUE] {
        serde_json::from_str::<AlbTargetGroupRequest>(event).expect("a load balancer's request");
    }
}

/// A load balancer writes an empty text where a request has no body, API Gateway null.
#[test]
fn a_request_without_query_and_body_is_read() {
    for (event, body) in [(REST_API, Value::Null), (LOAD_BALANCER, "".into()), (MULTI_VALUE, "".into())] {
        let mut event = json(event);
        for name in ["queryStringParameters", "multiValueQueryStringParameters"] {
            event[name] = Value::Null;
        }
        event["body"] = body;
        event["httpMethod"] = "GET".into();
        event["path"] = "/healthz".into();
        let (request, _) = read(&event);
        assert_eq!((request.method(), request.uri().to_string().as_str()), (&Method::GET, "/healthz"));
    }
    let mut bare = json(REST_API);
    for name in ["headers", "multiValueHeaders"] {
        bare[name] = Value::Null;
    }
    bare["isBase64Encoded"] = Value::Null;
    assert!(read(&bare).0.headers().is_empty());
}

/// A REST API's path has no stage, format 1.0's may have it; behind a custom domain both have the mapping's path instead.
#[test]
fn a_path_of_format_one_is_found_with_its_stage_or_without() {
    let cases =
        [("/uploads", "uploads"), ("/prod/uploads", "prod"), ("/uploads", "prod"), ("/uploads", "$default")];
    for (path, stage) in cases {
        let mut event = json(REST_API);
        (event["path"], event["requestContext"]["stage"]) = (path.into(), stage.into());
        assert_eq!(read(&event).0.uri().path(), "/uploads", "{path} {stage}");
    }
}

async fn respond(form: HttpForm) -> Value {
    let response =
        Response::builder().status(503).header("Retry-After", "30").header("Vary", "a").header("Vary", "b");
    let response = response.header("Set-Cookie", "c=1").header("Set-Cookie", "d=2");
    let response = response.body(Body::from("{}")).expect("a response");
    let response = HttpResponse::from_response(response, form).await.expect("whole");
    serde_json::to_value(response).expect("JSON")
}

/// A REST API refuses a response with fields that it does not know, and a load balancer one without those that it wants.
#[tokio::test]
async fn a_response_has_the_fields_of_its_form_alone() {
    let lists = json!({"retry-after": ["30"], "vary": ["a", "b"], "set-cookie": ["c=1", "d=2"]});
    let rest = respond(HttpForm::FormatOne).await;
    let expected =
        json!({"statusCode": 503, "multiValueHeaders": lists, "body": "{}", "isBase64Encoded": false});
    assert_eq!(rest, expected);
    serde_json::from_value::<ApiGatewayProxyResponse>(rest).expect("the official type reads it");

    let described = "503 Service Unavailable";
    let balancer = respond(HttpForm::LoadBalancer { multi_value: true }).await;
    let expected = json!({"statusCode": 503, "statusDescription": described, "multiValueHeaders": lists, "body": "{}", "isBase64Encoded": false});
    assert_eq!(balancer, expected);
    serde_json::from_value::<AlbTargetGroupResponse>(balancer).expect("the official type reads it");
    let joined = json!({"retry-after": "30", "vary": "a, b", "set-cookie": "d=2"});
    let balancer = respond(HttpForm::LoadBalancer { multi_value: false }).await;
    let expected = json!({"statusCode": 503, "statusDescription": described, "headers": joined, "body": "{}", "isBase64Encoded": false});
    assert_eq!(balancer, expected);
    serde_json::from_value::<AlbTargetGroupResponse>(balancer).expect("the official type reads it");
}
