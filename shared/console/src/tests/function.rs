//! What reaches a function of the page's requests, and what rows its answers make.

use crate::{
    function::{Function, FunctionReader, function_routes},
    rows::{RowState, Table},
};
use app::core::UploadId;
use axum::{
    Json, Router,
    body::{Body, Bytes},
    http::{HeaderMap, Method, Request, StatusCode, Uri},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tokio::{net::TcpListener, sync::mpsc};
use tower::ServiceExt;

/// A function that answers by path and query, as its lists and statuses are told it.
pub(super) struct Answers {
    answers: Arc<Mutex<BTreeMap<String, Value>>>,
    pub(super) function: Arc<Function>,
}

impl Answers {
    pub(super) async fn start() -> (Self, FunctionReader, Arc<Table>) {
        let answers = Arc::new(Mutex::new(BTreeMap::<String, Value>::new()));
        let known = answers.clone();
        let answer = move |uri: Uri| {
            let found = known.lock().unwrap().get(&uri.to_string()).cloned();
            let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
            std::future::ready((status, Json(found.unwrap_or(json!({"error": "no_such_upload"})))))
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, Router::new().fallback(answer)).await });
        let (function, table) = (Arc::new(Function::new(&url, None).unwrap()), Arc::new(Table::default()));
        let reader = FunctionReader::new(function.clone(), table.clone());
        (Self { answers, function }, reader, table)
    }

    pub(super) fn set(&self, path: &str, answer: Value) {
        self.answers.lock().unwrap().insert(path.into(), answer);
    }
}

/// Open uploads have the state of their status, those that ended that of the list, and page after page is read.
#[tokio::test]
async fn a_functions_lists_and_statuses_make_rows() {
    let (answers, mut reader, table) = Answers::start().await;
    let id = |number: u8| UploadId::parse(&format!("{number:032x}")).unwrap();
    let listed = |number: u8, state: &str| json!({"upload_id": id(number), "state": state, "object": "oss://b/k.mp4", "account": "main", "at": "2026-11-29T08:00:00Z"});
    let list = |uploads: &[Value], next: Option<&str>| json!({"uploads": uploads, "next": next});
    answers.set("/uploads?state=open&limit=100", list(&[listed(1, "open"), listed(2, "open")], Some("more")));
    answers.set("/uploads?state=open&limit=100&after=more", list(&[listed(3, "open")], None));
    answers.set("/uploads?state=finished&limit=100", list(&[listed(4, "failed")], None));
    let status = |state: &str, live: bool, reason: Option<&str>| {
        json!({"state": state, "size": 5, "holder": {"epoch": 1, "live": live}, "steps": [{"step": "claimed", "at": "2026-11-29T07:00:00Z"}],
            "waiting": reason.map(|reason| json!({"reason": reason, "not_before": "2026-11-29T09:00:00Z"}))})
    };
    for (number, told) in [
        (1, status("created", true, None)),
        (2, status("waiting", false, Some("reauthorize"))),
        (3, status("claimed", false, None)),
    ] {
        answers.set(&format!("/uploads/{}", id(number)), told);
    }
    reader.look().await.unwrap();
    let states = || [1, 2, 3, 4].map(|number| table.row(&id(number)).map(|row| row.state));
    let expected = [RowState::Uploading, RowState::NeedsYou, RowState::Queued, RowState::Failed];
    assert_eq!(states(), expected.map(Some));
    let row = table.row(&id(2)).unwrap();
    assert!(row.size == Some(5) && row.begun < Some(row.at) && row.not_before > Some(row.at), "{row:?}");

    // One is published, and one was never begun.
    answers.set("/uploads?state=open&limit=100", list(&[listed(2, "open")], None));
    answers
        .set("/uploads?state=finished&limit=20", list(&[listed(1, "committed"), listed(4, "failed")], None));
    reader.look().await.unwrap();
    assert_eq!(states(), [Some(RowState::Published), Some(RowState::NeedsYou), None, Some(RowState::Failed)]);
}

