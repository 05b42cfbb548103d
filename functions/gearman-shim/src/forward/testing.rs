//! A function that does what a test says.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use axum::{Router, body::Body, extract::Request, http::Response};
use bytes::Bytes;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;

/// A function that sends the given responses in their order and keeps its requests.
pub(crate) struct ScriptedFunction {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<(http::request::Parts, Bytes)>>>,
}

impl ScriptedFunction {
    pub(crate) async fn start(responses: impl IntoIterator<Item = Response<Body>>) -> Self {
        let responses = Mutex::new(responses.into_iter().collect::<VecDeque<_>>());
        Self::start_with(move |_, _| {
            let response = responses.lock().unwrap().pop_front();
            response.unwrap_or_else(|| Response::builder().status(418).body(Body::empty()).unwrap())
        })
        .await
    }

    /// A function that responds to each request as `respond` says.
    pub(crate) async fn start_with(
        respond: impl Fn(&http::request::Parts, &Bytes) -> Response<Body> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/base/", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (keep, respond) = (requests.clone(), Arc::new(respond));
        let answer = async move |request: Request| {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            let response = respond(&parts, &body);
            keep.lock().unwrap().push((parts, body));
            response
        };
        let router = Router::new().fallback(answer);
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { url, requests }
    }

    /// The requests so far, as method and path.
    pub(crate) fn paths(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests.iter().map(|(parts, _)| format!("{} {}", parts.method, parts.uri.path())).collect()
    }

    pub(crate) fn header(&self, request: usize, name: &str) -> String {
        self.requests.lock().unwrap()[request].0.headers[name].to_str().unwrap().to_owned()
    }

    pub(crate) fn body(&self, request: usize) -> Bytes {
        self.requests.lock().unwrap()[request].1.clone()
    }
}
