//! A console with a spool, whose uploads end as a script says.

use super::routes::Echo;
use crate::{
    Backend, ConsoleSettings, Language, LocalProgress, LocalUploads, Prospect, ReportProgress, Spool,
    UploadFailure, UploadForm, UploadPlan, UploadSource, access::Access, files::Runner, server::build_router,
    shared::Shared,
};
use app::{App, Settings, core::UploadId};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use futures_util::{FutureExt, future::BoxFuture};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};
use tempfile::TempDir;
use tower::ServiceExt;

pub(super) const LIMIT: u64 = 1000;

/// Reads what it uploads, and ends as it is told.
#[derive(Default)]
pub(super) struct Script {
    ends: Mutex<VecDeque<Result<(), UploadFailure>>>,
    pub(super) uploaded: Mutex<Vec<(Vec<u8>, Option<String>)>>,
    /// Whether what had ended was to be retried, for each of them.
    pub(super) retries: Mutex<Vec<bool>>,
}

impl LocalUploads for Script {
    fn plan(
        &self,
        source: UploadSource,
        form: UploadForm,
    ) -> BoxFuture<'static, Result<UploadPlan, UploadFailure>> {
        let UploadSource::File(path) = source else { panic!("a file is planned") };
        let title = form.metadata().unwrap().title;
        let lines = vec![("file".into(), path.file_name().unwrap().to_str().unwrap().into())];
        let upload_id = UploadId::parse(&"a".repeat(32)).unwrap();
        std::future::ready(Ok(UploadPlan { upload_id, title, lines, warning: None })).boxed()
    }

    fn upload(
        &self,
        file: PathBuf,
        form: UploadForm,
        retry: bool,
        report: ReportProgress,
    ) -> BoxFuture<'static, Result<(), UploadFailure>> {
        report(LocalProgress::Began(UploadId::parse(&"a".repeat(32)).unwrap()));
        self.retries.lock().unwrap().push(retry);
        self.uploaded.lock().unwrap().push((fs::read(file).unwrap(), form.metadata().unwrap().title));
        let end = self.ends.lock().unwrap().pop_front();
        match end {
            Some(end) => std::future::ready(end).boxed(),
            // Nothing comes of it before the console ends.
            None => std::future::pending().boxed(),
        }
    }
}

pub(super) fn failure(prospect: Prospect) -> UploadFailure {
    UploadFailure { error: "youku_failed", message: "no".into(), advice: None, prospect }
}

pub(super) struct Site {
    router: Router,
    pub(super) cookie: String,
    pub(super) script: Arc<Script>,
}

impl Site {
    pub(super) async fn start(folder: &Path, ends: Vec<Result<(), UploadFailure>>) -> Self {
        let settings = Settings::from_parts("test.toml", "[ledger]\nlocation = '/nowhere'\n", []).unwrap();
        let backend = Backend::Ledger(Arc::new(App::from_settings(settings).unwrap()));
        let settings = ConsoleSettings { language: Language::En, is_dev: false };
        let script = Arc::new(Script { ends: Mutex::new(ends.into()), ..Script::default() });
        let mut shared = Shared::new(backend, Arc::new(Echo), settings);
        let spool = Arc::new(Spool::open(folder.join("spool"), LIMIT).unwrap());
        shared.runner = Some(Runner::new(spool, script.clone()));
        shared.uploads = Some(script.clone());
        shared.runner.as_ref().unwrap().resume();
        let access = Arc::new(Access::new(9390));
        let url = access.url();
        let mut site = Self { router: build_router(Arc::new(shared), access), cookie: String::new(), script };
        let (_, headers, _) = site
            .send(Method::GET, url.strip_prefix("http://127.0.0.1:9390").unwrap(), &[], Body::empty())
            .await;
        site.cookie = headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        site
    }

    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        lines: &[(&str, &str)],
        body: Body,
    ) -> (StatusCode, HeaderMap, Value) {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:9390");
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status, parts.headers, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// Sends a request as the page does.
    pub(super) async fn ask(&self, method: Method, path: &str, body: impl Into<Body>) -> (u16, Value) {
        let lines = [
            ("cookie", self.cookie.as_str()),
            ("origin", "http://127.0.0.1:9390"),
            ("content-type", "application/json"),
        ];
        let (status, _, json) = self.send(method, path, &lines, body.into()).await;
        (status.as_u16(), json)
    }

    pub(super) async fn announce(&self, name: &str, size: u64) -> (u16, Value) {
        let announced = json!({"name": name, "size": size, "modified": 5}).to_string();
        self.ask(Method::POST, "/console/files", announced).await
    }

    pub(super) async fn put(&self, id: &str, offset: u64, bytes: &'static str) -> (u16, Value) {
        self.ask(Method::PUT, &format!("/console/files/{id}?offset={offset}"), bytes).await
    }

    /// Drops a file of these bytes and asks for its upload.
    pub(super) async fn upload(&self, bytes: &'static str) -> String {
        let (_, file) = self.announce("film.mp4", bytes.len() as u64).await;
        let id = file["id"].as_str().unwrap().to_owned();
        assert_eq!(self.put(&id, 0, bytes).await.1["state"], "ready");
        assert_eq!(self.ask(Method::POST, &format!("/console/files/{id}/upload"), form()).await.0, 202);
        id
    }

    pub(super) async fn file(&self) -> Value {
        self.ask(Method::GET, "/console/files", "").await.1["files"][0].clone()
    }

    /// Waits until the one file is in this state.
    pub(super) async fn wait_for(&self, state: &str) -> Value {
        loop {
            let file = self.file().await;
            if file["state"] == state {
                return file;
            }
            tokio::task::yield_now().await;
        }
    }
}

pub(super) fn form() -> String {
    let video = json!({"title": "Film", "public_type": "password", "watch_password": "hush"});
    json!({"account": "main", "language": "zh", "video": video}).to_string()
}

pub(super) fn entries(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder.path().join("spool"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "lock")
        .collect();
    names.sort();
    names
}
