#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
use super::*;
use crate::forward::testing::ScriptedFunction;
use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, Response};
use serde_json::{Value, json};
use std::{io, path::PathBuf};
use tokio::{sync::mpsc, time::timeout};

mod refusals;
mod untried_tokens;

const LONG: Duration = Duration::from_secs(60);
const DONE: &str = r#"{"event":"outcome","code":"200","msg":"upload success","info":"upload success","data":{"key":"x","videoid":"V"}}"#;

fn lines(lines: &str) -> Response<Body> {
    Response::builder()
        .header("content-type", "application/x-ndjson")
        .body(Body::from(lines.to_owned()))
        .unwrap()
}

fn plain(status: u16, body: &str) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(body.to_owned().into())
        .unwrap()
}

fn in_progress() -> Response<Body> {
    plain(409, r#"{"code":"409","msg":"m","error":"in_progress","data":{"key":"x","upload_id":"ab12"}}"#)
}

fn forwarder(url: &str, budget: Duration) -> Forwarder {
    // A file that cannot be read leaves the token as it is.
    forwarder_with_token_file(url, budget, "/nowhere/token".into())
}

fn forwarder_with_token_file(url: &str, budget: Duration, file: PathBuf) -> Forwarder {
    let client = reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls()).build().unwrap();
    let (authorization, url) = (HeaderValue::from_static("Bearer token"), url.parse().unwrap());
    let function = Arc::new(FunctionClient::new(client, url, authorization, Duration::from_secs(5)));
    let metrics = Arc::<Metrics>::default();
    Forwarder {
        gate: Arc::new(FunctionGate::new(function.clone(), file, metrics.clone(), Duration::from_millis(20))),
        function,
        budget,
        first_pause: Duration::from_millis(20),
        fail_packets: false,
        max_payload: 1000,
        metrics,
    }
}

fn tls() -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

