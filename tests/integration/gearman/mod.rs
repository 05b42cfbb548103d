//! The Gearman shim between a real gearmand and the function on the platform's host: what clients get, what is published.

mod clients;
mod faults;
mod limits;
mod payloads;
mod preflight;
mod progress;
mod service;
mod soak;
mod speed;
mod tokens;
mod traces;

use crate::support::{
    Setup, TestEnv, add_fault, binary, port::free_port, process, sample_bytes, wait_fired, within,
};
use bytes::Bytes;
use local_clouds::fc::{FunctionConfig, HttpAuth};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{self, BufRead, BufReader, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The bearer token of the function's HTTP API, and its SHA-256.
const TOKEN: &str = "correct horse";
const TOKENS: &str = r#"["4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631"]"#;
/// Longer than anything here takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Waits until `done` says so.
async fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < TIMEOUT, "{what}: not within {TIMEOUT:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Debian's job server on a port of its own. Dropping it ends the server.
pub(crate) struct Gearmand {
    child: Option<Child>,
    pub(crate) port: u16,
    queue: TempDir,
}

impl Gearmand {
    /// Background jobs outlive it on disk.
    pub(crate) async fn start() -> Self {
        let mut gearmand = Self::stopped();
        gearmand.begin().await;
        gearmand
    }

    pub(crate) fn stopped() -> Self {
        Self { child: None, port: free_port(), queue: tempfile::tempdir().unwrap() }
    }

    pub(crate) async fn begin(&mut self) {
        let path = format!("{}:/usr/sbin", std::env::var("PATH").unwrap());
        let database = format!("--libsqlite3-db={}", self.queue.path().join("queue.db").display());
        let child = Command::new("gearmand")
            .env("PATH", path)
            .args(["-L", "127.0.0.1", "-p", &self.port.to_string(), "-l", "stderr", "--verbose", "ERROR"])
            .args(["-q", "libsqlite3", &database])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.child = Some(child.expect("gearmand, which tests/tools.sh installs"));
        wait_until("gearmand listens", || TcpStream::connect(("127.0.0.1", self.port)).is_ok()).await;
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Its status table: one function a line, and a dot at the end.
    fn status(&self) -> io::Result<Vec<String>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.write_all(b"status\r\n")?;
        BufReader::new(stream)
            .lines()
            .take_while(|line| line.as_ref().map_or(true, |line| line != "."))
            .collect()
    }

    /// Numbers of jobs of `upload` that wait or run, of those that run, and of workers for it.
    pub(crate) fn jobs(&self) -> [u64; 3] {
        let status = self.status().unwrap();
        let line = status.iter().find_map(|line| line.strip_prefix("upload\t"));
        let mut numbers = line.unwrap_or_default().split('\t').map(|number| number.parse().unwrap_or(0));
        [(); 3].map(|()| numbers.next().unwrap_or(0))
    }

    /// Submits a background job by the command line client.
    pub(crate) async fn background(&self, unique: &str, task: &str) {
        let port = self.port.to_string();
        let arguments = ["-h", "127.0.0.1", "-p", &port, "-f", "upload", "-b", "-u", unique, "-s", task];
        let mut client = tokio::process::Command::new("gearman");
        let status = within("submitting", client.args(arguments).kill_on_drop(true).status()).await;
        assert!(status.unwrap().success());
    }

    /// Submits a job by the command line client and waits for its end; `None` where it failed.
    pub(crate) async fn foreground(&self, task: &str) -> Option<Value> {
        let (text, _) = clients::command_line(self.port, task).await;
        text.map(|text| serde_json::from_str(&text).expect("an answer in JSON"))
    }
}

impl Drop for Gearmand {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A running shim and its log. Dropping it ends the shim.
pub(crate) struct Shim {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    health: u16,
    token: TempDir,
}

impl Shim {
    pub(crate) fn start(function: &str, gearmands: &[&Gearmand], more: &[&str]) -> Self {
        Self::start_with_token(TOKEN, function, gearmands, more)
    }

    pub(crate) fn start_with_token(
        token: &str,
        function: &str,
        gearmands: &[&Gearmand],
        more: &[&str],
    ) -> Self {
        let (folder, health) = (tempfile::tempdir().unwrap(), free_port());
        let file = folder.path().join("token");
        fs::write(&file, format!("{token}\n")).unwrap();
        let mut command = Command::new(binary("oss2youku-gearman"));
        for gearmand in gearmands {
            command.args(["--server", &format!("127.0.0.1:{}", gearmand.port)]);
        }
        command.args(["--function-url", function, "--token-file", file.to_str().unwrap()]);
        command.args(["--health", &format!("127.0.0.1:{health}")]).args(more);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (stderr, keep) = (child.stderr.take().unwrap(), Arc::clone(&log));
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                keep.lock().unwrap().push(line);
            }
        });
        Self { child, log, health, token: folder }
    }

    /// Replaces the token in its file.
    pub(crate) fn write_token(&self, token: &str) {
        fs::write(self.token.path().join("token"), format!("{token}\n")).unwrap();
    }

    pub(crate) fn logged(&self) -> Vec<Value> {
        let log = self.log.lock().unwrap();
        log.iter().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
    }

    /// Waits until it has logged a message this many times.
    pub(crate) async fn wait_for_log(&self, message: &str, times: usize) {
        let said = || self.logged().iter().filter(|line| line["message"] == message).count() >= times;
        wait_until(message, said).await;
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }

    /// Its exit code once it has ended.
    pub(crate) async fn wait_for_exit(&mut self) -> Option<i32> {
        let mut status = None;
        wait_until("the shim ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .await;
        status.and_then(|status| status.code())
    }

    /// The port of its health endpoint.
    pub(crate) fn health_port(&self) -> u16 {
        self.health
    }

    /// The response of its health endpoint.
    pub(crate) async fn health(&self, path: &str) -> (u16, String) {
        let url = format!("http://127.0.0.1:{}{path}", self.health);
        within("the health endpoint", async {
            let answer = app::http_client().unwrap().get(url).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        })
        .await
    }

    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let (_, text) = self.health("/metrics").await;
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("oss2youku_gearman_{name} ")));
        line.unwrap_or_else(|| panic!("{name}: {text}")).parse().unwrap()
    }

    /// The most memory it ever had, in KiB.
    pub(crate) fn peak_kib(&self) -> u64 {
        process::peak_kib(self.child.id())
    }
}

