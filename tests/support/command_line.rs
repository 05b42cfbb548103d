//! Runs `oss2youku` as the operator or a user does, and captures what it prints.

use super::{TestEnv, binary};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

/// Longer than any command takes here on a busy machine.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(300);

/// Sweeps look at objects at once, and a dead holder is replaced soon.
pub(crate) const SWEEPING: [(&str, &str); 3] = [
    ("OSS2YOUKU_SWEEP__ENABLED", "true"),
    ("OSS2YOUKU_SWEEP__GRACE_SECONDS", "0"),
    ("OSS2YOUKU_LEDGER__LEASE_SECONDS", "3"),
];

/// Exit code and output of a command.
#[derive(Debug)]
pub(crate) struct CommandOutput {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl CommandOutput {
    /// Standard output as JSON lines: nothing else may be there.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let line = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        self.out.lines().map(line).collect()
    }
}

/// Runs a command to its end.
pub(crate) async fn run_command(mut command: Command) -> CommandOutput {
    let output = timeout(TIMEOUT, command.output()).await.expect("it ends").expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    CommandOutput { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// The program with these variables alone, in this folder.
fn command_with(
    variables: impl IntoIterator<Item = (String, String)>,
    folder: &Path,
    arguments: &[&str],
) -> Command {
    let mut command = Command::new(binary("oss2youku"));
    command.args(arguments).env_clear().envs(variables).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// The program with the function's settings and the user's key, in this folder.
pub(crate) fn command(env: &TestEnv, folder: &Path, arguments: &[&str]) -> Command {
    command_with(operator_variables(env), folder, arguments)
}

/// Runs the program with the function's settings and the user's key, in this folder.
pub(crate) async fn run(env: &TestEnv, folder: &Path, arguments: &[&str]) -> CommandOutput {
    run_command(command(env, folder, arguments)).await
}

/// Runs the program with these variables alone, in an empty folder.
pub(crate) async fn run_with(
    variables: impl IntoIterator<Item = (String, String)>,
    arguments: &[&str],
) -> CommandOutput {
    let folder = tempfile::tempdir().unwrap();
    run_command(command_with(variables, folder.path(), arguments)).await
}

/// Runs the program as the function's operator, with the function's settings and the user's key.
pub(crate) async fn oss2youku(env: &TestEnv, arguments: &[&str]) -> CommandOutput {
    run_with(operator_variables(env), arguments).await
}

/// The function's settings and the user's key.
pub(crate) fn operator_variables(env: &TestEnv) -> BTreeMap<String, String> {
    let key = [("ID", "local-access-key"), ("SECRET", "local-access-secret")];
    let key = key.map(|(name, value)| (format!("ALIBABA_CLOUD_ACCESS_KEY_{name}"), value.to_owned()));
    env.variables.clone().into_iter().chain(key).collect()
}

/// The upload id of an object's upload, from `explain`.
pub(crate) async fn upload_id(env: &TestEnv, source: &str) -> String {
    let explained = oss2youku(env, &["explain", "--json", source]).await;
    explained.lines()[0]["upload_id"].as_str().unwrap_or_else(|| panic!("{explained:?}")).to_owned()
}

/// A file with these bytes in a folder of its own.
pub(crate) fn file(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// The last event of that name.
pub(crate) fn last_event<'a>(lines: &'a [Value], name: &str) -> &'a Value {
    lines.iter().rfind(|line| line["event"] == name).unwrap_or_else(|| panic!("no {name}: {lines:?}"))
}