/// Words of a newer function are shown as they are, and hide no other upload.
#[tokio::test]
async fn words_of_a_newer_function_are_shown_as_they_are() {
    let (answers, mut reader, table) = Answers::start().await;
    let id = |number: u8| UploadId::parse(&format!("{number:032x}")).unwrap();
    let listed = |number, entrypoint: &str, waiting: &str| {
        json!({"upload_id": id(number), "state": "open", "object": "oss://b/k.mp4", "account": "main", "at": "2026-11-29T08:00:00Z",
            "entrypoint": entrypoint, "waiting": waiting})
    };
    let uploads = [listed(1, "fax", "full_moon"), listed(2, "event", "rate_limited")];
    answers.set("/uploads?state=open&limit=100", json!({"uploads": uploads}));
    answers.set("/uploads?state=finished&limit=100", json!({"uploads": []}));
    let status = json!({"state": "waiting", "waiting": {"reason": "full_moon"}});
    answers.set(&format!("/uploads/{}", id(1)), status);
    reader.look().await.unwrap();
    let row = |number| serde_json::to_value(table.row(&id(number)).unwrap()).unwrap();
    for (number, entrypoint, waiting) in [(1, "fax", "full_moon"), (2, "event", "rate_limited")] {
        let row = row(number);
        assert_eq!(
            (&row["entrypoint"], &row["waiting"], &row["state"]),
            (&json!(entrypoint), &json!(waiting), &json!("waiting"))
        );
    }
}

type Seen = (Method, Uri, HeaderMap, Bytes);

/// A server in place of the function, and what reaches it.
async fn start_function() -> (Arc<Function>, mpsc::UnboundedReceiver<Seen>) {
    let (sender, seen) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/base/", listener.local_addr().unwrap());
    let record = move |method, uri, headers, body| {
        sender.send((method, uri, headers, body)).unwrap();
        std::future::ready((StatusCode::CONFLICT, [("retry-after", "7"), ("set-cookie", "a=b")], "told"))
    };
    tokio::spawn(async { axum::serve(listener, Router::new().fallback(record)).await });
    (Arc::new(Function::new(&url, Some("s3cret")).unwrap()), seen)
}

/// Method, path, query and body are passed on with the token; of the headers only those of the body's type and of the answer's; of the
/// answer no cookie comes back.
#[tokio::test]
async fn only_what_the_function_needs_is_passed_on() {
    let (function, mut seen) = start_function().await;
    for (method, accept) in [(Method::POST, None), (Method::GET, Some("text/plain"))] {
        let id = "0".repeat(32);
        let path = if method == Method::POST {
            format!("/uploads/{id}/retry?new_session=true")
        } else {
            "/uploads?limit=1".into()
        };
        let request = Request::builder()
            .method(method.clone())
            .uri(&path)
            .header("cookie", "secret")
            .header("origin", "http://x");
        let request =
            request.header("authorization", "Bearer other").header("content-type", "application/json");
        let request = request.header("accept", "text/plain").body(Body::from("{}")).unwrap();
        let response = function_routes(function.clone()).oneshot(request).await.unwrap();
        assert_eq!(
            (response.status(), response.headers()["retry-after"].as_bytes()),
            (StatusCode::CONFLICT, &b"7"[..])
        );
        assert!(!response.headers().contains_key("set-cookie"));
        let (sent, uri, headers, body) = seen.recv().await.unwrap();
        assert_eq!((sent, uri.to_string(), body.as_ref()), (method, format!("/base{path}"), &b"{}"[..]));
        let value = |name: &str| headers.get(name).map(|value| value.to_str().unwrap());
        assert_eq!(
            (value("authorization"), value("content-type")),
            (Some("Bearer s3cret"), Some("application/json"))
        );
        assert_eq!((value("cookie"), value("origin")), (None, None));
        assert_eq!(value("accept").filter(|accept| *accept != "*/*"), accept);
    }
}

/// Paths that are not the API's own do not reach the function, and neither does a body that is too large.
#[tokio::test]
async fn other_paths_and_large_bodies_do_not_reach_the_function() {
    let (function, mut seen) = start_function().await;
    for (path, size, status) in [
        ("/uploads/../invoke", 0, StatusCode::NOT_FOUND),
        ("/invoke", 0, StatusCode::NOT_FOUND),
        ("/uploads", (1 << 20) + 1, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let request = Request::post(path).body(Body::from(vec![b' '; size])).unwrap();
        let response = function_routes(function.clone()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
    }
    assert!(seen.try_recv().is_err());
    assert!(!format!("{function:?}").contains("s3cret"));
}
