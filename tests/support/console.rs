//! A running console, as a browser finds it.

use super::end;
use bytes::Bytes;
use nix::sys::signal::Signal;
use reqwest::{
    Client, RequestBuilder, StatusCode,
    header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, RANGE, SET_COOKIE},
};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// Longer than anything a test waits for.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A browser that has opened the printed address.
pub(crate) struct Browser {
    /// The address without path and token.
    pub(crate) base: String,
    pub(crate) client: Client,
    pub(crate) cookie: String,
}

impl Browser {
    /// Opens the printed address.
    pub(crate) async fn open(url: &str) -> Self {
        let client = app::http_client().unwrap();
        let base = url.split_once("/?").expect("an address with a token").0.to_owned();
        let response = client.get(url).send().await.unwrap();
        assert_eq!(
            (response.status(), &response.headers()[LOCATION]),
            (StatusCode::SEE_OTHER, &"/".parse().unwrap())
        );
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { base, client, cookie }
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.base));
        let (status, value) = self.send(request).await;
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    /// Posts as the page does.
    pub(crate) async fn post(&self, path: &str) -> (u16, Value) {
        self.send(self.client.post(format!("{}{path}", self.base)).header(ORIGIN, &self.base)).await
    }

    /// Posts JSON as the page does.
    pub(crate) async fn post_json(&self, path: &str, json: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.base)).body(json.to_string());
        self.send(request.header(ORIGIN, &self.base).header(CONTENT_TYPE, "application/json")).await
    }

    /// Drops a file onto the page, as the page does it; returns its id in the spool.
    pub(crate) async fn drop_file(&self, name: &str, bytes: &Bytes) -> String {
        let told = serde_json::json!({"name": name, "size": bytes.len(), "modified": 1});
        let (status, file) = self.post_json("/console/files", &told).await;
        assert_eq!(status, 200, "{file}");
        let id = file["id"].as_str().unwrap().to_owned();
        let put = self.client.put(format!("{}/console/files/{id}?offset=0", self.base)).body(bytes.clone());
        let (status, file) = self.send(put.header(ORIGIN, &self.base)).await;
        assert_eq!((status, file["state"].as_str()), (200, Some("ready")), "{file}");
        id
    }

    /// Reads bytes, of a range where one is named; returns the status with them.
    pub(crate) async fn get_range(&self, path: &str, range: Option<&str>) -> (u16, Bytes) {
        let mut request = self.client.get(format!("{}{path}", self.base)).header(COOKIE, &self.cookie);
        if let Some(range) = range {
            request = request.header(RANGE, range);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.bytes().await.unwrap())
    }

    async fn send(&self, request: RequestBuilder) -> (u16, Value) {
        let response = request.header(COOKIE, &self.cookie).send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}")))
    }

    /// Asks for the rows that match this query until they are as expected, and returns the answer.
    pub(crate) async fn wait_for(&self, query: &str, is_expected: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + TIMEOUT;
        loop {
            let list = self.get(&format!("/console/uploads{query}")).await;
            if is_expected(&list) {
                return list;
            }
            assert!(Instant::now() < until, "it never came about: {list}");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// A running `oss2youku console`. Dropping it ends the process.
pub(crate) struct ConsoleProcess {
    child: Child,
    /// The address that it printed.
    pub(crate) url: String,
    /// The address of its metrics, if it was to serve them.
    pub(crate) metrics_url: Option<String>,
}

impl ConsoleProcess {
    /// Starts it by this command, to which the console's arguments are added.
    pub(crate) fn start(mut command: Command, arguments: &[&str]) -> Self {
        command.args(["console", "--json", "--port", "0"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("its first line");
        let told: Value = serde_json::from_str(&line).expect("one JSON object");
        let metrics_url = told["metrics_url"].as_str().map(str::to_owned);
        Self { child, url: told["url"].as_str().expect("its address").to_owned(), metrics_url }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Presses Ctrl-C and waits; returns the exit code.
    pub(crate) fn end(&mut self) -> Option<i32> {
        end(&mut self.child, Signal::SIGINT)
    }
}

impl Drop for ConsoleProcess {
    fn drop(&mut self) {
        // A failed test leaves no process running.
        if let Ok(None) = self.child.try_wait() {
            self.end();
        }
    }
}
