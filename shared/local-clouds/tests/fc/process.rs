//! The function process: an HTTP server that does what the payload says.

use std::convert::Infallible;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::{any, get, post};
use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderMap, Request, Response, StatusCode};
use serde_json::{Map, Value};
use tokio::sync::Notify;

#[derive(Clone, Default)]
struct Shared {
    calls: Arc<AtomicU32>,
    initializations: Arc<AtomicU32>,
    go: Arc<Notify>,
}

/// Not a test of its own: the host starts it as the function.
#[test]
fn function() {
    match std::env::var("ACT_AS").as_deref() {
        Ok("function") => serve(),
        Ok("hang up once") => hang_up_once(),
        _ => {}
    }
}

fn port() -> u16 {
    std::env::var("FC_CUSTOM_LISTEN_PORT").unwrap().parse().unwrap()
}

fn serve() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let shared = Shared::default();
    let app = Router::new()
        .route("/invoke", post(invoke))
        .route("/initialize", post(initialize))
        .route("/pre-stop", get(async || println!("pre-stop called")))
        .route("/health", get(health))
        .route("/stream", get(stream))
        .route("/go", get(async |State(shared): State<Shared>| shared.go.notify_one()))
        .fallback(any(passed))
        .with_state(shared);
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("0.0.0.0", port())).await.unwrap();
        axum::serve(listener, app).await.unwrap();
    });
}

/// Reads the first request and closes the connection; answers all later ones.
fn hang_up_once() {
    let listener = std::net::TcpListener::bind(("0.0.0.0", port())).unwrap();
    let mut requests = 0;
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        // The start probe sends nothing.
        if stream.read(&mut [0; 4096]).unwrap() > 0 {
            requests += 1;
            if requests > 1 {
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
                    .unwrap();
            }
        }
    }
}

async fn initialize(State(shared): State<Shared>) -> StatusCode {
    let script = std::env::var("INITIALIZE").unwrap_or_default();
    let number = shared.initializations.fetch_add(1, Ordering::Relaxed) as usize;
    let status = script.split(',').nth(number).unwrap_or("200");
    println!("initialize: {status}");
    status.parse().unwrap()
}

async fn health(State(shared): State<Shared>) -> StatusCode {
    if shared.calls.load(Ordering::Relaxed) > 0 { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
}

/// One chunk, and a second one after `/go`.
async fn stream(State(shared): State<Shared>) -> Body {
    let chunks = futures_util::stream::iter([false, true]).then(move |wait| {
        let go = Arc::clone(&shared.go);
        async move {
            if wait {
                go.notified().await;
            }
            Ok::<_, Infallible>(Bytes::from(if wait { "two" } else { "one" }))
        }
    });
    Body::from_stream(chunks)
}

/// Answers an HTTP trigger's request: returns its body as received, and everything else in headers.
async fn passed(request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let value_of =
        |name| parts.headers.get(name).cloned().unwrap_or_else(|| http::HeaderValue::from_static("absent"));
    Response::builder()
        .status(StatusCode::IM_A_TEAPOT)
        .header("method", parts.method.as_str())
        .header("path", parts.uri.to_string())
        .header("control-path", value_of("x-fc-control-path"))
        .header("seen-host", value_of("host"))
        .header("seen-keep-alive", value_of("keep-alive"))
        .header("server", "mine")
        .header("x-fc-secret", "mine")
        .body(body)
        .unwrap()
}

async fn invoke(State(shared): State<Shared>, headers: HeaderMap, payload: String) -> Response<Body> {
    let number = shared.calls.fetch_add(1, Ordering::Relaxed) + 1;
    let (word, rest) = payload.split_once(' ').unwrap_or((&payload, ""));
    let header =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let answer = match word {
        "count" => number.to_string(),
        "headers" => object(headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()))),
        "environment" => {
            let variables: Vec<_> = std::env::vars().collect();
            object(variables.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        }
        "fail" => return failed("fail"),
        "fail-before" => {
            println!("attempt {} of {}", header("x-fc-retry-count"), header("x-fc-request-id"));
            if header("x-fc-retry-count").parse::<u32>().unwrap() < rest.parse().unwrap() {
                return failed("too early");
            }
            "done".to_owned()
        }
        "say" => {
            println!("{rest}");
            eprintln!("error: {rest}");
            String::new()
        }
        "child" => std::process::Command::new("sleep").arg("1000").spawn().unwrap().id().to_string(),
        "wait" => {
            shared.go.notified().await;
            String::new()
        }
        "go" => {
            shared.go.notify_one();
            String::new()
        }
        "large-header" => {
            return Response::builder().header("large", "x".repeat(9000)).body(Body::empty()).unwrap();
        }
        "status" => return Response::builder().status(500).body(Body::from("still a success")).unwrap(),
        "exit" => std::process::exit(3),
        "hang" => std::future::pending().await,
        _ => payload,
    };
    Response::new(Body::from(answer))
}

fn failed(message: &str) -> Response<Body> {
    let body = format!(r#"{{"errorMessage":"{message}","errorType":"Test","stackTrace":[]}}"#);
    Response::builder().status(404).header("x-fc-status", "404").body(Body::from(body)).unwrap()
}

fn object<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    Value::Object(pairs.map(|(name, value)| (name.to_owned(), Value::from(value))).collect::<Map<_, _>>())
        .to_string()
}
