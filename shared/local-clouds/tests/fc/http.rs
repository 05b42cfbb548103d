//! The listeners: HTTP trigger and `InvokeFunction`.

use std::convert::Infallible;

use ::http::{Method, Request, StatusCode};
use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::mpsc;

use local_clouds::control::{Fault, Rule};
use local_clouds::fc::{FunctionConfig, HttpAuth};
use serde_json::Value;

use super::env::*;
use crate::http_client::{open, send};

/// A body fed by a channel.
fn stream_of(receiver: mpsc::Receiver<Bytes>) -> Body {
    Body::from_stream(futures_util::stream::unfold(receiver, async |mut receiver| {
        let chunk = receiver.recv().await?;
        Some((Ok::<_, Infallible>(chunk), receiver))
    }))
}

fn request(method: Method, path: &str) -> ::http::request::Builder {
    Request::builder().method(method).uri(path).header("host", "example.com")
}

async fn chunk(body: &mut Incoming) -> Bytes {
    body.frame().await.unwrap().unwrap().into_data().unwrap()
}

fn web() -> FunctionConfig {
    FunctionConfig { http_trigger: Some(HttpAuth::Anonymous), instance_concurrency: 10, ..function() }
}

#[tokio::test]
async fn a_triggers_request_passes_through_whole() {
    let host = start(web()).await;
    let sent =
        request(Method::PUT, "/invoke/x%20y?q=%E4%B8%AD").header("keep-alive", "1").body(Body::from("body"));
    let (status, headers, body) = send(&host.http_url("f").unwrap(), sent.unwrap()).await;
    assert_eq!((status, body), (StatusCode::IM_A_TEAPOT, Bytes::from("body")));
    assert_eq!(headers["method"], "PUT");
    assert_eq!(headers["path"], "/invoke/x%20y?q=%E4%B8%AD");
    assert_eq!(headers["control-path"], "/http-invoke");
    assert_eq!(headers["seen-host"], "example.com");
    assert_eq!(headers["seen-keep-alive"], "absent");
    assert!(!headers.contains_key("server") && !headers.contains_key("x-fc-secret"));
    assert!(headers.contains_key("x-fc-request-id"));
    host.shutdown().await;
}

#[tokio::test]
async fn answers_are_streamed() {
    let host = start(web()).await;
    let url = host.http_url("f").unwrap();
    let get = |path| request(Method::GET, path).body(Body::empty()).unwrap();
    let (mut response, _connection) = open(&url, get("/stream")).await;
    assert_eq!(chunk(response.body_mut()).await, "one");
    assert_eq!(host.instances("f")[0].in_flight, 1);
    send(&url, get("/go")).await;
    assert_eq!(chunk(response.body_mut()).await, "two");
    host.shutdown().await;
}

#[tokio::test]
async fn requests_are_streamed() {
    let host = start(web()).await;
    let (sender, receiver) = mpsc::channel(1);
    sender.send(Bytes::from("one")).await.unwrap();
    let sent = request(Method::POST, "/").body(stream_of(receiver)).unwrap();
    let (mut response, _connection) = open(&host.http_url("f").unwrap(), sent).await;
    assert_eq!(chunk(response.body_mut()).await, "one");
    sender.send(Bytes::from("two")).await.unwrap();
    assert_eq!(chunk(response.body_mut()).await, "two");
    drop(sender);
    assert!(response.body_mut().frame().await.is_none());
    host.shutdown().await;
}

