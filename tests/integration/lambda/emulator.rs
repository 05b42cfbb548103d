//! AWS's own Runtime Interface Emulator with the function in it.

use crate::support::{
    binary,
    port::{free_port, wait_until_listening},
    tools,
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command},
    time::Duration,
};
use tokio::time::{sleep, timeout};

/// Longer than any call of a test.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A tool that tests/tools.sh installed.
pub(crate) fn tool(name: &str) -> PathBuf {
    tools().join("lambda/bin").join(name)
}

/// A host of one function at a time; dropping it ends the host.
pub(crate) struct Emulator {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Emulator {
    /// Starts the host with a function whose time-out is `seconds`.
    pub(crate) async fn start(variables: &BTreeMap<String, String>, seconds: u32, log: PathBuf) -> Self {
        Self::start_program(&binary("oss2youku-lambda"), variables, seconds, log).await
    }

    /// Starts the host with another program.
    pub(crate) async fn start_program(
        program: &Path,
        variables: &BTreeMap<String, String>,
        seconds: u32,
        log: PathBuf,
    ) -> Self {
        let port = free_port();
        let (front, api) = (format!("127.0.0.1:{port}"), format!("127.0.0.1:{}", free_port()));
        let output = File::create(&log).unwrap();
        let child = Command::new(tool("aws-lambda-rie"))
            .args(["--runtime-interface-emulator-address", &front, "--runtime-api-address", &api])
            .arg(program)
            .env_clear()
            .envs(variables)
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", seconds.to_string())
            .current_dir(log.parent().unwrap())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        let host = Self { child, url: format!("http://{front}"), log };
        assert!(wait_until_listening(port).await, "the emulator does not listen: {}", host.log());
        host
    }

    /// Calls the function; an error is known by its `errorType`, since the status is 200 either way.
    pub(crate) async fn invoke(&self, event: &Value) -> Value {
        let url = format!("{}/2015-03-31/functions/function/invocations", self.url);
        let call = async {
            let answer = app::http_client().unwrap().post(url).body(event.to_string()).send().await.unwrap();
            answer.text().await.unwrap()
        };
        let answer = timeout(TIMEOUT, call).await;
        let text = answer.unwrap_or_else(|_| panic!("no answer in time: {}", self.log()));
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    }

    /// Calls the function until it does not fail, as a queue would; returns the answer and the number of calls.
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
        timeout(TIMEOUT, delivering).await.unwrap_or_else(|_| panic!("it fails for ever: {}", self.log()))
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
