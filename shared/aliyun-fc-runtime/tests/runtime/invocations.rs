//! Event calls.

use crate::client::Server;
use aliyun_fc_runtime::{Diagnostic, Error, Event, MAX_PAYLOAD, Raw, Runtime, events::OssEvents, service_fn};
use bytes::Bytes;
use serde_json::{Value, json};
use std::task::{Context, Poll};
use tower::Service;

async fn echo(event: Event<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

#[tokio::test]
async fn an_event_is_answered_in_json() {
    let server = Server::start(Runtime::new(service_fn(echo))).await;
    let answer = server.client().await.invoke(r#"{"a": [1, "ü"]}"#.as_bytes()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-fc-status"), Some("200"));
    assert_eq!(answer.text(), r#"{"a":[1,"ü"]}"#);
}

#[tokio::test(start_paused = true)]
async fn the_handler_learns_what_the_headers_say() {
    let handler = |event: Event<Value>| async move {
        let context = event.context;
        let left = context.remaining().map(|left| left.as_secs());
        Ok::<_, Error>(json!([context.request_id(), context.function_name(), context.memory_mb(), left]))
    };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let answer = server.client().await.invoke(b"").await;
    assert_eq!(answer.json(), json!(["1-67a59f35-150c1267-f381ba1c085c", "resize", 512, 60]));
}

#[tokio::test]
async fn an_event_without_any_platform_header_is_served() {
    let server = Server::start(Runtime::new(service_fn(echo))).await;
    assert_eq!(server.client().await.call("POST", "/invoke", "", b"7").await.text(), "7");
}

#[tokio::test]
async fn an_error_is_a_failed_call() {
    let handler = |_: Event<Value>| async { Err::<(), _>(Diagnostic::new("OutOfStock", "no chairs left")) };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let answer = server.client().await.invoke(b"{}").await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("x-fc-status"), Some("404"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(
        answer.text(),
        r#"{"errorMessage":"no chairs left","errorType":"OutOfStock","stackTrace":[]}"#
    );
}

#[tokio::test]
async fn a_panic_is_a_failed_call_and_the_connection_lives_on() {
    let handler = |event: Event<Value>| async move {
        assert_ne!(event.payload, json!("bad"), "cannot do that");
        Ok::<_, Error>(())
    };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let mut client = server.client().await;
    let answer = client.invoke(br#""bad""#).await;
    assert_eq!((answer.status, answer.header("x-fc-status")), (404, Some("404")));
    assert_eq!(answer.json()["errorType"], "Panic");
    assert!(answer.json()["errorMessage"].as_str().unwrap().contains("cannot do that"));
    assert_eq!(client.invoke(br#""good""#).await.status, 200);
}

#[tokio::test]
async fn rubbish_is_a_failed_call_that_names_the_path() {
    let handler = |event: Event<OssEvents>| async move { Ok::<_, Error>(event.payload.records.len()) };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let mut client = server.client().await;
    assert_eq!(client.invoke(include_bytes!("../fixtures/oss-native.json")).await.text(), "1");
    let rubbish = br#"{"events":[{"eventSource":"acs:oss","eventName":"x","oss":{"bucket":{"name":5}}}]}"#;
    let answer = client.invoke(rubbish).await;
    assert_eq!((answer.status, answer.header("x-fc-status")), (404, Some("404")));
    assert_eq!(answer.json()["errorType"], "InvalidPayload");
    let message = answer.json()["errorMessage"].as_str().unwrap().to_owned();
    assert!(message.contains("events[0].oss.bucket.name: invalid type: integer"), "{message}");
}

#[tokio::test]
async fn the_largest_payload_passes_and_one_byte_more_does_not() {
    let handler = |event: Event<Raw>| async move {
        let Raw(bytes) = event.payload;
        let sum: u64 = bytes.iter().map(|byte| u64::from(*byte)).sum();
        Ok::<_, Error>((bytes.len(), sum))
    };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let mut client = server.client().await;
    let mut payload = vec![1; MAX_PAYLOAD];
    assert_eq!(client.invoke(&payload).await.json(), json!([MAX_PAYLOAD, MAX_PAYLOAD]));
    payload.push(1);
    let answer = client.invoke(&payload).await;
    assert_eq!((answer.status, answer.header("x-fc-status")), (404, Some("404")));
    assert_eq!(answer.json()["errorType"], "PayloadTooLarge");
    assert_eq!(answer.json()["errorMessage"], "the payload has 33554433 bytes; the limit is 33554432");
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
    let handler = |event: Event<Raw>| async move { Ok::<_, Error>(event.payload) };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    assert_eq!(server.client().await.invoke(b"\xff\x00{").await.body, b"\xff\x00{");
}

#[tokio::test]
async fn a_function_without_http_refuses_http() {
    let server = Server::start(Runtime::new(service_fn(echo))).await;
    let answer = server.client().await.call("POST", "/invoke", "x-fc-control-path: /http-invoke", b"7").await;
    assert_eq!((answer.status, answer.header("x-fc-status")), (404, Some("404")));
    assert_eq!(answer.json()["errorType"], "NoHttpHandler");
}

/// Puts something round the answer.
#[derive(Clone)]
struct Quote<S>(S);

impl<S> Service<Event<Bytes>> for Quote<S>
where
    S: Service<Event<Bytes>, Response = Bytes, Error = Diagnostic, Future: Send + 'static>,
{
    type Response = Bytes;
    type Error = Diagnostic;
    type Future = futures_util::future::BoxFuture<'static, Result<Bytes, Diagnostic>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Diagnostic>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, event: Event<Bytes>) -> Self::Future {
        assert_ne!(event.payload, "0", "the layer itself fails");
        let answer = self.0.call(event);
        Box::pin(async move { Ok([b"<", &*answer.await?, b">"].concat().into()) })
    }
}

#[tokio::test]
async fn a_later_layer_is_an_outer_layer_and_may_panic_too() {
    let add_one = tower::util::MapResponseLayer::new(|answer: Bytes| Bytes::from([&*answer, b"1"].concat()));
    let runtime = Runtime::new(service_fn(echo)).layer(add_one).layer(tower::layer::layer_fn(Quote));
    let server = Server::start(runtime).await;
    let mut client = server.client().await;
    assert_eq!(client.invoke(b"5").await.text(), "<51>");
    let answer = client.invoke(b"0").await;
    assert_eq!((answer.status, answer.json()["errorType"].clone()), (404, json!("Panic")));
}
