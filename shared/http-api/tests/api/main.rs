//! The API as callers find it, over an application whose OSS and Youku are mock servers.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod audience;
mod base_path;
mod failures;
mod lists;
mod owners;
mod probes;
mod rights;
mod statuses;

use app::{App, Settings, core::Outcome};
use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode, header},
    response::Response,
};
use futures_util::stream;
use http_api::{RequestContext, owner_router, router};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::time::Instant;
use tower::ServiceExt;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

const ETAG: &str = "\"D41D8CD98F00B204E9800998ECF8427E\"";
const CONTENT: &[u8; 5] = b"video";
const TOKEN: &str = "correct horse";
/// SHA-256 of it, by `sha256sum`.
const TOKENS: &str =
    "[http]\ntokens = ['4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631']\n";
const TASK: &str = r#"{"source":"oss://bucket/a.mp4"}"#;

/// An API with a ledger of its own, which goes with it.
fn build_api(settings: &str) -> Router {
    let (app, ledger) = build_app(settings);
    router(app).layer(axum::Extension(Arc::new(ledger)))
}

fn build_app(settings: &str) -> (Arc<App>, tempfile::TempDir) {
    let ledger = tempfile::tempdir().unwrap();
    let settings = format!("{settings}\n[ledger]\nlocation = '{}'\n", ledger.path().display());
    let settings = Settings::from_parts("test.toml", &settings, []).unwrap();
    (Arc::new(App::from_settings(settings).unwrap()), ledger)
}

/// Settings under which OSS and Youku are this server.
fn settings_over(server: &MockServer) -> String {
    let uri = server.uri();
    format!(
        "{TOKENS}
        [source]
        endpoint = '{uri}'
        region = 'cn-hangzhou'
        addressing = 'path'
        access_key_id = 'id'
        access_key_secret = 'secret'
        [youku]
        api = '{uri}'
        [accounts.main]
        client_id = 'app'
        access_token = 'token-main'
        [legacy]
        bucket = 'bucket'
        "
    )
}

fn post(body: impl Into<Body>) -> Request<Body> {
    Request::post("/uploads")
        .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
        .body(body.into())
        .unwrap()
}

async fn read_whole(response: Response) -> (StatusCode, HeaderMap, Bytes) {
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, axum::body::to_bytes(body, 1 << 20).await.unwrap())
}

/// The status, its headers and the outcome, whose code must be the status.
async fn send(api: Router, request: Request<Body>) -> (StatusCode, HeaderMap, Outcome) {
    let (status, headers, body) = read_whole(api.oneshot(request).await.unwrap()).await;
    let outcome: Outcome = serde_json::from_slice(&body).unwrap();
    assert_eq!((outcome.code.as_str(), &outcome.msg), (status.as_str(), &outcome.info));
    (status, headers, outcome)
}

async fn start_server(at: &str, answers: &[(&str, ResponseTemplate)]) -> MockServer {
    let server = MockServer::start().await;
    for (verb, answer) in answers {
        let at = if *verb == "HEAD" { at } else { "/uploads/create.json" };
        Mock::given(method(*verb)).and(path(at)).respond_with(answer.clone()).mount(&server).await;
    }
    // The preflight reads the whole of so small an object.
    let read = ResponseTemplate::new(206)
        .insert_header("etag", ETAG)
        .insert_header("content-range", "bytes 0-4/5")
        .set_body_bytes(*CONTENT);
    Mock::given(method("GET")).and(path(at)).respond_with(read).mount(&server).await;
    server
}

fn object() -> ResponseTemplate {
    // The body gives the HEAD its length.
    ResponseTemplate::new(200)
        .insert_header("etag", ETAG)
        .insert_header("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==")
        .insert_header("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT")
        .set_body_bytes(*CONTENT)
}

