//! Scripted faults.

use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http::StatusCode;
use local_clouds::control::{Fault, Rule};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::env::{EchoEnv, add_over_http, call, send};

#[tokio::test]
async fn a_rule_skips_then_acts_then_is_spent() {
    let env = EchoEnv::new().await;
    let id = add_over_http(
        &env,
        r#"{"operation":"up","match":"part=3","skip":1,"times":2,
            "fault":{"kind":"status","status":503,"code":"Busy","headers":{"retry-after":"1"}}}"#,
    )
    .await;
    let mut seen = Vec::new();
    for path in ["/up?part=3", "/up?part=4", "/down?part=3", "/up?part=3", "/up?part=3", "/up?part=3"] {
        seen.push(env.post(path, "x").await.unwrap().status);
    }
    assert_eq!(seen, [200, 200, 200, 503, 503, 200]);
    let state = env.control.faults.state(id).unwrap();
    assert_eq!((state.seen, state.fired), (4, 2));
}

#[tokio::test]
async fn a_refusal_has_the_code_and_the_headers_of_the_rule() {
    let env = EchoEnv::new().await;
    add_over_http(
        &env,
        r#"[{"operation":"*","fault":{"kind":"status","status":429,"code":"Slow","headers":{"retry-after":"9"}}}]"#,
    )
    .await;
    let answer = env.post("/x", "body").await.unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (429, "Slow"));
    assert!(answer.head.contains("retry-after: 9"));
    assert_eq!(env.worked(), 0);
}

#[tokio::test]
async fn a_page_is_nothing_of_the_servers_and_the_work_is_not_done() {
    let env = EchoEnv::new().await;
    env.control.faults.add(Rule::new("part", Fault::Page { status: StatusCode::FORBIDDEN }));
    let answer = env.post("/part", "body").await.unwrap();
    assert_eq!((answer.status, env.worked()), (403, 0));
    assert!(answer.head.contains("text/html") && answer.body.contains("<html>"), "{answer:?}");
    let rules = r#"[{"operation":"a","fault":{"kind":"page","status":404}},{"operation":"b","fault":{"kind":"ignore_range"}}]"#;
    assert_eq!(env.post("/_sandbox/faults", rules).await.unwrap().status, 200);
    assert_eq!(
        (env.post("/a", "").await.unwrap().status, env.post("/b", "x").await.unwrap().body),
        (404, "x".into())
    );
}

#[tokio::test]
async fn an_early_refusal_does_not_wait_for_the_body() {
    let env = EchoEnv::new().await;
    let status = StatusCode::FORBIDDEN;
    let fault = Fault::Status { status, code: None, headers: Default::default(), early: true };
    env.control.faults.add(Rule::new("*", fault));
    let mut stream = TcpStream::connect(env.server.addr()).await.unwrap();
    stream.write_all(b"PUT /x HTTP/1.1\r\nhost: echo\r\ncontent-length: 1000\r\n\r\nabc").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_rule_that_does_not_parse_is_refused_with_its_path() {
    let env = EchoEnv::new().await;
    let body = r#"{"operation":"up","fault":{"kind":"cut_response","after":"many"}}"#;
    let answer = env.post("/_sandbox/faults", body).await.unwrap();
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("fault"), "{}", answer.body);
}

