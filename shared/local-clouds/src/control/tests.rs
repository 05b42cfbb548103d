#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use http::{Request, Response, StatusCode, request::Parts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Cloud, Control, Fault, LinkSettings, Rule, Server, serve};

/// Answers every request with its own body, and counts its work.
#[derive(Clone, Default)]
struct Echo {
    worked: Arc<AtomicU64>,
    expired: Arc<AtomicU64>,
}

impl Cloud for Echo {
    fn operation(&self, parts: &Parts) -> String {
        parts.uri.path().trim_start_matches('/').to_owned()
    }

    fn expire(&self, _: &Parts) {
        self.expired.fetch_add(1, Ordering::SeqCst);
    }

    fn refusal(&self, _: &Parts, status: StatusCode, code: Option<&str>) -> Response<Body> {
        let mut answer = Response::new(Body::from(code.unwrap_or("refused").to_owned()));
        *answer.status_mut() = status;
        answer
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
        self.worked.fetch_add(1, Ordering::SeqCst);
        Response::new(Body::from(body))
    }
}

struct Rig {
    server: Server,
    control: Control,
    echo: Echo,
}

impl Rig {
    async fn new() -> Self {
        let (echo, control) = (Echo::default(), Control::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = serve(listener, echo.clone(), control.clone());
        Self { server, control, echo }
    }

    async fn post(&self, path: &str, body: &str) -> io::Result<Answer> {
        call(self.server.addr(), "POST", path, body).await
    }

    fn worked(&self) -> u64 {
        self.echo.worked.load(Ordering::SeqCst)
    }
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

async fn send(addr: SocketAddr, method: &str, path: &str, body: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(addr).await?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: echo\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await?;
    Ok(stream)
}

/// Reads to the end of the connection; an end without an answer is `UnexpectedEof`.
async fn call(addr: SocketAddr, method: &str, path: &str, body: &str) -> io::Result<Answer> {
    let mut stream = send(addr, method, path, body).await?;
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).await?;
    let text = String::from_utf8_lossy(&raw);
    let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

#[tokio::test]
async fn a_rule_skips_then_acts_then_is_spent() {
    let rig = Rig::new().await;
    let id = add_over_http(
        &rig,
        r#"{"operation":"up","match":"part=3","skip":1,"times":2,
            "fault":{"kind":"status","status":503,"code":"Busy","headers":{"retry-after":"1"}}}"#,
    )
    .await;
    let mut seen = Vec::new();
    for path in ["/up?part=3", "/up?part=4", "/down?part=3", "/up?part=3", "/up?part=3", "/up?part=3"] {
        seen.push(rig.post(path, "x").await.unwrap().status);
    }
    assert_eq!(seen, [200, 200, 200, 503, 503, 200]);
    let state = rig.control.faults.state(id).unwrap();
    assert_eq!((state.seen, state.fired), (4, 2));
}

#[tokio::test]
async fn a_refusal_has_the_code_and_the_headers_of_the_rule() {
    let rig = Rig::new().await;
    add_over_http(
        &rig,
        r#"[{"operation":"*","fault":{"kind":"status","status":429,"code":"Slow","headers":{"retry-after":"9"}}}]"#,
    )
    .await;
    let answer = rig.post("/x", "body").await.unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (429, "Slow"));
    assert!(answer.head.contains("retry-after: 9"));
    assert_eq!(rig.worked(), 0);
}

#[tokio::test]
async fn a_page_is_nothing_of_the_servers_and_the_work_is_not_done() {
    let rig = Rig::new().await;
    rig.control.faults.add(Rule::new("part", Fault::Page { status: StatusCode::FORBIDDEN }));
    let answer = rig.post("/part", "body").await.unwrap();
    assert_eq!((answer.status, rig.worked()), (403, 0));
    assert!(answer.head.contains("text/html") && answer.body.contains("<html>"), "{answer:?}");
    let rules = r#"[{"operation":"a","fault":{"kind":"page","status":404}},{"operation":"b","fault":{"kind":"ignore_range"}}]"#;
    assert_eq!(rig.post("/_sandbox/faults", rules).await.unwrap().status, 200);
    assert_eq!(
        (rig.post("/a", "").await.unwrap().status, rig.post("/b", "x").await.unwrap().body),
        (404, "x".into())
    );
}