#[tokio::test]
async fn reserved_headers_and_sizes_are_refused() {
    let host = start(web()).await;
    let url = host.http_url("f").unwrap();
    let wrong = [
        request(Method::GET, "/").header("x-fc-mine", "x"),
        request(Method::GET, "/").header("large", "x".repeat(8 * 1024)),
        request(Method::GET, &format!("/{}", "x".repeat(4 * 1024))),
        request(Method::TRACE, "/"),
    ];
    for wrong in wrong {
        let (status, _, body) = send(&url, wrong.body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(String::from_utf8_lossy(&body).contains("\"Code\":\"InvalidArgument\""), "{body:?}");
    }
    let large = request(Method::POST, "/").body(Body::from(vec![0; 32 * 1024 * 1024 + 1])).unwrap();
    let (status, _, body) = send(&url, large).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(String::from_utf8_lossy(&body).contains("EntityTooLarge"));
    host.shutdown().await;
}

#[tokio::test]
async fn a_trigger_may_ask_for_a_signature() {
    let host = start(FunctionConfig { http_trigger: Some(HttpAuth::Function), ..web() }).await;
    let (status, _, _) =
        send(&host.http_url("f").unwrap(), request(Method::GET, "/").body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let wrong = "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=x-acs-date,Signature=00";
    let date = jiff::Timestamp::now().to_string();
    let signed = request(Method::GET, "/").header("authorization", wrong).header("x-acs-date", date);
    let (status, _, _) = send(&host.http_url("f").unwrap(), signed.body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    host.shutdown().await;
}

#[tokio::test]
async fn a_caller_that_goes_away_replaces_the_instance() {
    let host = start(FunctionConfig { instance_concurrency: 1, ..web() }).await;
    let get = request(Method::GET, "/stream").body(Body::empty()).unwrap();
    let (mut response, connection) = open(&host.http_url("f").unwrap(), get).await;
    assert_eq!(chunk(response.body_mut()).await, "one");
    let first = host.instances("f")[0].pid;
    drop((response, connection));
    until_state(first, None).await;
    host.shutdown().await;
}

#[tokio::test]
async fn a_lost_connection_is_retried_for_get_alone() {
    let flaky =
        || FunctionConfig { http_trigger: Some(HttpAuth::Anonymous), ..with_env("ACT_AS", "hang up once") };
    let host = start(flaky()).await;
    let get = request(Method::GET, "/").body(Body::empty()).unwrap();
    assert_eq!(send(&host.http_url("f").unwrap(), get).await.0, StatusCode::OK);
    host.shutdown().await;
    let host = start(flaky()).await;
    let post = request(Method::POST, "/").body(Body::from("x")).unwrap();
    assert_eq!(send(&host.http_url("f").unwrap(), post).await.0, StatusCode::BAD_GATEWAY);
    host.shutdown().await;
}

#[tokio::test]
async fn a_trigger_queues_what_is_asynchronous() {
    let host = start(web()).await;
    let mut outcomes = host.outcomes();
    let call = || {
        request(Method::POST, "/x")
            .header("x-fc-invocation-type", "Async")
            .header("x-fc-async-task-id", "t-1")
    };
    let (status, headers, _) =
        send(&host.http_url("f").unwrap(), call().body(Body::from("later")).unwrap()).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let outcome = outcomes.recv().await.unwrap();
    assert_eq!(headers["x-fc-request-id"], outcome.request_id.as_str());
    assert_eq!(text(&outcome.result), "later");
    let (status, _, _) = send(&host.http_url("f").unwrap(), call().body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let large = request(Method::POST, "/x").header("x-fc-invocation-type", "Async");
    let large = large.body(Body::from(vec![0; 128 * 1024 + 1])).unwrap();
    assert_eq!(send(&host.http_url("f").unwrap(), large).await.0, StatusCode::BAD_REQUEST);
    host.shutdown().await;
}

#[tokio::test]
async fn the_api_wants_a_signature_and_knows_its_paths() {
    let host = start(function()).await;
    let url = host.api();
    let post = |path: &str| request(Method::POST, path).body(Body::from("x")).unwrap();
    let (status, _, body) = send(&url, post("/2023-03-30/functions/f/invocations")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(String::from_utf8_lossy(&body).contains("MissingRequiredHeader"));
    assert_eq!(send(&url, post("/nothing")).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(host.instances("f").len(), 0, "nothing was called");
    host.shutdown().await;
}

#[tokio::test]
async fn instances_and_invocations_can_be_seen_from_outside() {
    let host = start(function()).await;
    let mut outcomes = host.outcomes();
    let request_id = host.invoke_async("f", "count");
    outcomes.recv().await.unwrap();
    let see = async |path: &str| {
        let (_, _, body) = send(&host.api(), request(Method::GET, path).body(Body::empty()).unwrap()).await;
        serde_json::from_slice::<Value>(&body).unwrap()
    };
    assert_eq!(see("/_sandbox/instances").await[0]["frozen"], true);
    assert_eq!(see("/_sandbox/invocations").await[0]["request_id"], request_id.as_str());
    assert!(see("/_sandbox/logs").await.as_array().is_some_and(|lines| !lines.is_empty()));
    host.shutdown().await;
}

#[tokio::test]
async fn scripted_faults_act_on_the_trigger() {
    let host = start(web()).await;
    let fault = Fault::Status {
        status: StatusCode::SERVICE_UNAVAILABLE,
        code: None,
        headers: [].into(),
        early: false,
    };
    host.control().faults.add(Rule::new("http", fault));
    let get = || request(Method::GET, "/").body(Body::empty()).unwrap();
    let (status, _, body) = send(&host.http_url("f").unwrap(), get()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(String::from_utf8_lossy(&body).contains("ResourceThrottled"));
    assert_eq!(send(&host.http_url("f").unwrap(), get()).await.0, StatusCode::IM_A_TEAPOT);
    host.shutdown().await;
}
