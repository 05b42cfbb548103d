//! A developer's loop: `cargo lambda`, whose emulator states a deadline of 1970 for every call.

use super::{LambdaEnv, emulator::tool, fixture};
use crate::support::{
    MIB, binary,
    port::{free_port, wait_until_listening},
    process::test_variables,
    sample_bytes, workspace,
};
use serde_json::{Value, json};
use std::{path::Path, process::Stdio, time::Duration};
use tokio::{
    process::{Child, Command},
    time::timeout,
};

fn cargo_lambda(arguments: &[&str]) -> Command {
    let mut command = Command::new(tool("cargo-lambda"));
    command.arg("lambda").args(arguments).current_dir(workspace()).kill_on_drop(true);
    test_variables().for_each(|name| _ = command.env_remove(name));
    command
}

fn watch(arguments: &[&str], port: &str) -> Command {
    let mut command = cargo_lambda(arguments);
    command.args(["--invoke-port", port]).stdout(Stdio::null()).stderr(Stdio::null());
    // Its children end with it.
    command.process_group(0);
    command
}

async fn invoke(arguments: &[&str], port: &str, within: u64) -> Value {
    let mut command = cargo_lambda(arguments);
    command.args(["--invoke-port", port]).env("CARGO_TERM_COLOR", "never");
    let output = timeout(Duration::from_secs(within), command.output()).await.expect("an answer").unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

/// A group of processes; dropping it kills the group.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(id) = self.0.id().and_then(|id| id.try_into().ok()) {
            let group = nix::unistd::Pid::from_raw(id);
            let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
        }
    }
}

/// The function behind the emulator of `cargo lambda watch`; dropping it ends both.
pub(super) struct Watched {
    pub(super) port: u16,
    _apis: Group,
    _function: Child,
}

impl Watched {
    pub(super) async fn start(env: &LambdaEnv) -> Self {
        let port = free_port();
        let apis = ["watch", "--only-lambda-apis", "--invoke-address", "127.0.0.1"];
        let apis = Group(watch(&apis, &port.to_string()).spawn().unwrap());
        assert!(wait_until_listening(port).await, "it listens");
        let mut function = Command::new(binary("oss2youku-lambda"));
        function
            .env_clear()
            .envs(&env.variables)
            .env("AWS_LAMBDA_RUNTIME_API", format!("http://127.0.0.1:{port}/.rt/oss2youku-lambda"));
        for (name, value) in [("NAME", "oss2youku-lambda"), ("MEMORY_SIZE", "512"), ("VERSION", "1")] {
            function.env(format!("AWS_LAMBDA_FUNCTION_{name}"), value);
        }
        let function = function.stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap();
        Self { port, _apis: apis, _function: function }
    }

    /// Its function's URL.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/lambda-url/oss2youku-lambda{path}", self.port)
    }
}

/// An emulator that states a deadline of 1970 for every call gets its uploads done.
#[tokio::test]
async fn an_emulator_with_past_deadlines_gets_its_uploads() {
    let env = LambdaEnv::start(&[]).await;
    let watched = Watched::start(&env).await;
    let bytes = sample_bytes(1, MIB);
    env.s3.put("videos", "in/watched (final)+第.mp4", &bytes).await;
    let event = env.folder.path().join("event.json");
    std::fs::write(&event, fixture("s3", "watched").to_string()).unwrap();
    let arguments = ["invoke", "oss2youku-lambda", "--invoke-address", "127.0.0.1", "--data-file"];
    let arguments: Vec<_> = arguments.into_iter().chain(event.to_str()).collect();
    let answer = invoke(&arguments, &watched.port.to_string(), 60).await;
    assert_eq!(answer["results"][0]["code"], "200", "{answer}");
    env.assert_published("watched (final)+第", &bytes);

    // Its function URL writes null for whatever a request lacks.
    let url = watched.url("/uploads");
    let task = json!({"source": "s3://videos/in/watched (final)+第.mp4"}).to_string();
    let asking = app::http_client().unwrap().post(url).header("cookie", "a=1; b=2").body(task).send();
    let answer = timeout(Duration::from_secs(60), asking).await.expect("an answer").unwrap();
    let (status, outcome) = (answer.status(), answer.text().await.unwrap());
    let outcome: Value = serde_json::from_str(&outcome).unwrap_or_else(|_| panic!("{outcome}"));
    assert_eq!((status.as_u16(), &outcome["code"]), (200, &json!("200")), "{outcome}");
    env.assert_published("watched (final)+第", &bytes);
}

/// The arguments of the line of the guide that begins so.
fn line(page: &str, beginning: &str) -> Vec<String> {
    let line = page.lines().find(|line| line.starts_with(beginning));
    let line = line.unwrap_or_else(|| panic!("the guide has no line {beginning}"));
    let command = line.split(" #").next().unwrap_or_default();
    command.split_whitespace().skip(2).map(str::to_owned).collect()
}

#[tokio::test]
#[ignore = "slow: builds the function by itself"]
async fn the_guides_commands_call_the_function() {
    let page = std::fs::read_to_string(Path::new(&workspace()).join("docs/guide/lambda.md")).unwrap();
    let (watching, invoking) = (line(&page, "cargo lambda watch"), line(&page, "cargo lambda invoke"));
    let port_number = free_port();
    let port = port_number.to_string();
    let watching: Vec<_> = watching.iter().map(String::as_str).collect();
    // Whatever the rules of the settings are, nothing must be uploaded here.
    let _watch = Group(watch(&watching, &port).env("OSS2YOUKU_PAUSED", "true").spawn().unwrap());
    assert!(wait_until_listening(port_number).await, "it listens");
    let invoking: Vec<_> = invoking.iter().map(String::as_str).collect();
    let answer = invoke(&invoking, &port, 590).await;
    let skipped = json!({"key": "in/My clip (final)+第.mp4", "skipped": "paused"});
    assert_eq!(answer, json!({ "results": [skipped] }));
}