#[tokio::test]
async fn an_early_refusal_does_not_wait_for_the_body() {
    let rig = Rig::new().await;
    let status = StatusCode::FORBIDDEN;
    let fault = Fault::Status { status, code: None, headers: Default::default(), early: true };
    rig.control.faults.add(Rule::new("*", fault));
    let mut stream = TcpStream::connect(rig.server.addr()).await.unwrap();
    stream.write_all(b"PUT /x HTTP/1.1\r\nhost: echo\r\ncontent-length: 1000\r\n\r\nabc").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_rule_that_does_not_parse_is_refused_with_its_path() {
    let rig = Rig::new().await;
    let body = r#"{"operation":"up","fault":{"kind":"cut_response","after":"many"}}"#;
    let answer = rig.post("/_sandbox/faults", body).await.unwrap();
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("fault"), "{}", answer.body);
}

#[tokio::test]
async fn a_reset_reaches_the_client_as_a_reset() {
    let rig = Rig::new().await;
    rig.control.faults.add(Rule::new("up", Fault::Reset { after: None }));
    assert_eq!(rig.post("/up", "body").await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(rig.worked(), 0);
}

#[tokio::test]
async fn a_dropped_answer_means_the_work_was_done() {
    let rig = Rig::new().await;
    rig.control.faults.add(Rule::new("up", Fault::DropAnswer));
    assert_eq!(rig.post("/up", "body").await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(rig.worked(), 1);
}

#[tokio::test]
async fn a_cut_answer_keeps_its_length_and_stops_at_the_byte() {
    let rig = Rig::new().await;
    for after in [0, 4] {
        rig.control.faults.add(Rule::new("up", Fault::CutResponse { after }));
        let answer = rig.post("/up", "0123456789").await.unwrap();
        assert!(answer.head.contains("content-length: 10"), "{}", answer.head);
        assert_eq!(answer.body, "0123456789"[..usize::try_from(after).unwrap()]);
    }
}

#[tokio::test]
async fn one_byte_is_flipped_on_either_way() {
    let rig = Rig::new().await;
    rig.control.faults.add(Rule::new("up", Fault::FlipResponse { at: 2 }));
    rig.control.faults.add(Rule::new("up", Fault::FlipRequest { at: 0 }));
    assert_eq!(rig.post("/up", "0000").await.unwrap().body, "0010");
    assert_eq!(rig.post("/up", "0000").await.unwrap().body, "1000");
    assert_eq!(rig.post("/up", "0000").await.unwrap().body, "0000");
}

#[tokio::test]
async fn a_held_answer_waits_for_its_release_after_the_work() {
    let rig = Rig::new().await;
    let id = rig.control.faults.add(Rule::new("up", Fault::Hold));
    let addr = rig.server.addr();
    let held = tokio::spawn(async move { call(addr, "POST", "/up", "x").await });
    let reached = call(addr, "GET", &format!("/_sandbox/faults/wait?id={id}&fired=1"), "").await.unwrap();
    assert!(reached.body.contains(r#""holding":1"#), "{}", reached.body);
    assert_eq!((rig.worked(), held.is_finished()), (1, false));
    call(addr, "POST", "/_sandbox/faults/release", &format!(r#"{{"id":{id}}}"#)).await.unwrap();
    assert_eq!(held.await.unwrap().unwrap().body, "x");
    assert_eq!(rig.control.faults.state(id).unwrap().holding, 0);
}

#[tokio::test]
async fn hold_before_holds_the_work_and_clearing_lets_it_go() {
    let rig = Rig::new().await;
    let id = rig.control.faults.add(Rule::new("up", Fault::HoldBefore));
    let addr = rig.server.addr();
    let held = tokio::spawn(async move { call(addr, "POST", "/up", "x").await });
    assert!(rig.control.faults.fired(id, 1).await);
    assert_eq!(rig.worked(), 0);
    call(addr, "DELETE", "/_sandbox/faults", "").await.unwrap();
    assert_eq!(held.await.unwrap().unwrap().body, "x");
    assert_eq!(call(addr, "GET", "/_sandbox/faults", "").await.unwrap().body, "[]");
}

#[tokio::test]
async fn a_stalled_answer_shows_its_first_bytes_and_ends_when_released() {
    let rig = Rig::new().await;
    let id = rig.control.faults.add(Rule::new("up", Fault::Stall { after: 3 }));
    let mut stream = send(rig.server.addr(), "POST", "/up", "012345").await.unwrap();
    let mut raw = Vec::new();
    while !raw.ends_with(b"\r\n\r\n012") {
        raw.push(stream.read_u8().await.unwrap());
    }
    assert!(rig.control.faults.fired(id, 1).await);
    rig.control.faults.release(id);
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "345");
}

#[tokio::test]
async fn a_hold_whose_caller_left_is_no_longer_held() {
    let rig = Rig::new().await;
    let id = rig.control.faults.add(Rule::new("up", Fault::HoldBefore));
    let stream = send(rig.server.addr(), "POST", "/up", "x").await.unwrap();
    rig.control.faults.fired(id, 1).await;
    drop(stream);
    rig.control.faults.until(id, |entry| entry.state.holding == 0).await;
}

#[tokio::test]
async fn expire_tells_the_cloud_and_goes_on() {
    let rig = Rig::new().await;
    rig.control.faults.add(Rule::new("up", Fault::Expire));
    assert_eq!(rig.post("/up", "x").await.unwrap().status, 200);
    assert_eq!(rig.echo.expired.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_seed_repeats_its_choice_and_keeps_its_share() {
    let acted = |seed| {
        let faults = super::Faults::default();
        faults.add(Rule::new("*", Fault::DropAnswer).times(0).probability(0.2, seed));
        (0..1000).map(|_| faults.take("up", "/up").is_some()).collect::<Vec<_>>()
    };
    assert_eq!(acted(7), acted(7));
    assert_ne!(acted(7), acted(8));
    let share = acted(7).into_iter().filter(|acted| *acted).count();
    assert!((150..250).contains(&share), "{share}");
}

#[tokio::test]
async fn the_link_is_paced_in_sum_and_delayed() {
    let rig = Rig::new().await;
    let rate = r#"{"latency_ms":20,"bytes_per_second":1000000}"#;
    let shown = rig.post("/_sandbox/link", rate).await.unwrap().body;
    assert_eq!(
        shown,
        r#"{"latency_ms":20,"bytes_per_second":1000000,"bytes_per_second_per_connection":null}"#
    );
    let body = "x".repeat(100_000);
    let start = Instant::now();
    let (one, two) = tokio::join!(rig.post("/up", &body), rig.post("/up", &body));
    assert_eq!((one.unwrap().body.len(), two.unwrap().body.len()), (100_000, 100_000));
    // 200 KB go in and then out at 1 MB/s; the ways overlap in part.
    let took = start.elapsed();
    assert!(took > Duration::from_millis(240) && took < Duration::from_millis(900), "{took:?}");
}

#[tokio::test]
async fn each_connection_has_its_own_rate() {
    let rig = Rig::new().await;
    let per_connection = NonZeroU64::new(1_000_000);
    rig.control
        .link
        .set(LinkSettings { bytes_per_second_per_connection: per_connection, ..LinkSettings::default() });
    let body = "x".repeat(100_000);
    let start = Instant::now();
    let posts = (0..8).map(|_| rig.post("/up", &body));
    for answer in futures_util::future::join_all(posts).await {
        assert_eq!(answer.unwrap().body.len(), 100_000);
    }
    let took = start.elapsed();
    assert!(took > Duration::from_millis(120) && took < Duration::from_millis(700), "{took:?}");
}

#[tokio::test]
async fn after_shutdown_the_port_is_free_and_connections_are_closed() {
    let rig = Rig::new().await;
    rig.control.faults.add(Rule::new("*", Fault::HoldBefore));
    let addr = rig.server.addr();
    let mut open = send(addr, "POST", "/up", "x").await.unwrap();
    rig.control.faults.fired(1, 1).await;
    rig.server.shutdown().await;
    TcpListener::bind(addr).await.unwrap();
    // Closed or reset, but over.
    assert!(!matches!(open.read(&mut [0; 16]).await, Ok(1..)));
}

async fn add_over_http(rig: &Rig, rule: &str) -> u64 {
    let answer = rig.post("/_sandbox/faults", rule).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    let ids: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    ids["ids"][0].as_u64().unwrap()
}
