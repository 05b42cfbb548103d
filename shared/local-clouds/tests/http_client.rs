//! One request on a connection of its own.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Sends a request to `http://HOST:PORT`; the connection stays open until both halves of the answer are dropped.
pub(crate) async fn open(url: &str, request: Request<Body>) -> (Response<Incoming>, SendRequest<Body>) {
    let stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let response = sender.send_request(request).await.unwrap();
    (response, sender)
}

/// Sends a request and reads the whole answer.
pub(crate) async fn send(url: &str, request: Request<Body>) -> (StatusCode, HeaderMap, Bytes) {
    let (response, _connection) = open(url, request).await;
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, body.collect().await.unwrap().to_bytes())
}