#[tokio::test]
async fn a_reset_reaches_the_client_as_a_reset() {
    let env = EchoEnv::new().await;
    env.control.faults.add(Rule::new("up", Fault::Reset { after: None }));
    assert_eq!(env.post("/up", "body").await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(env.worked(), 0);
}

#[tokio::test]
async fn a_dropped_answer_means_the_work_was_done() {
    let env = EchoEnv::new().await;
    env.control.faults.add(Rule::new("up", Fault::DropAnswer));
    assert_eq!(env.post("/up", "body").await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(env.worked(), 1);
}

#[tokio::test]
async fn a_cut_answer_keeps_its_length_and_stops_at_the_byte() {
    let env = EchoEnv::new().await;
    for after in [0, 4] {
        env.control.faults.add(Rule::new("up", Fault::CutResponse { after }));
        let answer = env.post("/up", "0123456789").await.unwrap();
        assert!(answer.head.contains("content-length: 10"), "{}", answer.head);
        assert_eq!(answer.body, "0123456789"[..usize::try_from(after).unwrap()]);
    }
}

#[tokio::test]
async fn one_byte_is_flipped_on_either_way() {
    let env = EchoEnv::new().await;
    env.control.faults.add(Rule::new("up", Fault::FlipResponse { at: 2 }));
    env.control.faults.add(Rule::new("up", Fault::FlipRequest { at: 0 }));
    assert_eq!(env.post("/up", "0000").await.unwrap().body, "0010");
    assert_eq!(env.post("/up", "0000").await.unwrap().body, "1000");
    assert_eq!(env.post("/up", "0000").await.unwrap().body, "0000");
}

#[tokio::test]
async fn a_held_answer_waits_for_its_release_after_the_work() {
    let env = EchoEnv::new().await;
    let id = env.control.faults.add(Rule::new("up", Fault::Hold));
    let addr = env.server.addr();
    let held = tokio::spawn(async move { call(addr, "POST", "/up", "x").await });
    let reached = call(addr, "GET", &format!("/_sandbox/faults/wait?id={id}&fired=1"), "").await.unwrap();
    assert!(reached.body.contains(r#""holding":1"#), "{}", reached.body);
    assert_eq!((env.worked(), held.is_finished()), (1, false));
    call(addr, "POST", "/_sandbox/faults/release", &format!(r#"{{"id":{id}}}"#)).await.unwrap();
    assert_eq!(held.await.unwrap().unwrap().body, "x");
    assert_eq!(env.control.faults.state(id).unwrap().holding, 0);
}

#[tokio::test]
async fn hold_before_holds_the_work_and_clearing_lets_it_go() {
    let env = EchoEnv::new().await;
    let id = env.control.faults.add(Rule::new("up", Fault::HoldBefore));
    let addr = env.server.addr();
    let held = tokio::spawn(async move { call(addr, "POST", "/up", "x").await });
    assert!(env.control.faults.wait_fired(id, 1).await);
    assert_eq!(env.worked(), 0);
    call(addr, "DELETE", "/_sandbox/faults", "").await.unwrap();
    assert_eq!(held.await.unwrap().unwrap().body, "x");
    assert_eq!(call(addr, "GET", "/_sandbox/faults", "").await.unwrap().body, "[]");
}

/// The first bytes arrive at once, the rest only after the release.
#[tokio::test]
async fn a_stalled_answer_ends_when_released() {
    let env = EchoEnv::new().await;
    let id = env.control.faults.add(Rule::new("up", Fault::Stall { after: 3 }));
    let mut stream = send(env.server.addr(), "POST", "/up", "012345").await.unwrap();
    let mut raw = Vec::new();
    while !raw.ends_with(b"\r\n\r\n012") {
        raw.push(stream.read_u8().await.unwrap());
    }
    assert!(env.control.faults.wait_fired(id, 1).await);
    env.control.faults.release(id);
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "345");
}

#[tokio::test]
async fn a_hold_whose_caller_left_is_no_longer_held() {
    let env = EchoEnv::new().await;
    let id = env.control.faults.add(Rule::new("up", Fault::HoldBefore));
    let stream = send(env.server.addr(), "POST", "/up", "x").await.unwrap();
    env.control.faults.wait_fired(id, 1).await;
    drop(stream);
    while env.control.faults.state(id).unwrap().holding > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn expire_notifies_the_cloud_and_the_request_is_handled() {
    let env = EchoEnv::new().await;
    env.control.faults.add(Rule::new("up", Fault::Expire));
    assert_eq!(env.post("/up", "x").await.unwrap().status, 200);
    assert_eq!(env.echo.expired.load(Ordering::SeqCst), 1);
}
