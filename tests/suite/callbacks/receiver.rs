//! A receiver of callbacks: a server of its own that writes down what it is sent and answers as scripted.

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

/// What it answers to one request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// This status, and perhaps a header.
    Status(u16, Option<(&'static str, &'static str)>),
    /// Nothing, for as long as the caller waits.
    Silence,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Clone, Default)]
struct Notes(Arc<Mutex<(VecDeque<Answer>, Vec<Heard>)>>);

/// It ends when this is dropped.
pub(crate) struct Receiver {
    pub(crate) port: u16,
    notes: Notes,
    server: JoinHandle<()>,
}

impl Receiver {
    /// Answers these one after the other, then 200 for ever.
    pub(crate) async fn answering(answers: &[Answer]) -> Self {
        Self::at(0, answers).await
    }

    /// The same at a port where there was one before.
    pub(crate) async fn at(port: u16, answers: &[Answer]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let notes = Notes::default();
        notes.0.lock().unwrap().0.extend(answers);
        let router = Router::new().fallback(answer).with_state(notes.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, notes, server }
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.notes.0.lock().unwrap().1.clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(
    State(notes): State<Notes>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let answer = {
        let (answers, heard) = &mut *notes.0.lock().unwrap();
        heard.push(Heard { method, uri, headers, body });
        answers.pop_front().unwrap_or(Answer::Status(200, None))
    };
    let Answer::Status(status, header) = answer else { std::future::pending().await };
    let mut response = Response::builder().status(status);
    if let Some((name, value)) = header {
        response = response.header(name, value);
    }
    // More than anybody reads of it.
    response.body("x".repeat(100_000).into()).unwrap()
}
