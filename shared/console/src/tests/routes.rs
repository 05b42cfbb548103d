//! The routes as a browser finds them.

use super::uploads::{append_session, claim, fail, id_of, new_request, publish};
use crate::{
    Advisor, Backend, ConsoleSettings, Explanation, Finding, Language, Obstacle, access::Access, rows::Row,
    server::build_router, shared::Shared,
};
use app::{
    App, ListedUpload, Settings, UploadDetails,
    core::{Error, ErrorKind},
};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use futures_util::future::BoxFuture;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::{fs, path::Path, sync::Arc};
use tempfile::TempDir;
use tower::ServiceExt;

/// Says the language that it is asked in.
pub(super) struct Echo;

impl Advisor for Echo {
    fn explain(&self, details: &UploadDetails, _: Option<&Error>, language: Language) -> Explanation {
        let steps = details.record.history.iter().map(|entry| entry.step.kind().as_str().to_uppercase());
        let explanation = format!("{language:?}");
        Explanation { explanation, next: "next".into(), advice: None, obstacle: None, steps: steps.collect() }
    }

    fn describe(&self, error: &Error, language: Language) -> Obstacle {
        Obstacle { error: error.kind().code(), message: format!("{language:?}"), advice: Some("wait".into()) }
    }

    fn diagnose(&self, language: Language) -> BoxFuture<'static, Vec<Finding>> {
        let finding = |ok| Finding {
            check: format!("{language:?}"),
            tried: "a".into(),
            ok,
            result: "b".into(),
            advice: None,
        };
        Box::pin(std::future::ready(vec![finding(true), finding(false)]))
    }
}

/// A console that has let its user in.
pub(super) struct Site {
    router: Router,
    shared: Arc<Shared>,
    app: Arc<App>,
    cookie: String,
    _folder: TempDir,
}

impl Site {
    async fn start() -> Self {
        Self::start_with("").await
    }

    /// With these settings besides the ledger's.
    pub(super) async fn start_with(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("ledger");
        fs::create_dir(&place).unwrap();
        let settings = format!("[ledger]\nlocation = '{}'\n{more}", place.display());
        let app =
            Arc::new(App::from_settings(Settings::from_parts("test.toml", &settings, []).unwrap()).unwrap());
        let settings = ConsoleSettings { language: Language::En, is_dev: false };
        let shared = Arc::new(Shared::new(Backend::Ledger(app.clone()), Arc::new(Echo), settings));
        // As if the ledger had been looked through: no reader runs here.
        shared.table.note_pass(Ok(()));
        let access = Arc::new(Access::new(9390));
        let url = access.url();
        let router = build_router(shared.clone(), access);
        let mut site = Self { router, shared, app, cookie: String::new(), _folder: folder };
        let (status, headers, _) = site.get(url.strip_prefix("http://127.0.0.1:9390").unwrap(), &[]).await;
        assert_eq!((status, &headers[header::LOCATION]), (StatusCode::SEE_OTHER, &"/".parse().unwrap()));
        let cookie = headers[header::SET_COOKIE].to_str().unwrap();
        site.cookie = cookie.split(';').next().unwrap().to_owned();
        site
    }

