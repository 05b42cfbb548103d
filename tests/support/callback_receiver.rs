//! A receiver of callbacks: a server that records its requests and responds as scripted.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, Uri},
};
use serde_json::Value;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};
use tokio::{net::TcpListener, task::JoinHandle};

/// The response to one request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    /// This status and, where given, a header.
    Status(u16, Option<(&'static str, &'static str)>),
    /// No response, for as long as the caller waits.
    Silence,
}

/// A recorded request.
#[derive(Debug, Clone)]
pub(crate) struct RecordedRequest {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl RecordedRequest {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Clone, Default)]
struct Recording(Arc<Mutex<(VecDeque<Reply>, Vec<RecordedRequest>)>>);

/// A running server; dropping it ends the server.
pub(crate) struct Receiver {
    pub(crate) port: u16,
    recording: Recording,
    server: JoinHandle<()>,
}

impl Receiver {
    /// Responds with these in turn, then with 200 forever.
    pub(crate) async fn start(replies: &[Reply]) -> Self {
        Self::start_at(0, replies).await
    }

    /// Starts at a given port, where one ran before.
    pub(crate) async fn start_at(port: u16, replies: &[Reply]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let recording = Recording::default();
        recording.0.lock().unwrap().0.extend(replies);
        let router = Router::new().fallback(respond).with_state(recording.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, recording, server }
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.recording.0.lock().unwrap().1.clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn respond(
    State(recording): State<Recording>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let reply = {
        let (replies, requests) = &mut *recording.0.lock().unwrap();
        requests.push(RecordedRequest { method, uri, headers, body });
        replies.pop_front().unwrap_or(Reply::Status(200, None))
    };
    let Reply::Status(status, header) = reply else { std::future::pending().await };
    let mut response = Response::builder().status(status);
    if let Some((name, value)) = header {
        response = response.header(name, value);
    }
    // More than any sender reads.
    response.body("x".repeat(100_000).into()).unwrap()
}
