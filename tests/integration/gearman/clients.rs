//! Clients by other authors get what the legacy worker gave them: six implementations in five languages.

use super::{GearmanEnv, TOKEN};
use crate::support::{add_fault, client_script, tools, within};
use local_clouds::control::LinkSettings;
use serde_json::{Value, json};
use std::{num::NonZeroU64, process::Stdio};
use tokio::{io::AsyncWriteExt, process::Command};

/// What a client got, and how many progress messages it saw.
type Got = (Option<String>, u64);

/// What a script prints at its end, as JSON.
async fn script_output(mut program: Command, name: &str, port: u16, task: &str) -> Value {
    let path = client_script("gearman").join(name);
    program.arg(path).arg(port.to_string()).arg(task).kill_on_drop(true);
    let output = within(name, program.output()).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let got: Option<Value> = text.lines().last().and_then(|line| serde_json::from_str(line).ok());
    got.unwrap_or_else(|| panic!("{name}: {output:?}"))
}

async fn script_client(program: Command, name: &str, port: u16, task: &str) -> Got {
    let got = script_output(program, name, port, task).await;
    (got["answer"].as_str().map(str::to_owned), got["statuses"].as_u64().unwrap())
}

async fn node(name: &str, port: u16, task: &str) -> Got {
    let mut program = Command::new("node");
    program.env("NODE_PATH", tools().join("node/node_modules"));
    script_client(program, name, port, task).await
}

/// php-gearman: besides what every script prints, `reports` has numerator and denominator of each word of progress.
pub(super) async fn php(port: u16, task: &str) -> Value {
    script_output(Command::new("php"), "client.php", port, task).await
}

/// `gearman`: its exit code is 0, and its output has the answer and the lines of progress, in any order.
pub(super) async fn command_line_output(port: u16, task: &str) -> (bool, String) {
    let mut client = Command::new("gearman")
        .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-f", "upload"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    client.stdin.take().unwrap().write_all(task.as_bytes()).await.unwrap();
    let output = within("gearman", client.wait_with_output()).await.unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

pub(super) async fn command_line(port: u16, task: &str) -> Got {
    let (success, text) = command_line_output(port, task).await;
    let answer = text.find('{').and_then(|from| Some(text[from..=text.rfind('}')?].to_owned()));
    let statuses = text.matches("% Complete").count().try_into().unwrap();
    (answer.filter(|_| success), statuses)
}

/// The three ends of a job as one client sees them.
async fn gets_the_legacy_answers(client: impl AsyncFn(u16, &str) -> Got, sees_progress: bool) {
    let world = GearmanEnv::start().await;
    let mut shim = world.shim(&[]);
    let port = world.gearmand.port;
    let slow = LinkSettings { bytes_per_second: NonZeroU64::new(6 << 20), ..LinkSettings::default() };
    world.env.clouds.oss_control.link.set(slow);
    let (task, bytes) = world.object("片 1", 4 << 20).await;
    let (text, statuses) = client(port, &task).await;
    let text = text.expect("an answer");
    let video = world.env.assert_published("片 1", &bytes);
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        [
            &answer["code"],
            &answer["msg"],
            &answer["info"],
            &answer["data"]["key"],
            &answer["data"]["videoid"]
        ],
        ["200", "upload success", "upload success", "片 1", video.id.as_str()],
        "{text}"
    );
    assert!(text.starts_with("{\n    \"code\": \"200\",\n    \"msg\""), "{text}");
    assert_eq!(statuses > 0, sees_progress, "{statuses} words of progress");

    let (text, _) = client(port, &world.task("missing")).await;
    let answer: Value = serde_json::from_str(&text.expect("an answer")).unwrap();
    let found = [&answer["code"], &answer["msg"], &answer["data"]["key"]];
    assert_eq!(found, ["404", "oss key not found", "missing"]);

    let denied = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&world.env.clouds.youku.control(), json!({"operation": "create", "times": 0, "fault": denied}));
    let (task, _) = world.object("denied", 100).await;
    let (text, _) = client(port, &task).await;
    let answer: Value = serde_json::from_str(&text.expect("an answer")).unwrap();
    assert_eq!([&answer["code"], &answer["data"]["key"]], ["500", "denied"], "{answer}");
    assert!(
        answer["msg"] == answer["info"] && answer["msg"] != "" && answer["data"].get("videoid").is_none()
    );

    shim.signal(nix::sys::signal::Signal::SIGTERM);
    assert_eq!(shim.wait_for_exit().await, Some(0));
    let token = &world.env.clouds.endpoints.youku_accounts[0].access_token;
    let log = shim.log.lock().unwrap().join("\n");
    assert!(!log.contains(TOKEN) && !log.contains(token) && log.contains(&video.id), "{log}");
}

#[tokio::test]
async fn the_command_line_client_gets_the_legacy_answers_and_progress() {
    gets_the_legacy_answers(command_line, true).await;
}

#[tokio::test]
async fn gearmanode_gets_the_legacy_answers_and_progress() {
    gets_the_legacy_answers(async |port, task| node("gearmanode.js", port, task).await, true).await;
}

#[tokio::test]
async fn node_gearman_gets_the_legacy_answers() {
    gets_the_legacy_answers(async |port, task| node("node_gearman.js", port, task).await, false).await;
}

#[tokio::test]
async fn pygearman_gets_the_legacy_answers_and_progress() {
    let client = async |port, task: &str| {
        let mut python = Command::new(tools().join("venv/bin/python"));
        python.arg("-B");
        script_client(python, "pygearman_client.py", port, task).await
    };
    gets_the_legacy_answers(client, true).await;
}

#[tokio::test]
async fn phps_client_gets_the_legacy_answers_and_progress() {
    let client = async |port, task: &str| script_client(Command::new("php"), "client.php", port, task).await;
    gets_the_legacy_answers(client, true).await;
}

#[tokio::test]
async fn perls_client_gets_the_legacy_answers_and_progress() {
    let client = async |port, task: &str| script_client(Command::new("perl"), "client.pl", port, task).await;
    gets_the_legacy_answers(client, true).await;
}
