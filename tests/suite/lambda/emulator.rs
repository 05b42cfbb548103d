//! AWS's own Runtime Interface Emulator with the function in it.

use crate::support::binary;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::File,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::time::{sleep, timeout};

/// Longer than any call of a test.
const PATIENCE: Duration = Duration::from_secs(60);

/// A tool that tests/tools.sh installed.
pub(crate) fn tool(name: &str) -> PathBuf {
    let tools = std::env::var_os("TEST_TOOLS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools"), PathBuf::from);
    tools.join("lambda/bin").join(name)
}

/// A host of one function at a time; ended when dropped.
pub(crate) struct Emulator {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Emulator {
    /// Starts the host with a function whose time-out is `seconds`.
    pub(crate) async fn start(env: &BTreeMap<String, String>, seconds: u32, log: PathBuf) -> Self {
        Self::start_program(&binary("oss2youku-lambda"), env, seconds, log).await
    }

    /// The same with another program.
    pub(crate) async fn start_program(
        program: &Path,
        env: &BTreeMap<String, String>,
        seconds: u32,
        log: PathBuf,
    ) -> Self {
        let (front, api) = (free_port(), free_port());
        let output = File::create(&log).unwrap();
        let child = Command::new(tool("aws-lambda-rie"))
            .args(["--runtime-interface-emulator-address", &front, "--runtime-api-address", &api])
            .arg(program)
            .env_clear()
            .envs(env)
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", seconds.to_string())
            .current_dir(log.parent().unwrap())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        let host = Self { child, url: format!("http://{front}"), log };
        let up = async {
            while tokio::net::TcpStream::connect(&front).await.is_err() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, up)
            .await
            .unwrap_or_else(|_| panic!("the emulator does not listen: {}", host.log()));
        host
    }

    /// Calls the function; an error is known by its `errorType`, since the status is 200 either way.
    pub(crate) async fn invoke(&self, event: &Value) -> Value {
        let url = format!("{}/2015-03-31/functions/function/invocations", self.url);
        let call = async {
            let answer = app::http_client().unwrap().post(url).body(event.to_string()).send().await.unwrap();
            answer.text().await.unwrap()
        };
        let answer = timeout(PATIENCE, call).await;
        let text = answer.unwrap_or_else(|_| panic!("no answer in time: {}", self.log()));
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    }

    /// The same until it does not fail, as a queue would deliver it; answers how often it took.
    pub(crate) async fn deliver(&self, event: &Value) -> (Value, usize) {
        let delivering = async {
            for deliveries in 1.. {
                let answer = self.invoke(event).await;
                if answer.is_object() && answer.get("errorType").is_none() {
                    return (answer, deliveries);
                }
                sleep(Duration::from_millis(200)).await;
            }
            unreachable!("it is counted for ever")
        };
        timeout(PATIENCE, delivering).await.unwrap_or_else(|_| panic!("it fails for ever: {}", self.log()))
    }

    /// The function's process.
    pub(crate) fn function(&self) -> Option<Pid> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).ok()?;
        let children =
            tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("children")).ok());
        let children = children.collect::<Vec<_>>().join(" ");
        children.split_whitespace().next()?.parse().ok().map(Pid::from_raw)
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let function = self.function();
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(function) = function {
            let _ = kill(function, Signal::SIGKILL);
        }
    }
}

/// Nobody else listens there for now. It is below the ports that the system gives to connections and to servers that take any, so that
/// none of them gets there first.
pub(crate) fn free_port() -> String {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = GIVEN.fetch_add(1, Ordering::Relaxed);
        let address = format!("127.0.0.1:{}", 20_000 + (std::process::id() * 100 + number) % 12_000);
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}
