//! FcEvent calls.

use crate::client::Server;
use aliyun_fc_runtime::{Diagnostic, Error, FcEvent, MAX_PAYLOAD, Raw, Runtime, service_fn};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use std::task::{Context, Poll};
use tower::Service;

async fn echo(event: FcEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

#[tokio::test]
async fn an_event_is_responseed_in_json() {
    let server = Server::start(Runtime::new(service_fn(echo))).await;
    let response = server.client().await.invoke(r#"{"a": [1, "ü"]}"#.as_bytes()).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("x-fc-status"), Some("200"));
    assert_eq!(response.text(), r#"{"a":[1,"ü"]}"#);
}

#[tokio::test(start_paused = true)]
async fn the_handler_learns_what_the_headers_say() {
    let handler = |event: FcEvent<Value>| async move {
        let context = event.context;
        let left = context.remaining().map(|left| left.as_secs());
        Ok::<_, Error>(json!([context.request_id(), context.function_name(), context.memory_mb(), left]))
    };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let response = server.client().await.invoke(b"").await;
    assert_eq!(response.json(), json!(["1-67a59f35-150c1267-f381ba1c085c", "resize", 512, 60]));
}

#[tokio::test]
async fn an_event_without_any_platform_header_is_served() {
    let server = Server::start(Runtime::new(service_fn(echo))).await;
    assert_eq!(server.client().await.call("POST", "/invoke", "", b"7").await.text(), "7");
}

#[tokio::test]
async fn an_error_is_a_failed_call() {
    let handler = |_: FcEvent<Value>| async { Err::<(), _>(Diagnostic::new("OutOfStock", "no chairs left")) };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let response = server.client().await.invoke(b"{}").await;
    assert_eq!(response.status, 404);
    assert_eq!(response.header("x-fc-status"), Some("404"));
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(
        response.text(),
        r#"{"errorMessage":"no chairs left","errorType":"OutOfStock","stackTrace":[]}"#
    );
}

#[tokio::test]
async fn a_panic_is_a_failed_call_and_the_connection_lives_on() {
    let handler = |event: FcEvent<Value>| async move {
        assert_ne!(event.payload, json!("bad"), "cannot do that");
        Ok::<_, Error>(())
    };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let mut client = server.client().await;
    let response = client.invoke(br#""bad""#).await;
    assert_eq!((response.status, response.header("x-fc-status")), (404, Some("404")));
    assert_eq!(response.json()["errorType"], "Panic");
    assert!(response.json()["errorMessage"].as_str().unwrap().contains("cannot do that"));
    assert_eq!(client.invoke(br#""good""#).await.status, 200);
}

/// A payload with a path in it.
#[derive(Deserialize)]
struct Batch {
    events: Vec<Named>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only its shape matters")]
struct Named {
    name: String,
}

#[tokio::test]
async fn a_misfit_is_a_failed_call_that_names_the_path() {
    let handler = |event: FcEvent<Batch>| async move { Ok::<_, Error>(event.payload.events.len()) };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let mut client = server.client().await;
    assert_eq!(client.invoke(br#"{"events":[{"name":"a"}]}"#).await.text(), "1");
    let response = client.invoke(br#"{"events":[{"name":5}]}"#).await;
    assert_eq!((response.status, response.header("x-fc-status")), (404, Some("404")));
    assert_eq!(response.json()["errorType"], "InvalidPayload");
    let message = response.json()["errorMessage"].as_str().unwrap().to_owned();
    assert!(message.contains("events[0].name: invalid type: integer"), "{message}");
}

#[tokio::test]
async fn the_largest_payload_passes_and_one_byte_more_does_not() {
    let handler = |event: FcEvent<Raw>| async move {
        let Raw(bytes) = event.payload;
        let sum: u64 = bytes.iter().map(|byte| u64::from(*byte)).sum();
        Ok::<_, Error>((bytes.len(), sum))
    };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let mut client = server.client().await;
    let mut payload = vec![1; MAX_PAYLOAD];
    assert_eq!(client.invoke(&payload).await.json(), json!([MAX_PAYLOAD, MAX_PAYLOAD]));
    payload.push(1);
    let response = client.invoke(&payload).await;
    assert_eq!((response.status, response.header("x-fc-status")), (404, Some("404")));
    assert_eq!(response.json()["errorType"], "PayloadTooLarge");
    assert_eq!(response.json()["errorMessage"], "the payload has 33554433 bytes; the limit is 33554432");
}

#[tokio::test]
async fn a_chunked_payload_is_read() {
    let server = Server::start(Runtime::new(service_fn(echo))).await;
    let mut client = server.client().await;
    client.write("POST /invoke HTTP/1.1\r\nhost: f\r\ntransfer-encoding: chunked\r\n\r\n").await;
    client.write("2\r\n[1\r\n").await;
    client.write("3\r\n,2]\r\n0\r\n\r\n").await;
    assert_eq!(client.response().await.text(), "[1,2]");
}

#[tokio::test]
async fn raw_bytes_pass_both_ways() {
    let handler = |event: FcEvent<Raw>| async move { Ok::<_, Error>(event.payload) };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    assert_eq!(server.client().await.invoke(b"\xff\x00{").await.body, b"\xff\x00{");
}

#[tokio::test]
async fn a_function_without_http_refuses_http() {
    let server = Server::start(Runtime::new(service_fn(echo))).await;
    let response =
        server.client().await.call("POST", "/invoke", "x-fc-control-path: /http-invoke", b"7").await;
    assert_eq!((response.status, response.header("x-fc-status")), (404, Some("404")));
    assert_eq!(response.json()["errorType"], "NoHttpHandler");
}

/// Puts angle brackets around the response.
#[derive(Clone)]
struct Quote<S>(S);

impl<S> Service<FcEvent<Bytes>> for Quote<S>
where
    S: Service<FcEvent<Bytes>, Response = Bytes, Error = Diagnostic, Future: Send + 'static>,
{
    type Response = Bytes;
    type Error = Diagnostic;
    type Future = futures_util::future::BoxFuture<'static, Result<Bytes, Diagnostic>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Diagnostic>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, event: FcEvent<Bytes>) -> Self::Future {
        assert_ne!(event.payload, "0", "the layer itself fails");
        let response = self.0.call(event);
        Box::pin(async move { Ok([b"<", &*response.await?, b">"].concat().into()) })
    }
}

#[tokio::test]
async fn a_later_layer_is_an_outer_layer_and_may_panic_too() {
    let add_one =
        tower::util::MapResponseLayer::new(|response: Bytes| Bytes::from([&*response, b"1"].concat()));
    let runtime = Runtime::new(service_fn(echo)).layer(add_one).layer(tower::layer::layer_fn(Quote));
    let server = Server::start(runtime).await;
    let mut client = server.client().await;
    assert_eq!(client.invoke(b"5").await.text(), "<51>");
    let response = client.invoke(b"0").await;
    assert_eq!((response.status, response.json()["errorType"].clone()), (404, json!("Panic")));
}