#[tokio::test]
async fn anybody_may_ask_whether_the_api_is_well() {
    let request = Request::get("/healthz").body(Body::empty()).unwrap();
    let (status, _, body) = read_whole(build_api("").oneshot(request).await.unwrap()).await;
    assert_eq!((status, &*body), (StatusCode::OK, br#"{"status":"ok"}"#.as_slice()));
}

#[tokio::test]
async fn nobody_else_comes_in_without_an_accepted_token() {
    let right = format!("bearer  {TOKEN}");
    let both = format!("{TOKENS}trust_gateway = true");
    let trust = "[http]\ntrust_gateway = true";
    let cases = [
        ("", Some(right.as_str()), false),
        ("", None, false),
        (TOKENS, None, false),
        (TOKENS, Some(TOKEN), false),
        (TOKENS, Some("Bearer "), false),
        (TOKENS, Some("Bearer correct horses"), false),
        (TOKENS, Some("Basic correct horse"), false),
        (TOKENS, Some(&right), true),
        (trust, None, true),
        (trust, Some("Bearer whatever"), true),
        (&both, Some("Bearer whatever"), true),
    ];
    for (settings, authorization, comes_in) in cases {
        let id = format!("/uploads/{}", "0".repeat(32));
        for (verb, at) in [("POST", "/uploads"), ("GET", "/uploads"), ("GET", &id), ("POST", "/elsewhere")] {
            let mut request = Request::builder().method(verb).uri(at);
            if let Some(value) = authorization {
                request = request.header(header::AUTHORIZATION, value);
            }
            let answer = build_api(settings).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let (status, headers, body) = read_whole(answer).await;
            let refused = status == StatusCode::UNAUTHORIZED;
            assert_eq!(refused, !comes_in, "{settings} {authorization:?} {verb} {at}");
            let answer: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(refused, answer["error"] == "unauthorized");
            assert_eq!(refused, headers.contains_key(header::WWW_AUTHENTICATE));
        }
    }
}

#[tokio::test]
async fn other_paths_and_methods_answer_in_the_same_shape() {
    for (verb, at, status, code) in [
        ("GET", "/elsewhere", StatusCode::NOT_FOUND, "no_such_path"),
        ("DELETE", "/uploads", StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
    ] {
        let mut request = post("");
        *request.method_mut() = verb.parse().unwrap();
        *request.uri_mut() = at.parse().unwrap();
        let (found, _, outcome) = send(build_api(TOKENS), request).await;
        assert_eq!((found, outcome.error.as_deref()), (status, Some(code)));
    }
}

#[tokio::test]
async fn what_is_no_task_is_refused_with_the_field_that_does_not_fit() {
    let cases = [
        ("{", "field: task, why: is not JSON"),
        (r#"{"source":"oss://bucket/k","titel":"x"}"#, "field: titel, why: is not a known name"),
        (r#"{"conf":{}}"#, "field: conf.keyname, why: is missing"),
    ];
    for (task, words) in cases {
        let (status, _, outcome) = send(build_api(TOKENS), post(task)).await;
        assert_eq!((status, outcome.error.as_deref()), (StatusCode::BAD_REQUEST, Some("invalid_job")));
        assert!(outcome.msg.contains(words), "{}", outcome.msg);
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_breaks_off_or_never_ends_is_refused() {
    let settings = format!("{TOKENS}body_limit_kib = 1");
    let task = format!("{}{}", " ".repeat(1024 - TASK.len()), TASK);
    let (status, _, outcome) = send(build_api(&settings), post(task.clone())).await;
    assert_eq!((status, outcome.error.as_deref()), (StatusCode::BAD_REQUEST, Some("invalid_job")), "it fits");
    let (status, _, outcome) = send(build_api(&settings), post(format!(" {task}"))).await;
    let expected = (StatusCode::PAYLOAD_TOO_LARGE, Some("body_too_large"));
    assert_eq!((status, outcome.error.as_deref()), expected);
    let broken = stream::iter([Ok(Bytes::from("{")), Err(std::io::Error::other("reset"))]);
    let (status, _, outcome) = send(build_api(&settings), post(Body::from_stream(broken))).await;
    assert_eq!((status, outcome.error.as_deref()), (StatusCode::BAD_REQUEST, Some("body_broken")));
    tokio::time::pause();
    let endless = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    let (status, _, outcome) = send(build_api(&settings), post(endless)).await;
    assert_eq!((status, outcome.error.as_deref()), (StatusCode::REQUEST_TIMEOUT, Some("body_too_slow")));
}

#[tokio::test]
async fn a_missing_object_answers_404_under_the_name_its_caller_knows() {
    let server = start_server("/bucket/user/dee/a.mp4", &[("HEAD", ResponseTemplate::new(404))]).await;
    let task = r#"{"conf":{"clientid":"app","ak":"token-main","keyname":"a"},"youku":{"title":"T"}}"#;
    let (status, _, outcome) = send(build_api(&settings_over(&server)), post(task)).await;
    assert_eq!((status, outcome.error.as_deref()), (StatusCode::NOT_FOUND, Some("source_missing")));
    assert_eq!((outcome.msg.as_str(), outcome.data.key.as_str()), ("oss key not found", "a"));
}

#[tokio::test]
async fn a_refusal_of_youkus_answers_502_without_its_words() {
    let refusal = ResponseTemplate::new(400)
        .set_body_string(r#"{"error":{"code":120010101,"type":"x","description":"their words token-main"}}"#);
    let server = start_server("/bucket/a.mp4", &[("HEAD", object()), ("POST", refusal)]).await;
    let (status, headers, outcome) = send(build_api(&settings_over(&server)), post(TASK)).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY, "{}", outcome.msg);
    assert!(!outcome.msg.contains("their words") && !headers.contains_key(header::RETRY_AFTER));
}

/// A call that has no time left answers 503 and when to come again.
#[tokio::test]
async fn a_call_without_time_left_answers_503() {
    let server =
        start_server("/bucket/a.mp4", &[("HEAD", object().set_delay(Duration::from_secs(60)))]).await;
    let mut request = post(TASK);
    let call = RequestContext {
        deadline: Some(Instant::now() + Duration::from_millis(20)),
        ..RequestContext::default()
    };
    request.extensions_mut().insert(call);
    let (status, headers, outcome) = send(build_api(&settings_over(&server)), request).await;
    assert_eq!((status, outcome.error.as_deref()), (StatusCode::SERVICE_UNAVAILABLE, Some("deadline")));
    assert_eq!(headers[header::RETRY_AFTER], "30");
}

#[tokio::test]
async fn a_caller_that_accepts_lines_gets_progress_and_the_outcome() {
    let server = start_server("/bucket/a.mp4", &[("HEAD", ResponseTemplate::new(404))]).await;
    let mut request = post(TASK);
    request.headers_mut().insert(header::ACCEPT, "application/x-ndjson".parse().unwrap());
    let (status, headers, body) =
        read_whole(build_api(&settings_over(&server)).oneshot(request).await.unwrap()).await;
    assert_eq!(
        (status, headers[header::CONTENT_TYPE].to_str().unwrap()),
        (StatusCode::OK, "application/x-ndjson")
    );
    let text = String::from_utf8(body.to_vec()).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines[0]["event"].as_str(), lines[0]["state"].as_str()), (Some("progress"), Some("looking")));
    let last = lines.last().unwrap();
    assert_eq!((last["event"].as_str(), last["code"].as_str()), (Some("outcome"), Some("404")));
}
