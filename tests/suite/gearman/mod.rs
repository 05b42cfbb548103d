//! The Gearman shim between a real gearmand and the function on the platform's host: what clients get, what is published.

mod clients;
mod faults;
mod limits;
mod service;
mod soak;
mod speed;

use crate::{
    function::{Rig, Setup, bytes},
    support::binary,
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
    net::{TcpListener, TcpStream},
    ops::Range,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::time::timeout;

/// What the function's door accepts, and its SHA-256.
const TOKEN: &str = "correct horse";
const TOKENS: &str = r#"["4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631"]"#;
/// Longer than anything here takes on a busy machine.
const LONG: Duration = Duration::from_secs(120);

/// A port that nobody has, below those that the system gives to outgoing connections: while a server of a test is down, no other
/// connection takes its place, nor does one that looks for it find itself.
fn free_port() -> u16 {
    const PORTS: Range<u32> = 20_000..32_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let ports = PORTS.end - PORTS.start;
    for _ in 0..ports {
        // Runs side by side begin apart.
        let n = std::process::id().wrapping_mul(97).wrapping_add(NEXT.fetch_add(1, Relaxed));
        let port = (PORTS.start + n % ports).try_into().unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free");
}

/// What must have an end.
pub(crate) async fn within<F: Future>(what: &str, future: F) -> F::Output {
    timeout(LONG, future).await.unwrap_or_else(|_| panic!("{what}: not within {LONG:?}"))
}

/// Waits until `done` says so.
async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < LONG, "{what}: not within {LONG:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Debian's job server on a port of its own. Dropped, it ends.
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
        until("gearmand listens", || TcpStream::connect(("127.0.0.1", self.port)).is_ok()).await;
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Its own table: a function a line, and a dot at the end.
    fn status(&self) -> io::Result<Vec<String>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(LONG))?;
        stream.write_all(b"status\r\n")?;
        BufReader::new(stream)
            .lines()
            .take_while(|line| line.as_ref().map_or(true, |line| line != "."))
            .collect()
    }

    /// Jobs of `upload` that wait or run, those that run, and the workers for it.
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

/// A running shim and what it logged. Dropped, it ends.
pub(crate) struct Shim {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    health: u16,
    _token: TempDir,
}

impl Shim {
    pub(crate) fn start(function: &str, gearmands: &[&Gearmand], more: &[&str]) -> Self {
        let (folder, health) = (tempfile::tempdir().unwrap(), free_port());
        let token = folder.path().join("token");
        fs::write(&token, format!("{TOKEN}\n")).unwrap();
        let mut command = Command::new(binary("oss2youku-gearman"));
        for gearmand in gearmands {
            command.args(["--server", &format!("127.0.0.1:{}", gearmand.port)]);
        }
        command.args(["--function-url", function, "--token-file", token.to_str().unwrap()]);
        command.args(["--health", &format!("127.0.0.1:{health}")]).args(more);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (stderr, keep) = (child.stderr.take().unwrap(), Arc::clone(&log));
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                keep.lock().unwrap().push(line);
            }
        });
        Self { child, log, health, _token: folder }
    }

    pub(crate) fn logged(&self) -> Vec<Value> {
        let log = self.log.lock().unwrap();
        log.iter().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
    }

    /// Waits until it has logged a message so often.
    pub(crate) async fn says(&self, message: &str, times: usize) {
        let said = || self.logged().iter().filter(|line| line["message"] == message).count() >= times;
        until(message, said).await;
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }

    /// Its exit code once it has ended.
    pub(crate) async fn ended(&mut self) -> Option<i32> {
        let mut status = None;
        until("the shim ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .await;
        status.and_then(|status| status.code())
    }

    /// What its health door answers.
    pub(crate) async fn health(&self, path: &str) -> (u16, String) {
        let url = format!("http://127.0.0.1:{}{path}", self.health);
        within("the health door", async {
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
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
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
pub(crate) struct World {
    pub(crate) rig: Rig,
    pub(crate) gearmand: Gearmand,
    /// Where tasks want to be told of their end; empty: nowhere.
    callback: String,
}

impl World {
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
        let env = [&usual, more].concat();
        // No event uploads anything by itself.
        let rules = r#"[{bucket="videos",prefix="elsewhere/",account="main",public_type="all"}]"#;
        let setup = Setup { env: &env, rules, host, ..Setup::default() };
        Self { rig: Rig::start(setup).await, gearmand: Gearmand::start().await, callback }
    }

    pub(crate) fn shim(&self, more: &[&str]) -> Shim {
        Shim::start(&self.rig.clouds.endpoints.http_trigger, &[&self.gearmand], more)
    }

    /// Puts the object of a legacy task; answers the task and the bytes.
    pub(crate) async fn object(&self, name: &str, size: usize) -> (String, Bytes) {
        let bytes = bytes(name.bytes().map(u64::from).sum(), size);
        self.rig.put(&format!("user/dee/{name}.mp4"), &bytes).await;
        (self.task(name), bytes)
    }

    /// What the legacy worker's README tells its clients to send.
    pub(crate) fn task(&self, name: &str) -> String {
        let account = &self.rig.clouds.endpoints.youku_accounts[0];
        let task = json!({
            "conf": {
                "clientid": account.client_id, "ak": account.access_token, "keyname": name,
                "callbackurl": self.callback,
            },
            "youku": {"title": name, "tags": "other", "description": "d", "category": "", "public_type": "all"},
        });
        task.to_string()
    }

    /// Holds the reading of every object: jobs that were begun are in flight. Resolves when `jobs` are.
    pub(crate) async fn hold(&self, jobs: u64, begin: impl Future<Output = ()>) {
        let rule = json!({"operation": "GetObject", "times": 0, "fault": {"kind": "hold_before"}});
        let id = crate::function::script(&self.rig.clouds.oss_control, rule);
        begin.await;
        assert!(within("jobs in flight", self.rig.clouds.oss_control.faults.wait_fired(id, jobs)).await);
    }

    pub(crate) fn release(&self) {
        self.rig.clouds.oss_control.faults.clear();
    }

    /// Waits until the job server has no job left.
    pub(crate) async fn idle(&self) {
        until("no job is left", || self.gearmand.jobs()[0] == 0).await;
    }
}
