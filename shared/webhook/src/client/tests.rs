//! Deliveries whose resolver or time the test sets. The others are in the crate's `tests/`.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::{
    RetryAdvice,
    testing::{Scripted, callback, client, config},
};
use std::sync::atomic::Ordering::Relaxed;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

const BODY: &str = r#"{"code":"200"}"#;

async fn receiver(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

async fn seen(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}

/// The connection goes to the address that was checked: a second answer of the resolver, which no attempt may reach, does not count.
#[tokio::test]
async fn a_name_is_resolved_once_for_an_attempt() {
    let server = receiver(ResponseTemplate::new(200)).await;
    let port = server.address().port();
    let resolver = Scripted::new(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let client = client(config(port), resolver.clone());
    client.deliver(&callback(port), BODY).await.unwrap();
    assert_eq!(resolver.asked.load(Relaxed), 1);

    let error = client.deliver(&callback(port), BODY).await.unwrap_err();
    assert_eq!((error.kind(), seen(&server).await.len()), (ErrorKind::Forbidden, 1));
    assert!(error.advice().retry_after().is_some());
    assert_eq!(
        error.to_string(),
        "callback: callbacks are not allowed there: the host's address is loopback"
    );
}

#[tokio::test]
async fn one_forbidden_address_of_several_is_enough_to_refuse() {
    let server = receiver(ResponseTemplate::new(200)).await;
    let port = server.address().port();
    let client = client(config(port), Scripted::new(&[&["127.0.0.1", "10.0.0.1"]]));
    let error = client.deliver(&callback(port), BODY).await.unwrap_err();
    assert_eq!((error.kind(), seen(&server).await.len()), (ErrorKind::Forbidden, 0));
}

#[tokio::test]
async fn a_receiver_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut client = client(config(port), Scripted::new(&[&["127.0.0.1"]]));
    client.attempt_time = Duration::from_millis(50);
    let error = client.deliver(&callback(port), BODY).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::TimedOut, RetryAdvice::RETRY));
}

/// No more than 16 KiB of it are read.
#[tokio::test]
async fn a_response_without_end_counts_by_its_status() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let endless = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n").await.unwrap();
        // Ends when the other side has hung up.
        while stream.write_all(&[b' '; 4096]).await.is_ok() {}
    });
    let mut client = client(config(port), Scripted::new(&[&["127.0.0.1"]]));
    // Not the time ends the reading.
    client.attempt_time = Duration::from_secs(3600);
    assert_eq!(client.deliver(&callback(port), BODY).await.unwrap().status, 200);
    endless.await.unwrap();
}