    async fn send(&self, method: Method, path: &str, lines: &[(&str, &str)]) -> axum::response::Response {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:9390");
        for (name, value) in lines.iter().chain(&[("cookie", self.cookie.as_str())]) {
            request = request.header(*name, *value);
        }
        self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn get(&self, path: &str, lines: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
        let (parts, body) = self.send(Method::GET, path, lines).await.into_parts();
        (parts.status, parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    pub(super) async fn json(&self, path: &str) -> (StatusCode, Value) {
        let (status, _, body) = self.get(path, &[]).await;
        (status, serde_json::from_slice(&body).unwrap_or_else(|_| panic!("{path}: no JSON")))
    }

    /// Adds a row, as the reader does.
    fn add(&self, number: usize) {
        let listed = json!({"upload_id": format!("{number:032x}"), "state": "open", "object": "oss://b/k",
            "account": "main", "at": "2026-11-29T08:00:00Z"});
        let listed: ListedUpload = serde_json::from_value(listed).unwrap();
        self.shared.table.apply(vec![Row::from_listed(listed, false, false)]);
    }
}

/// Every answer has the headers that keep other sites out, whatever it is.
#[tokio::test]
async fn every_answer_has_the_headers_of_security() {
    let site = Site::start().await;
    for (method, path, lines, status) in [
        ("GET", "/", &[][..], 200),
        ("GET", "/assets/main.js", &[], 200),
        ("GET", "/assets/../Cargo.toml", &[], 404),
        ("GET", "/console/info", &[], 200),
        ("GET", "/console/uploads", &[], 200),
        ("GET", "/console/uploads?limit=x", &[], 400),
        ("GET", "/console/uploads/00000000000000000000000000000000", &[], 404),
        ("GET", "/console/uploads/film", &[], 400),
        ("GET", "/console/doctor", &[], 200),
        ("GET", "/console/robots", &[], 200),
        ("GET", "/console/robots?lang=fr", &[], 400),
        ("GET", "/console/events", &[], 200),
        ("GET", "/elsewhere", &[], 404),
        ("GET", "/api/uploads", &[], 200),
        ("GET", "/api/elsewhere", &[], 404),
        ("POST", "/console/info", &[("origin", "http://127.0.0.1:9390")], 405),
        ("POST", "/api/uploads", &[("origin", "http://127.0.0.1:9390")], 400),
        ("POST", "/api/uploads", &[], 403),
        ("GET", "/", &[("origin", "http://evil.example")], 403),
    ] {
        let response = site.send(method.parse().unwrap(), path, lines).await;
        assert_eq!(response.status().as_u16(), status, "{method} {path}");
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap());
        let policy = header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        assert_eq!(header("x-content-type-options"), Some("nosniff"));
        assert_eq!(header("referrer-policy"), Some("no-referrer"));
        assert_eq!(header("cross-origin-resource-policy"), Some("same-origin"));
        let stored = if path.starts_with("/assets/main") || (path == "/" && status == 200) {
            "no-cache"
        } else {
            "no-store"
        };
        let expected = if path == "/console/events" { "no-cache" } else { stored };
        assert_eq!(header("cache-control"), Some(expected), "{path}");
    }
}

/// Without the cookie nothing is answered, not even which paths there are; the page says how to enter.
#[tokio::test]
async fn without_the_cookie_nothing_is_answered() {
    let mut site = Site::start().await;
    site.cookie = "oss2youku_console_9390=0123456789abcdef0123456789abcdef".into();
    for path in [
        "/console/info",
        "/console/uploads",
        "/console/events",
        "/assets/main.js",
        "/api/healthz",
        "/elsewhere",
    ] {
        let (status, told) = site.json(path).await;
        assert_eq!((status, &told["error"]), (StatusCode::UNAUTHORIZED, &json!("unauthorized")), "{path}");
    }
    let (status, headers, body) = site.get("/", &[]).await;
    let text = String::from_utf8(body).unwrap();
    assert_eq!(
        (status, headers[header::CONTENT_TYPE].as_bytes()),
        (StatusCode::UNAUTHORIZED, &b"text/plain; charset=utf-8"[..])
    );
    assert!(text.contains("oss2youku console") && text.contains("打印的地址"), "{text}");
}

/// Each file of the folder is served with its type and an ETag, and is not sent again to a browser that has it.
#[tokio::test]
async fn each_asset_is_served_once_to_each_browser() {
    let site = Site::start().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    for name in &names {
        let path = if name == "index.html" { "/".to_owned() } else { format!("/assets/{name}") };
        let (status, headers, body) = site.get(&path, &[]).await;
        assert_eq!(
            (status, body.is_empty()),
            (StatusCode::OK, false),
            "{name} is not in the table of assets"
        );
        let kind = headers[header::CONTENT_TYPE].to_str().unwrap();
        let expected = match name.rsplit('.').next().unwrap() {
            "html" => "text/html; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            other => panic!("no content type for {other}"),
        };
        assert_eq!(kind, expected);
        let etag = headers[header::ETAG].to_str().unwrap();
        for (known, status) in
            [(etag, 304), (&format!("W/{etag}"), 304), (&format!("\"x\", {etag}"), 304), ("\"x\"", 200)]
        {
            let (found, again, body) = site.get(&path, &[("if-none-match", known)]).await;
            assert_eq!(
                (found.as_u16(), body.is_empty(), again[header::ETAG].to_str().unwrap()),
                (status, status == 304, etag)
            );
        }
    }
}

/// A list that the page has already is not sent again until a row changes.
#[tokio::test]
async fn an_unchanged_list_is_not_sent_again() {
    let site = Site::start().await;
    site.add(1);
    let (_, headers, body) = site.get("/console/uploads", &[]).await;
    let list: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(headers[header::ETAG].to_str().unwrap(), format!("\"{}\"", list["revision"]));
    let known = [("if-none-match", headers[header::ETAG].to_str().unwrap())];
    site.add(1);
    assert_eq!(site.get("/console/uploads", &known).await.0, StatusCode::NOT_MODIFIED);
    site.add(2);
    assert_eq!(site.get("/console/uploads", &known).await.0, StatusCode::OK);
    assert_eq!((list["total"].as_u64(), list["rows"][0]["state"].as_str()), (Some(1), Some("queued")));
}

/// What keeps the ledger from being read is told in the language that is asked for, and is a change of its own.
#[tokio::test]
async fn trouble_is_told_in_the_language_of_the_page() {
    let site = Site::start().await;
    let (_, headers, _) = site.get("/console/uploads", &[]).await;
    let known = [("if-none-match", headers[header::ETAG].to_str().unwrap())];
    let refusal = Error::new(ErrorKind::Ledger, "list", "no").retryable();
    site.shared.table.note_pass(Err(refusal));
    for (path, language) in [("/console/uploads", "En"), ("/console/uploads?lang=zh&limit=1", "Zh")] {
        let (status, _, body) = site.get(path, &known).await;
        let list: Value = serde_json::from_slice(&body).unwrap();
        let expected = json!({"error": "ledger_failed", "msg": language, "advice": "wait"});
        assert_eq!((status, &list["trouble"]), (StatusCode::OK, &expected));
    }
    site.shared.table.note_pass(Ok(()));
    assert_eq!(site.json("/console/uploads").await.1["trouble"], Value::Null);
}

/// A page that comes back is told at once what it missed, and one that is current only of the next change.
#[tokio::test]
async fn a_connection_tells_what_was_missed_and_what_comes() {
    let site = Site::start().await;
    let next = async |body: &mut Body| {
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        let text = String::from_utf8(frame.to_vec()).unwrap();
        let field = |name: &str| {
            text.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
        };
        let data: Value = serde_json::from_str(&field("data:").unwrap()).unwrap();
        assert_eq!(
            (field("event:").as_deref(), field("id:")),
            (Some("changed"), Some(data["revision"].to_string()))
        );
        data
    };
    let connect = async |last: Option<&str>| {
        let lines: Vec<_> = last.map(|last| ("last-event-id", last)).into_iter().collect();
        site.send(Method::GET, "/console/events", &lines).await.into_body()
    };
    let mut new = connect(None).await;
    let first = next(&mut new).await;
    let known = first["revision"].as_u64().unwrap();
    assert_eq!(first, json!({"revision": known}), "which rows it lacks is not known");
    site.add(7);
    let id = format!("{:032x}", 7);
    assert_eq!(next(&mut new).await, json!({"revision": known + 1, "ids": [id]}));
    let mut back = connect(Some(&known.to_string())).await;
    assert_eq!(next(&mut back).await, json!({"revision": known + 1, "ids": [id]}));
    let mut current = connect(Some(&(known + 1).to_string())).await;
    let (told, ()) = tokio::join!(next(&mut current), async { site.add(8) });
    assert_eq!(told, json!({"revision": known + 2, "ids": [format!("{:032x}", 8)]}));
    let mut restarted = connect(Some("999")).await;
    assert_eq!(
        next(&mut restarted).await,
        json!({"revision": known + 2}),
        "another process counted otherwise"
    );
}

/// One upload: its row, its status, what each step means, in the language that is asked for, and what can be done.
#[tokio::test]
async fn an_upload_is_explained_with_what_can_be_done() {
    let site = Site::start().await;
    let ledger = site.app.ledger(None).await.unwrap();
    let mut held = claim(&ledger, &new_request("film.mp4")).await;
    append_session(&mut held).await;
    publish(held).await;
    fail(claim(&ledger, &new_request("gone.mp4")).await, "source_missing").await;
    let path = |key: &str, lang: &str| format!("/console/uploads/{}?{lang}", id_of(key));
    let (_, film) = site.json(&path("film.mp4", "lang=zh")).await;
    assert_eq!((film["explanation"].as_str(), film["next"].as_str()), (Some("Zh"), Some("next")));
    let steps: Vec<_> =
        film["steps"].as_array().unwrap().iter().map(|step| step["explanation"].as_str().unwrap()).collect();
    assert_eq!(steps, ["CLAIMED", "CREATED", "TRANSFERRED", "COMMITTED"]);
    assert_eq!((&film["actions"], &film["row"]["state"]), (&json!(["again"]), &json!("published")));
    assert_eq!(film["status"], site.json(&format!("/api/uploads/{}", id_of("film.mp4"))).await.1);
    let (_, gone) = site.json(&path("gone.mp4", "")).await;
    assert_eq!((gone["explanation"].as_str(), &gone["actions"]), (Some("En"), &json!(["retry", "again"])));
    let held = claim(&ledger, &new_request("open.mp4")).await;
    assert_eq!(site.json(&path("open.mp4", "")).await.1["actions"], json!(["cancel"]));
    held.release().await;
    assert_eq!(site.json(&path("open.mp4", "")).await.1["actions"], json!(["resume", "cancel"]));
    let (status, told) = site.json(&path("other.mp4", "")).await;
    assert_eq!(
        (status, &told["error"], &told["code"]),
        (StatusCode::NOT_FOUND, &json!("no_such_upload"), &json!("404"))
    );
    let (status, told) = site.json(&path("film.mp4", "lang=fr")).await;
    assert_eq!((status, &told["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_query")));
}

#[tokio::test]
async fn doctor_and_info_say_what_they_find() {
    let site = Site::start().await;
    let (_, diagnosis) = site.json("/console/doctor?lang=zh").await;
    assert_eq!((&diagnosis["all_well"], &diagnosis["findings"][1]["check"]), (&json!(false), &json!("Zh")));
    let (_, info) = site.json("/console/info").await;
    assert_eq!(
        (&info["language"], &info["ledger"]["kind"], &info["dev"]),
        (&json!("en"), &json!("folder"), &json!(false))
    );
    assert_eq!(info["can"], json!({"files": false, "faults": false, "doctor": true, "plan": false}));
}
