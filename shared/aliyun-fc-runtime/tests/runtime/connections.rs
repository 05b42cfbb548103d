//! Connections: kept for hours, shared by many, left by their peer.

use crate::client::Server;
use aliyun_fc_runtime::{Error, FcEvent, Raw, Runtime, service_fn};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Barrier, Semaphore};

#[tokio::test(start_paused = true)]
async fn a_connection_idle_for_hours_is_kept() {
    let handler = |event: FcEvent<Value>| async move { Ok::<_, Error>(event.payload) };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let mut used = server.client().await;
    let mut unused = server.client().await;
    let mut half = server.client().await;
    assert_eq!(used.invoke(b"1").await.text(), "1");
    half.write("POST /invoke HTTP/1.1\r\nhost: f\r\n").await;
    tokio::time::sleep(Duration::from_secs(25 * 3600)).await;
    assert_eq!(used.invoke(b"2").await.text(), "2");
    assert_eq!(unused.invoke(b"3").await.text(), "3");
    half.write("content-length: 1\r\n\r\n4").await;
    assert_eq!(half.response().await.text(), "4", "no timeout for headers either");
}

#[tokio::test(start_paused = true)]
async fn a_call_may_last_a_day() {
    let handler = |_: FcEvent<Value>| async {
        tokio::time::sleep(Duration::from_secs(86_400)).await;
        Ok::<_, Error>("done")
    };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    assert_eq!(server.client().await.invoke(b"").await.text(), r#""done""#);
}

#[tokio::test]
async fn two_hundred_calls_run_at_once_on_one_thread() {
    let all = Arc::new(Barrier::new(200));
    let handler = move |event: FcEvent<Value>| {
        let all = all.clone();
        async move {
            all.wait().await;
            Ok::<_, Error>(event.payload)
        }
    };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let mut clients = Vec::new();
    for number in 0..200 {
        let mut client = server.client().await;
        client.send_event(number.to_string().as_bytes()).await;
        clients.push(client);
    }
    for (number, mut client) in clients.into_iter().enumerate() {
        assert_eq!(client.response().await.json(), json!(number));
    }
}

/// Adds a permit when dropped.
struct Dropped(Arc<Semaphore>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

#[tokio::test]
async fn a_client_that_leaves_ends_its_own_call_alone() {
    let (entered, dropped) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (inside, guard) = (entered.clone(), dropped.clone());
    let handler = move |event: FcEvent<Value>| {
        let (inside, guard) = (inside.clone(), Dropped(guard.clone()));
        async move {
            if event.payload == json!("wait") {
                inside.add_permits(1);
                std::future::pending::<()>().await;
            }
            drop(guard);
            Ok::<_, Error>("done")
        }
    };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let mut client = server.client().await;
    client.send_event(br#""wait""#).await;
    entered.acquire().await.unwrap().forget();
    assert_eq!(dropped.available_permits(), 0);
    drop(client);
    dropped.acquire().await.unwrap().forget();
    assert_eq!(server.client().await.invoke(b"").await.text(), r#""done""#);
}

#[tokio::test]
async fn a_client_that_leaves_within_a_payload_starts_no_call() {
    let calls = Arc::new(AtomicU32::new(0));
    let counter = calls.clone();
    let handler = move |_: FcEvent<Raw>| {
        counter.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok::<_, Error>(()))
    };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let mut client = server.client().await;
    client.write("POST /invoke HTTP/1.1\r\nhost: f\r\ncontent-length: 100\r\n\r\n1").await;
    drop(client);
    server.client().await.invoke(b"2").await;
    server.stop().await.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn many_small_headers_are_taken() {
    let handler = |event: FcEvent<Value>| async move { Ok::<_, Error>(event.payload) };
    let server = Server::start(Runtime::new(service_fn(handler))).await;
    let headers: String = (0..400).map(|number| format!("x-{number}: a\n")).collect();
    assert_eq!(server.client().await.call("POST", "/invoke", &headers, b"1").await.text(), "1");
}
