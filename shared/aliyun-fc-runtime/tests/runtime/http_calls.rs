//! Calls of the HTTP trigger.

use crate::client::{Client, Server};
use aliyun_fc_runtime::{Body, Context, Error, FcEvent, Runtime, service_fn};
use axum::{
    Extension, Router,
    extract::Request,
    http::StatusCode,
    response::IntoResponse,
    routing::{any, get},
};
use http::Response;
use http_body_util::BodyExt;
use serde_json::Value;

const HTTP: &str = "x-fc-control-path: /http-invoke";

/// Responds with the request.
async fn mirror(request: Request) -> impl IntoResponse {
    let said = format!("{} {}", request.method(), request.uri());
    let color = request.headers().get("x-color").cloned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let mut response =
        (StatusCode::IM_A_TEAPOT, [said.into_bytes(), body.to_vec()].join(&b'|')).into_response();
    response.headers_mut().extend(color.map(|color| (http::HeaderName::from_static("x-color"), color)));
    response
}

#[tokio::test]
async fn method_path_query_headers_body_and_status_pass() {
    let server = Server::start(Runtime::http_only(Router::new().fallback(any(mirror)))).await;
    let mut client = server.client().await;
    let response = client.call("PUT", "/a%20b/c?d=%26&e", &format!("{HTTP}\nx-color: blue"), b"body").await;
    assert_eq!(response.status, 418);
    assert_eq!(response.text(), "PUT /a%20b/c?d=%26&e|body");
    assert_eq!(response.header("x-color"), Some("blue"));
    assert_eq!(response.header("x-fc-status"), None, "a deliberate 4xx is no failed call");
}

#[tokio::test]
async fn one_function_serves_events_and_http() {
    let events = |event: FcEvent<Value>| async move { Ok::<_, Error>(event.payload) };
    let http =
        Router::new().route("/invoke", any(async || "over HTTP")).route("/healthz", get(async || "well"));
    let server = Server::start(Runtime::new(service_fn(events)).http(http)).await;
    let mut client = server.client().await;
    assert_eq!(client.invoke(br#""event""#).await.text(), r#""event""#);
    assert_eq!(client.call("POST", "/invoke", HTTP, b"").await.text(), "over HTTP");
    assert_eq!(
        client.call("GET", "/healthz", "", b"").await.text(),
        "well",
        "a health check has no control path"
    );
}

#[tokio::test]
async fn a_web_function_refuses_events() {
    let server = Server::start(Runtime::http_only(Router::new())).await;
    let response = server.client().await.invoke(b"{}").await;
    assert_eq!((response.status, response.header("x-fc-status")), (404, Some("404")));
    assert_eq!(response.json()["errorType"], "NoEventHandler");
}

#[tokio::test]
async fn the_context_is_an_extension_and_the_secrets_are_marked() {
    async fn show(Extension(context): Extension<Context>, request: Request) -> String {
        let credentials = context.credentials().map(|credentials| credentials.access_key_secret().to_owned());
        format!("{} {credentials:?} {:?}", context.request_id(), request.headers())
    }
    let server = Server::start(Runtime::http_only(Router::new().route("/", get(show)))).await;
    let headers = format!(
        "{HTTP}\nx-fc-request-id: r-1\nx-fc-access-key-id: i\nx-fc-access-key-secret: s3cret\nx-fc-security-token: t0ken"
    );
    let response = server.client().await.call("GET", "/", &headers, b"").await;
    let (shown, debug) = response.text().split_once('{').unwrap();
    assert_eq!(shown, "r-1 Some(\"s3cret\") ");
    assert!(
        debug.contains("x-fc-security-token") && !debug.contains("s3cret") && !debug.contains("t0ken"),
        "{debug}"
    );
}

#[tokio::test]
async fn bodies_stream_both_ways() {
    let service =
        service_fn(async |request: http::Request<Body>| Ok::<_, Error>(Response::new(request.into_body())));
    let server = Server::start(Runtime::http_only(service)).await;
    let mut client = server.client().await;
    client.write(format!("POST / HTTP/1.1\r\nhost: f\r\n{HTTP}\r\ntransfer-encoding: chunked\r\n\r\n")).await;
    assert_eq!(client.head().await.status, 200, "the head comes before any of the body");
    for part in ["first", "other"] {
        client.write(format!("5\r\n{part}\r\n")).await;
        assert_eq!(
            client.chunk().await.as_deref(),
            Some(part.as_bytes()),
            "each part comes before the next is sent"
        );
    }
    client.write("0\r\n\r\n").await;
    assert_eq!(client.chunk().await, None);
}

#[tokio::test]
async fn an_error_or_a_panic_is_a_bare_500_and_a_failed_call() {
    let service = service_fn(async |request: http::Request<Body>| {
        if request.uri().path() == "/panic" {
            panic!("the secret plan");
        }
        Err::<Response<Body>, Error>("the secret plan".into())
    });
    let server = Server::start(Runtime::http_only(service)).await;
    let mut client: Client = server.client().await;
    for path in ["/panic", "/error"] {
        let response = client.call("GET", path, HTTP, b"").await;
        assert_eq!((response.status, response.header("x-fc-status")), (500, Some("404")), "{path}");
        assert_eq!(
            response.text(),
            r#"{"errorMessage":"the function failed","errorType":"InternalError","stackTrace":[]}"#
        );
    }
}

#[tokio::test]
async fn a_body_of_more_than_the_event_limit_passes() {
    async fn count(request: Request) -> String {
        request.into_body().collect().await.unwrap().to_bytes().len().to_string()
    }
    let server = Server::start(Runtime::http_only(Router::new().route("/", any(count)))).await;
    let body = vec![0; aliyun_fc_runtime::MAX_PAYLOAD + 1];
    assert_eq!(server.client().await.call("POST", "/", HTTP, &body).await.text(), "33554433");
}
