//! The first command of the README, as a user and as a program runs it.

use crate::support::binary;
use md5::{Digest, Md5};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use object_storage::{Credentials, PutOptions, Store, StoreConfig};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, Lines},
    path::Path,
    process::{Child, ChildStderr, Command, Output, Stdio},
};

fn oss2youku(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary("oss2youku"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn output(command: &mut Command) -> Output {
    command.output().expect("the command line runs")
}

fn last_line(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().last().unwrap_or_else(|| panic!("no output: {output:?}"));
    serde_json::from_str(line).expect("a line of JSON")
}

/// Processes whose command line or environment names this folder: what a killed command would leave behind.
fn processes_about(word: &str) -> BTreeSet<String> {
    let entries = fs::read_dir("/proc").expect("/proc").flatten();
    let about = |path: &Path| {
        let read = |name| fs::read(path.join(name)).unwrap_or_default();
        let text = [read("cmdline"), read("environ")].concat();
        String::from_utf8_lossy(&text).contains(word)
    };
    let own = std::process::id().to_string();
    let pids = entries
        .filter(|entry| about(&entry.path()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    pids.filter(|pid| *pid != own && pid.bytes().all(|byte| byte.is_ascii_digit())).collect()
}

#[test]
fn demo_publishes_the_sample_in_both_modes_and_says_so_in_plain_lines() {
    for mode in ["oss", "slice"] {
        let output = output(&mut oss2youku(&["demo", "--mode", mode]));
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{output:?}");
        assert!(text.contains("https://v.youku.com/v_show/id_"), "{text}");
        assert!(text.contains("the file's own") && !text.contains('\u{1b}'), "{text}");
    }
}

#[test]
fn demo_with_json_ends_with_the_video_and_the_files_md5() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("一 a+b%20.mp4"), folder.path().join("two.MOV"));
    let bytes: Vec<u8> = (0..9_000_001_u32).map(|n| (n % 251) as u8).collect();
    fs::write(&first, b"1").unwrap();
    fs::write(&second, &bytes).unwrap();
    let files = [first.to_str().unwrap(), second.to_str().unwrap()];
    let output = output(&mut oss2youku(&["demo", "--json", files[0], files[1]]));
    assert!(output.status.success(), "{output:?}");
    let done = last_line(&output);
    let md5: String = Md5::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((done["event"].as_str(), done["md5"].as_str()), (Some("done"), Some(md5.as_str())));
    assert_eq!(done["size"], bytes.len());
    let video = done["video_id"].as_str().expect("an id");
    assert!(done["link"].as_str().expect("a link").contains(video));
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.lines().filter(|line| line.contains(r#""event":"done""#)).count(), 2);
    assert!(text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{text}");
}

#[test]
fn demo_runs_the_packaged_program_where_one_is_named() {
    let function = binary("oss2youku-fc");
    let output = output(&mut oss2youku(&["demo", "--json", "--function", function.to_str().unwrap()]));
    assert!(output.status.success(), "{output:?}");
    assert_eq!(last_line(&output)["event"], "done");
}

#[test]
fn demo_fails_and_names_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, text) = (folder.path().join("empty.mp4"), folder.path().join("note.txt"));
    fs::write(&empty, b"").unwrap();
    fs::write(&text, b"no video").unwrap();
    let cases = [
        (vec!["demo", "/nowhere/a.mp4"], "/nowhere/a.mp4"),
        (vec!["demo", folder.path().to_str().unwrap()], "not a file"),
        (vec!["demo", empty.to_str().unwrap()], "empty"),
        (vec!["demo", text.to_str().unwrap()], "not_a_video"),
        (vec!["demo", "--function", "/nowhere/bootstrap"], "/nowhere/bootstrap"),
        (vec!["demo", "--function", "/bin/false"], "function_failed"),
    ];
    for (arguments, word) in cases {
        let output = output(&mut oss2youku(&arguments));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(word), "{arguments:?}: {said}");
    }
}

/// A running `dev`, what it said of itself, and what it goes on to say.
fn dev(arguments: &[&str]) -> (Child, Value, Lines<BufReader<ChildStderr>>) {
    let mut command = oss2youku(&["dev", "--json"]);
    let mut child =
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("dev starts");
    let mut line = String::new();
    let stdout = child.stdout.as_mut().expect("a pipe");
    BufReader::new(stdout).read_line(&mut line).expect("its first line");
    let places = serde_json::from_str(&line).expect("one JSON object");
    let said = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    (child, places, said)
}

fn signal(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().try_into().unwrap()), signal).expect("it runs");
}

#[tokio::test]
async fn dev_uploads_what_any_client_puts_keeps_it_and_ends_without_a_trace_at_ctrl_c() {
    let data = tempfile::tempdir().unwrap();
    let arguments = ["--port-base", "0", "--data", data.path().to_str().unwrap()];
    let (mut child, places, mut said) = dev(&arguments);
    for (part, field) in
        [("oss", "region"), ("youku", "refresh_token"), ("function", "token"), ("env", "OSS2YOUKU_RULES")]
    {
        assert!(places[part][field].is_string(), "{part}.{field}: {places}");
    }
    let bucket = bucket(&places["oss"]);
    bucket.put("clip.mp4", "bytes of a clip", &PutOptions::default()).await.unwrap();
    assert!(said.any(|line| line.unwrap().contains("Succeeded")), "the event was delivered");
    let videos = videos(&places).await;
    assert_eq!((videos[0]["title"].as_str(), videos[0]["commits"].as_u64()), (Some("clip"), Some(1)));

    let api = places["youku"]["api"].as_str().unwrap();
    assert!(!processes_about(api).is_empty(), "the function is a process of its own");
    signal(&child, Signal::SIGINT);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(processes_about(api), BTreeSet::new());

    let (mut child, places, _said) = dev(&arguments);
    assert_eq!(self::videos(&places).await, videos, "the data folder keeps them");
    signal(&child, Signal::SIGTERM);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

async fn videos(places: &Value) -> Value {
    let url = format!("{}/_sandbox/videos", places["youku"]["api"].as_str().unwrap());
    let answer = app::http_client().unwrap().get(url).send().await.unwrap();
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

/// The bucket that `dev` described.
fn bucket(oss: &Value) -> Store {
    let text = |field: &str| oss[field].as_str().unwrap().to_owned();
    let credentials = Credentials::Static {
        access_key_id: text("access_key_id"),
        access_key_secret: text("access_key_secret").into(),
        security_token: None,
    };
    let config = StoreConfig::oss(text("bucket"))
        .endpoint(&text("endpoint"))
        .region(Some(text("region")))
        .credentials(credentials);
    Store::new(config, app::http_client().unwrap()).unwrap()
}