impl Drop for Shim {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.child.kill().unwrap();
        }
        self.child.wait().unwrap();
    }
}

/// The clouds, the function behind its HTTP trigger, and a gearmand.
pub(crate) struct GearmanEnv {
    pub(crate) env: TestEnv,
    pub(crate) gearmand: Gearmand,
    /// The callback URL of tasks; empty = none.
    callback: String,
}

impl GearmanEnv {
    pub(crate) async fn start() -> Self {
        let host = |function: &mut FunctionConfig| function.http_trigger = Some(HttpAuth::Anonymous);
        Self::start_with(&[], host, String::new()).await
    }

    pub(crate) async fn start_with(
        more: &[(&str, &str)],
        host: fn(&mut FunctionConfig),
        callback: String,
    ) -> Self {
        let usual = [
            ("OSS2YOUKU_HTTP__TOKENS", TOKENS),
            ("OSS2YOUKU_LEGACY__BUCKET", "videos"),
            ("OSS2YOUKU_LEDGER__LEASE_SECONDS", "3"),
        ];
        let variables = [&usual, more].concat();
        // No event uploads anything by itself.
        let rules = r#"[{bucket="videos",prefix="elsewhere/",account="main",public_type="all"}]"#;
        let setup = Setup { variables: &variables, rules, host, ..Setup::default() };
        Self { env: TestEnv::start(setup).await, gearmand: Gearmand::start().await, callback }
    }

    pub(crate) fn shim(&self, more: &[&str]) -> Shim {
        Shim::start(&self.env.clouds.endpoints.http_trigger, &[&self.gearmand], more)
    }

    /// Puts the object of a legacy task; returns the task and the bytes.
    pub(crate) async fn object(&self, name: &str, size: usize) -> (String, Bytes) {
        let bytes = sample_bytes(name.bytes().map(u64::from).sum(), size);
        self.env.put(&format!("user/dee/{name}.mp4"), &bytes).await;
        (self.task(name), bytes)
    }

    /// What the legacy worker's README tells its clients to send.
    pub(crate) fn task(&self, name: &str) -> String {
        let account = &self.env.clouds.endpoints.youku_accounts[0];
        let task = json!({
            "conf": {
                "clientid": account.client_id, "ak": account.access_token, "keyname": name,
                "callbackurl": self.callback,
            },
            "youku": {"title": name, "tags": "other", "description": "d", "category": "", "public_type": "all"},
        });
        task.to_string()
    }

    /// Holds the reading of every object, so that begun jobs stay in flight. Resolves when `jobs` of them are.
    pub(crate) async fn hold(&self, jobs: u64, begin: impl Future<Output = ()>) {
        let rule = json!({"operation": "GetObject", "times": 0, "fault": {"kind": "hold_before"}});
        let id = add_fault(&self.env.clouds.oss_control, rule);
        begin.await;
        wait_fired(&self.env.clouds.oss_control, id, jobs).await;
    }

    pub(crate) fn release(&self) {
        self.env.clouds.oss_control.faults.clear();
    }

    /// Waits until the job server has no job left.
    pub(crate) async fn wait_until_idle(&self) {
        wait_until("no job is left", || self.gearmand.jobs()[0] == 0).await;
    }
}
