//! How connections come about, are used again, and are given up.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use crate::support::{http, oss_config};
use object_storage::{Error, ErrorKind, HttpClient, RetryAdvice, Store};

/// Longer than anything here may take.
const BOUND: Duration = Duration::from_secs(60);

/// Answers requests for as long as a connection lasts; tells the number of each request's connection.
async fn lasting() -> (String, mpsc::UnboundedReceiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (told, requests) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for number in 1.. {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(answer_all(stream, number, told.clone()));
        }
    });
    (url, requests)
}

async fn answer_all(mut stream: TcpStream, number: usize, told: mpsc::UnboundedSender<usize>) {
    let mut seen = Vec::new();
    while stream.read_buf(&mut seen).await.is_ok_and(|read| read > 0) {
        if seen.ends_with(b"\r\n\r\n") {
            seen.clear();
            told.send(number).unwrap();
            let answer = "HTTP/1.1 204 No Content\r\n\r\n";
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    }
}

async fn delete(store: &Store) -> Result<(), Error> {
    timeout(BOUND, store.delete("a.mp4")).await.unwrap()
}

#[tokio::test]
async fn consecutive_requests_of_all_stores_share_a_connection() {
    let (url, mut requests) = lasting().await;
    let http = http();
    for expected in [1, 1, 1] {
        let store = Store::new(oss_config(&url), http.clone()).unwrap();
        delete(&store).await.unwrap();
        assert_eq!(requests.recv().await, Some(expected));
        idle().await;
    }
}

#[tokio::test]
async fn a_connection_that_was_idle_for_long_is_not_used_again() {
    let (url, mut requests) = lasting().await;
    let store = Store::new(oss_config(&url), http()).unwrap();
    for (after, expected) in [(0, 1), (15, 1), (25, 2)] {
        idle().await;
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(after)).await;
        tokio::time::resume();
        delete(&store).await.unwrap();
        assert_eq!(requests.recv().await, Some(expected), "after {after} s");
    }
}

/// Asks for a connection before anything is sent, and takes it.
async fn open_early(http: &HttpClient, listener: &TcpListener) -> TcpStream {
    http.open_early(&format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap(), 1);
    timeout(BOUND, listener.accept()).await.unwrap().unwrap().0
}

/// Nobody takes a second connection, so the request goes over the one that was opened early.
#[tokio::test]
async fn a_connection_opened_early_carries_the_next_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (url, http) = (format!("http://{}", listener.local_addr().unwrap()), http());
    let early = open_early(&http, &listener).await;
    let (told, mut requests) = mpsc::unbounded_channel();
    tokio::spawn(answer_all(early, 1, told));
    let store = Store::new(oss_config(&url), http.clone()).unwrap();
    delete(&store).await.unwrap();
    assert_eq!(requests.recv().await, Some(1));
    // One that was just used is not joined by another.
    http.open_early(&url.parse().unwrap(), 1);
    idle().await;
    assert!(timeout(Duration::from_millis(100), listener.accept()).await.is_err(), "nobody needs it");
}

/// How an early connection comes to its end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Closed,
    /// As TLS does, whose servers send tickets unasked.
    ClosedBehindBytes,
    TooOld,
}

/// The server closes it, or too much time passes: the request goes over a connection of its own.
#[tokio::test]
async fn an_early_connection_that_is_over_is_not_used() {
    for end in [End::Closed, End::ClosedBehindBytes, End::TooOld] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (url, http) = (format!("http://{}", listener.local_addr().unwrap()), http());
        let mut early = open_early(&http, &listener).await;
        idle().await;
        if end == End::ClosedBehindBytes {
            early.write_all(b"ticket").await.unwrap();
        }
        let kept = (end == End::TooOld).then_some(early);
        if kept.is_some() {
            tokio::time::pause();
            tokio::time::advance(Duration::from_secs(11)).await;
            tokio::time::resume();
        }
        idle().await;
        let (told, mut requests) = mpsc::unbounded_channel();
        tokio::spawn(async move { answer_all(listener.accept().await.unwrap().0, 2, told).await });
        delete(&Store::new(oss_config(&url), http).unwrap()).await.unwrap();
        assert_eq!(requests.recv().await, Some(2), "{end:?}");
        drop(kept);
    }
}

/// Lets the client see that an answer has ended, so that its connection is idle.
async fn idle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// The server accepts the connection and never answers.
#[tokio::test]
async fn a_tls_handshake_has_ten_seconds() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // It takes what comes and says nothing.
    let (told, mut accepted) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
            told.send(()).unwrap();
        }
    });
    let store = Store::new(oss_config(&format!("https://{address}")), http()).unwrap();
    let asking = tokio::spawn(async move { delete(&store).await });
    accepted.recv().await.unwrap();
    tokio::time::pause();
    given_up(Instant::now(), asking.await.unwrap());
}

#[tokio::test]
async fn a_server_that_never_accepts_is_given_up_after_ten_seconds() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    // Connections that nobody takes, until there is no room for another.
    let mut waiting = Vec::new();
    while let Ok(connected) = timeout(Duration::from_millis(200), TcpStream::connect(address)).await {
        waiting.push(connected.unwrap());
        assert!(waiting.len() < 100, "the queue has no end");
    }
    let store = Store::new(oss_config(&format!("http://{address}")), http()).unwrap();
    tokio::time::pause();
    given_up(Instant::now(), delete(&store).await);
}

fn given_up(since: Instant, outcome: Result<(), Error>) {
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::Connection, RetryAdvice::RETRY));
    assert!(error.to_string().contains("the store cannot be reached (host "), "{error}");
    let after = since.elapsed().as_secs_f64();
    assert!((9.0..11.0).contains(&after), "{after} s");
}