fn job() -> Job {
    let payload = Bytes::from_static(br#"{"conf":{"keyname":"name","ak":"secret"}}"#);
    Job { handle: "H:1".into(), function: "upload".into(), unique: Some("u1".into()), payload }
}

/// The JSON that a client gets, and the number of progress reports.
async fn forward_job(forwarder: &Forwarder) -> (Value, usize) {
    let (outgoing, mut sent) = mpsc::channel(100);
    let progress = Progress::new("H:1".into(), outgoing);
    let reply = timeout(LONG, forwarder.handle(job(), &progress)).await.expect("an answer in time");
    let reports = std::iter::from_fn(|| sent.try_recv().ok()).count();
    (serde_json::from_slice(&reply.complete.unwrap()).unwrap(), reports)
}

/// The request carries the token and the job's idempotency key. Progress without a total is not reported, and lines may be cut anywhere.
#[tokio::test]
async fn a_job_is_posted_and_the_outcome_line_is_its_reply() {
    let slow = stream::unfold(0, |n| async move {
        let line = match n {
            0 => "{\"event\":\"progress\",\"state\":\"looking\",\"read\":0,\"accepted\":0,\"total\":0}\n",
            1 => {
                "{\"event\":\"progress\",\"state\":\"moving\",\"read\":5,\"accepted\":1,\"total\":9}\n{\"event\":\"hea"
            }
            2 => "rtbeat\"}\n",
            3 => DONE,
            4 => "\n",
            _ => return None,
        };
        sleep(Duration::from_millis(150)).await;
        Some((Ok::<_, io::Error>(line), n + 1))
    });
    let streamed = Response::builder()
        .header("content-type", "application/x-ndjson; charset=utf-8")
        .body(Body::from_stream(slow))
        .unwrap();
    let function = ScriptedFunction::start([streamed]).await;
    let (answer, reports) = forward_job(&forwarder(&function.url, LONG)).await;
    assert_eq!(
        answer,
        json!({"code": "200", "msg": "upload success", "info": "upload success", "data": {"key": "name", "videoid": "V"}})
    );
    assert_eq!((reports, function.paths()), (2, vec!["POST /base/uploads".to_owned()]));
    for (name, value) in
        [("authorization", "Bearer token"), ("idempotency-key", "u1"), ("accept", "application/x-ndjson")]
    {
        assert_eq!(function.header(0, name), value);
    }
    assert_eq!(function.body(0), job().payload);
}

#[tokio::test]
async fn the_trace_of_a_job_is_sent_as_a_header() {
    let function = ScriptedFunction::start([lines(&format!("{DONE}\n"))]).await;
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let payload = json!({"conf": {"keyname": "name", "traceparent": trace}}).to_string();
    let traced = Job { payload: payload.clone().into(), ..job() };
    let (outgoing, _sent) = mpsc::channel(100);
    let progress = Progress::new("H:1".into(), outgoing);
    let reply = timeout(LONG, forwarder(&function.url, LONG).handle(traced, &progress)).await.unwrap();
    let answer: Value = serde_json::from_slice(&reply.complete.unwrap()).unwrap();
    assert_eq!(answer["code"], "200");
    assert_eq!((function.header(0, "traceparent").as_str(), function.body(0)), (trace, payload.into()));
}

/// A gateway's 503, a response that breaks off and an upload that the function handed over are each followed by another call.
#[tokio::test]
async fn what_passes_is_retried_under_the_same_key() {
    let broken = stream::iter([Ok("{\"event\":\"heartbeat\"}\n"), Err(io::Error::other("cut"))]);
    let broken = Response::builder()
        .header("content-type", "application/x-ndjson")
        .body(Body::from_stream(broken))
        .unwrap();
    let handed_over = "{\"event\":\"outcome\",\"code\":\"503\",\"msg\":\"m\",\"error\":\"deadline\",\"data\":{\"key\":\"\"}}\n";
    let function = ScriptedFunction::start([
        plain(503, "<html>"),
        broken,
        lines(handed_over),
        lines(&format!("{DONE}\n")),
    ])
    .await;
    let forwarder = forwarder(&function.url, LONG);
    assert_eq!(forward_job(&forwarder).await.0["code"], "200");
    assert_eq!(function.paths(), ["POST /base/uploads"; 4]);
    assert!((0..4).all(|n| function.header(n, "idempotency-key") == "u1"));
    assert!(forwarder.metrics.render().contains("retries_total 3"));
}

/// A video is answered to the task itself, which is submitted again. So it is where the holder is gone, after the `Retry-After` of the query's response.
#[tokio::test]
async fn an_upload_in_progress_is_queried_until_it_ends() {
    let live = r#"{"upload_id":"ab12","state":"created","outcome":null,"holder":{"epoch":1,"live":true}}"#;
    let ended =
        r#"{"outcome":{"code":"200","msg":"m","info":"m","data":{"key":"user/dee/name.mp4","videoid":"V"}}}"#;
    let own = r#"{"code":"200","msg":"m","info":"m","data":{"key":"name","videoid":"V","public_type":"friend","public_type_from":"rule","warning":"not used: title"}}"#;
    let function =
        ScriptedFunction::start([in_progress(), plain(200, live), plain(200, ended), plain(200, own)]).await;
    let (answer, _) = forward_job(&forwarder(&function.url, LONG)).await;
    let data = json!({"key": "name", "videoid": "V", "public_type": "friend", "public_type_from": "rule", "warning": "not used: title"});
    assert_eq!((&answer["code"], &answer["data"]), (&json!("200"), &data));
    let paths =
        ["POST /base/uploads", "GET /base/uploads/ab12", "GET /base/uploads/ab12", "POST /base/uploads"];
    assert_eq!(function.paths(), paths);

    let failed = r#"{"outcome":{"code":"404","msg":"m","error":"source_missing","data":{"key":"name"}}}"#;
    let function = ScriptedFunction::start([in_progress(), plain(200, failed)]).await;
    assert_eq!(forward_job(&forwarder(&function.url, LONG)).await.0["code"], "404");

    let released = live.replace("true", "false");
    let (mut busy, started) = (plain(503, ""), Instant::now());
    busy.headers_mut().insert("retry-after", HeaderValue::from_static("1"));
    for state in [plain(200, &released), plain(404, "{}"), plain(200, "<html>"), busy] {
        let function = ScriptedFunction::start([in_progress(), state, lines(&format!("{DONE}\n"))]).await;
        assert_eq!(forward_job(&forwarder(&function.url, LONG)).await.0["code"], "200");
        assert_eq!(function.paths()[1..], ["GET /base/uploads/ab12", "POST /base/uploads"]);
    }
    assert!(started.elapsed() >= Duration::from_secs(1), "as long as the last one asked for");
}

/// 404 only where the function did not find the object.
#[tokio::test]
async fn failures_have_the_legacy_form() {
    let missing =
        r#"{"code":"404","msg":"oss key not found","error":"source_missing","data":{"key":"name"}}"#;
    let youku = r#"{"code":"502","msg":"m","error":"youku_failed","data":{"key":"name"}}"#;
    for (status, body, code, words) in [
        (404, missing, "404", "oss key not found"),
        (413, r#"{"code":"413","msg":"large","error":"body_too_large"}"#, "500", "large"),
        (502, youku, "500", "m"),
    ] {
        let function = ScriptedFunction::start([plain(status, body)]).await;
        let (answer, _) = forward_job(&forwarder(&function.url, LONG)).await;
        let found = [&answer["code"], &answer["msg"], &answer["info"], &answer["data"]["key"]];
        assert_eq!(found, [code, words, words, "name"], "{body}");
    }
}

/// No JSON, an outcome without its fields, and a line without an end.
#[tokio::test]
async fn an_invalid_response_is_a_failure_without_a_retry() {
    let long = format!("{{\"event\":\"outcome\",\"msg\":\"{}", "x".repeat(2 << 20));
    for text in ["no JSON\n", "{\"event\":\"outcome\"}\n", &long] {
        let function = ScriptedFunction::start([lines(text)]).await;
        let (answer, _) = forward_job(&forwarder(&function.url, LONG)).await;
        assert_eq!((&answer["code"], &answer["error"]), (&json!("500"), &json!("invalid_response")));
    }
}

/// Nothing listens where the function should be.
#[tokio::test]
async fn a_spent_budget_ends_with_the_last_reason() {
    // Nothing listens at this address.
    let forwarder = forwarder("http://127.0.0.1:9", Duration::from_millis(200));
    let started = Instant::now();
    let (answer, _) = forward_job(&forwarder).await;
    assert_eq!(answer["msg"], "no answer in the time allowed: the function cannot be reached");
    assert!(
        started.elapsed() < Duration::from_secs(2) && !forwarder.metrics.render().contains("retries_total 0")
    );
}

/// Gearmand has requeued the job: another call would work for nobody.
#[tokio::test]
async fn a_lost_connection_ends_the_retries() {
    let function = ScriptedFunction::start([plain(503, "").map(|_| Body::empty())]).await;
    let (outgoing, sent) = mpsc::channel(1);
    drop(sent);
    let (forwarder, progress) = (forwarder(&function.url, LONG), Progress::new("H:1".into(), outgoing));
    timeout(LONG, forwarder.handle(job(), &progress)).await.expect("an end");
    assert_eq!(function.paths().len(), 1);
}

/// A success is always `WORK_COMPLETE`.
#[tokio::test]
async fn fail_packets_stand_for_failures_alone() {
    for (status, body, completes) in [
        (400, r#"{"code":"400","msg":"m","error":"invalid_job"}"#, false),
        (200, r#"{"code":"200","msg":"m","data":{"videoid":"V"}}"#, true),
    ] {
        let function = ScriptedFunction::start([plain(status, body)]).await;
        let forwarder = Forwarder { fail_packets: true, ..forwarder(&function.url, LONG) };
        let (outgoing, _sent) = mpsc::channel(1);
        let reply = forwarder.handle(job(), &Progress::new("H:1".into(), outgoing)).await;
        assert_eq!(reply.complete.is_some(), completes);
    }
}

#[test]
fn a_payload_that_is_too_large_is_named_with_its_size() {
    let reply = forwarder("http://f", LONG).too_large(&job(), 68_157_440);
    let text = String::from_utf8(reply.complete.unwrap().to_vec()).unwrap();
    assert!(text.contains("\"500\"") && text.contains("68157440 bytes; at most 1000"), "{text}");
}

/// Never the handle, which gearmand reuses. A unique id that a header cannot carry is hashed as well.
#[test]
fn a_jobs_key_is_its_unique_id_or_a_hash() {
    let key_of = |unique: &'static [u8], payload: &'static str, handle: &'static str| {
        derive_idempotency_key(&Job {
            unique: (!unique.is_empty()).then(|| unique.into()),
            payload: payload.into(),
            handle: handle.into(),
            ..job()
        })
    };
    assert_eq!(key_of(b"u1", "a", "H:1"), "u1");
    // SHA-256 of `upload`, a NUL and `a`, by `printf 'upload\0a' | sha256sum`.
    let hashed = "1c5f05b237b7001ba3a9cf8daa3ca767858d3239f87341cdabf27c337fc49681";
    for unique in [&b""[..], b"-"] {
        assert_eq!(key_of(unique, "a", "H:1"), hashed);
        assert_eq!(key_of(unique, "a", "H:2"), hashed);
        assert_ne!(key_of(unique, "b", "H:1"), hashed);
    }
    for unique in [&b"\xff"[..], b"two words", "名".as_bytes()] {
        let name = key_of(unique, "a", "H:1");
        assert!(name != hashed && name.len() == 64 && name == key_of(unique, "b", "H:1"));
    }
}

/// What clients put around the JSON reaches neither the function nor the name in the reply.
#[tokio::test]
async fn a_padded_payload_is_forwarded_without_its_padding() {
    let function =
        ScriptedFunction::start([plain(404, r#"{"code":"404","msg":"m","error":"source_missing"}"#)]).await;
    let forwarder = forwarder(&function.url, LONG);
    let padded = ["\u{feff}".as_bytes(), &job().payload, b"\0\r\n"].concat();
    let (outgoing, _sent) = mpsc::channel(1);
    let job = Job { payload: padded.into(), ..job() };
    let reply = forwarder.handle(job, &Progress::new("H:1".into(), outgoing)).await;
    assert_eq!(function.body(0), self::job().payload);
    let answer: Value = serde_json::from_slice(&reply.complete.unwrap()).unwrap();
    assert_eq!(answer["data"]["key"], "name");
}
