//! A local Youku and a client of it.

use axum::body::Body;
use http::Request;
use md5::{Digest, Md5};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;

use local_clouds::youku::{Account, Switches, YoukuConfig, YoukuServer};

use crate::http_client;

/// "Expired upload token".
pub(crate) const EXPIRED_UPLOAD_TOKEN: u64 = 120_010_223;

/// A local Youku and a client that has its tokens.
pub(crate) struct YoukuEnv {
    pub(crate) server: YoukuServer,
    pub(crate) account: Account,
    pub(crate) dir: Option<TempDir>,
}

impl YoukuEnv {
    pub(crate) async fn new(change: impl FnOnce(&mut YoukuConfig)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = YoukuConfig::new(dir.path());
        change(&mut config);
        Self { dir: Some(dir), ..Self::with(config).await }
    }

    pub(crate) async fn with(config: YoukuConfig) -> Self {
        let account = config.accounts.first().cloned().unwrap();
        let (api, bucket) = (TcpListener::bind("127.0.0.1:0").await, TcpListener::bind("127.0.0.1:0").await);
        let server = YoukuServer::start(config, api.unwrap(), bucket.unwrap()).await.unwrap();
        Self { server, account, dir: None }
    }

    pub(crate) async fn switched(change: impl FnOnce(&mut Switches)) -> Self {
        Self::new(|config| change(&mut config.switches)).await
    }

    /// Sends one request; the answer's status and JSON.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, &str)],
        body: Vec<u8>,
    ) -> (u16, Value) {
        let uri = format!("{path}?{}", serde_urlencoded::to_string(query).unwrap());
        let request = Request::builder().method(method).uri(uri).body(Body::from(body)).unwrap();
        let (status, _, body) = http_client::send(&self.server.api(), request).await;
        (status.as_u16(), serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    /// A call of the API with client id and access token added.
    pub(crate) async fn api(&self, method: &str, path: &str, params: &[(&str, &str)]) -> (u16, Value) {
        let mut all = vec![
            ("client_id", self.account.client_id.as_str()),
            ("access_token", &self.account.access_token),
        ];
        all.extend_from_slice(params);
        match method {
            "POST" => {
                self.send("POST", path, &[], serde_urlencoded::to_string(&all).unwrap().into_bytes()).await
            }
            method => self.send(method, path, &all, Vec::new()).await,
        }
    }

    pub(crate) async fn create(&self, bytes: &[u8], more: &[(&str, &str)]) -> (u16, Value) {
        let (size, md5) = (bytes.len().to_string(), md5_hex(bytes));
        let mut params = vec![
            ("title", "海边的一天"),
            ("tags", "旅行,sea"),
            ("file_name", "clip.mp4"),
            ("file_size", &size),
            ("file_md5", &md5),
        ];
        params.extend_from_slice(more);
        self.api("POST", "/uploads/create.json", &params).await
    }

    /// Creates a slice upload, has its file made in slices of one KiB, and answers its token.
    pub(crate) async fn begin(&self, bytes: &[u8]) -> String {
        let (status, created) = self.create(bytes, &[]).await;
        assert_eq!(status, 201, "{created}");
        let token = created["upload_token"].as_str().unwrap().to_owned();
        let size = bytes.len().to_string();
        let form =
            [("upload_token", token.as_str()), ("file_size", &size), ("ext", "mp4"), ("slice_length", "1")];
        assert_eq!(self.send("POST", "/gupload/create_file", &form, Vec::new()).await.0, 201);
        token
    }

    pub(crate) async fn new_slice(&self, token: &str) -> Value {
        let (status, slice) =
            self.send("GET", "/gupload/new_slice", &[("upload_token", token)], Vec::new()).await;
        assert_eq!(status, 201, "{slice}");
        slice
    }

    pub(crate) async fn upload_slice(
        &self,
        token: &str,
        slice: &Value,
        body: &[u8],
        hash: &str,
    ) -> (u16, Value) {
        let number = |name: &str| slice[name].to_string();
        let (id, offset, length) = (number("slice_task_id"), number("offset"), number("length"));
        let query = [
            ("upload_token", token),
            ("slice_task_id", &id),
            ("offset", &offset),
            ("length", &length),
            ("hash", hash),
        ];
        self.send("POST", "/gupload/upload_slice", &query, body.to_vec()).await
    }

    /// Delivers every slice that is left to hand out.
    pub(crate) async fn deliver(&self, token: &str, bytes: &[u8]) {
        let mut slice = self.new_slice(token).await;
        while slice["slice_task_id"] != 0 {
            let part = part(bytes, &slice);
            let (status, next) = self.upload_slice(token, &slice, part, &md5_hex(part)).await;
            assert_eq!(status, 201, "{next}");
            slice = next;
        }
    }

    pub(crate) async fn check(&self, token: &str) -> (u16, Value) {
        self.send("GET", "/gupload/check", &[("upload_token", token)], Vec::new()).await
    }

    pub(crate) async fn commit(&self, token: &str) -> (u16, Value) {
        let host = self.server.api().replace("http://", "");
        let params = [("upload_token", token), ("upload_server_ip", host.as_str())];
        self.api("POST", "/uploads/commit.json", &params).await
    }

    pub(crate) async fn show(&self, id: &str) -> (u16, Value) {
        self.api("GET", "/videos/show.json", &[("video_id", id)]).await
    }

    /// A whole slice upload; the token and the video id.
    pub(crate) async fn publish(&self, bytes: &[u8]) -> (String, String) {
        let token = self.begin(bytes).await;
        self.deliver(&token, bytes).await;
        let (status, answer) = self.commit(&token).await;
        assert_eq!(status, 200, "{answer}");
        (token, answer["video_id"].as_str().unwrap().to_owned())
    }
}

pub(crate) fn part<'a>(bytes: &'a [u8], slice: &Value) -> &'a [u8] {
    let number = |name: &str| usize::try_from(slice[name].as_u64().unwrap()).unwrap();
    &bytes[number("offset")..][..number("length")]
}

pub(crate) fn md5_hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Md5::digest(bytes))
}

pub(crate) fn code(answer: &(u16, Value)) -> u64 {
    answer.1["error"]["code"].as_u64().expect("an error with a code")
}

/// Bytes that differ from slice to slice.
pub(crate) fn movie(length: usize) -> Vec<u8> {
    (0..length).map(|i| u8::try_from(i * 7 % 251).unwrap()).collect()
}
