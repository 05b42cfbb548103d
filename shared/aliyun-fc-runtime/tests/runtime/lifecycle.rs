//! Initializer, pre-stop, the end of an instance.

use crate::client::{Client, Server};
use aliyun_fc_runtime::{Context, Error, FcEvent, Runtime, service_fn};
use axum::{Router, routing::get};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, Semaphore},
};

const INITIALIZE: &str = "x-fc-control-path: /initialize\nx-fc-request-id: i-1";

/// What happened, in order.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn note(&self, entry: impl Into<String>) {
        self.0.lock().unwrap().push(entry.into());
    }

    fn read(&self) -> String {
        self.0.lock().unwrap().join(", ")
    }

    /// A hook that writes its name and the request id.
    fn hook(&self, name: &'static str) -> impl Fn(Context) -> std::future::Ready<Result<(), Error>> + use<> {
        let diary = self.clone();
        move |context| {
            diary.note(format!("{name} {}", context.request_id()).trim());
            std::future::ready(Ok(()))
        }
    }
}

async fn one(_: FcEvent<Value>) -> Result<u32, Error> {
    Ok(1)
}

#[tokio::test]
async fn the_initializer_succeeds_once() {
    let diary = Diary::default();
    let server = Server::start(Runtime::new(service_fn(one)).initializer(diary.hook("init"))).await;
    let mut client = server.client().await;
    for _ in 0..2 {
        let response = client.call("POST", "/initialize", INITIALIZE, b"").await;
        assert_eq!((response.status, response.text()), (200, ""));
    }
    assert_eq!(client.invoke(b"").await.text(), "1");
    assert_eq!(diary.read(), "init i-1");
}

#[tokio::test]
async fn the_first_call_waits_for_an_initializer_nobody_called() {
    let diary = Diary::default();
    let handled = diary.clone();
    let handler = move |_: FcEvent<Value>| {
        handled.note("call");
        std::future::ready(Ok::<_, Error>(()))
    };
    let http = Router::new().route("/", get(async || "web"));
    let runtime = Runtime::new(service_fn(handler)).initializer(diary.hook("init")).http(http);
    let server = Server::start(runtime).await;
    let mut client = server.client().await;
    assert_eq!(client.call("GET", "/", "x-fc-control-path: /http-invoke", b"").await.text(), "web");
    assert_eq!(diary.read(), "init");
    client.invoke(b"").await;
    assert_eq!(diary.read(), "init, call");
}

#[tokio::test]
async fn a_failed_initializer_is_tried_again() {
    let tries = Arc::new(Mutex::new(0));
    let hook = move |_: Context| {
        let mut tries = tries.lock().unwrap();
        *tries += 1;
        let outcome = if *tries < 3 { Err(format!("try {tries}")) } else { Ok(()) };
        std::future::ready(outcome)
    };
    let server = Server::start(Runtime::new(service_fn(one)).initializer(hook)).await;
    let mut client = server.client().await;
    let response = client.call("POST", "/initialize", INITIALIZE, b"").await;
    assert_eq!((response.status, response.header("x-fc-status")), (404, Some("404")));
    assert_eq!(response.json()["errorMessage"], "try 1");
    let response = client.invoke(b"").await;
    assert_eq!((response.status, response.json()["errorMessage"].as_str()), (404, Some("try 2")));
    assert_eq!(client.call("POST", "/initialize", INITIALIZE, b"").await.status, 200);
    assert_eq!(client.invoke(b"").await.text(), "1");
}

#[tokio::test]
async fn a_panic_of_the_initializer_asks_for_another_instance() {
    let hook = |_: Context| -> std::future::Ready<Result<(), Error>> { panic!("no disk") };
    let server = Server::start(Runtime::new(service_fn(one)).initializer(hook)).await;
    let response = server.client().await.call("POST", "/initialize", INITIALIZE, b"").await;
    assert_eq!((response.status, response.header("x-fc-status")), (500, Some("404")));
    assert_eq!(response.json()["errorMessage"], "the function panicked: no disk");
}

#[tokio::test]
async fn hooks_that_a_function_lacks_succeed() {
    let server = Server::start(Runtime::new(service_fn(one))).await;
    let mut client = server.client().await;
    assert_eq!(client.call("POST", "/initialize", "", b"").await.status, 200);
    assert_eq!(client.call("GET", "/pre-stop", "", b"").await.status, 200);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn pre_stop_runs_once_even_when_the_platform_asks_for_it() {
    let diary = Diary::default();
    let server = Server::start(Runtime::new(service_fn(one)).pre_stop(diary.hook("stop"))).await;
    let response = server.client().await.call("GET", "/pre-stop", "x-fc-request-id: s-1", b"").await;
    assert_eq!(response.status, 200);
    server.stop().await.unwrap();
    assert_eq!(diary.read(), "stop s-1");
}

#[tokio::test]
async fn a_pre_stop_that_fails_or_panics_does_not_stop_the_shutdown() {
    let failing = |_: Context| async { Err::<(), _>("cannot flush") };
    Server::start(Runtime::new(service_fn(one)).pre_stop(failing)).await.stop().await.unwrap();
    let panicking = |_: Context| -> std::future::Ready<Result<(), Error>> { panic!("cannot flush") };
    Server::start(Runtime::new(service_fn(one)).pre_stop(panicking)).await.stop().await.unwrap();
}

#[tokio::test]
async fn idle_connections_are_closed_at_the_end() {
    let server = Server::start(Runtime::new(service_fn(one))).await;
    let mut used = server.client().await;
    used.invoke(b"").await;
    let mut unused = server.client().await;
    server.stop().await.unwrap();
    assert!(used.closed().await && unused.closed().await);
}

/// The one test that serves until a signal comes: the signal goes to this whole process.
#[cfg(unix)]
#[tokio::test]
async fn sigterm_ends_the_calls_in_flight_first_and_the_function_last() {
    let diary = Diary::default();
    let (entered, go_on) = (Arc::new(Semaphore::new(0)), Arc::new(Notify::new()));
    let (notes, inside, wait) = (diary.clone(), entered.clone(), go_on.clone());
    let handler = move |_: FcEvent<Value>| {
        let (notes, inside, wait) = (notes.clone(), inside.clone(), wait.clone());
        async move {
            inside.add_permits(1);
            wait.notified().await;
            notes.note("call ended");
            Ok::<_, Error>("done")
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let ended = tokio::spawn(Runtime::new(service_fn(handler)).pre_stop(diary.hook("stop")).serve(listener));
    let mut client = Client::connect(address).await;
    client.send_event(b"").await;
    entered.acquire().await.unwrap().forget();

    let pid = std::process::id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert_eq!(diary.read(), "", "the call still runs, and the hook waits for it");
    go_on.notify_one();
    assert_eq!(client.response().await.text(), r#""done""#);
    ended.await.unwrap().unwrap();
    assert_eq!(diary.read(), "call ended, stop");
}
