//! The first command of the README, as a user and as a program runs it.

use crate::support::{
    binary,
    dev::{DevProcess, bucket, videos},
    end,
};
use md5::{Digest, Md5};
use nix::sys::signal::Signal;
use object_storage::PutOptions;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::{
        ffi::OsStrExt,
        fs::{PermissionsExt, symlink},
    },
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
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

/// Processes whose command line or environment contains this word: what a killed command would leave running.
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

/// `demo` publishes the sample in both modes and says so in lines without escape sequences.
#[test]
fn demo_publishes_the_sample_in_both_modes() {
    for mode in ["oss", "slice"] {
        let output = output(&mut oss2youku(&["demo", "--mode", mode]));
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{output:?}");
        assert!(text.contains("https://v.youku.com/v_show/id_"), "{text}");
        assert!(text.contains("the file's own") && !text.contains('\u{1b}'), "{text}");
    }
}

/// A file that is no video is named with the reason in words, its code once, and what to do.
#[test]
fn demo_says_why_a_file_is_no_video() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passwd");
    fs::write(&file, b"root").unwrap();
    for (lang, why, advice) in [
        ("en", "not a video by its extension", "name a file that is a video by its extension: wmv"),
        ("zh", "扩展名不是视频", "请指定扩展名为视频的文件：wmv"),
    ] {
        let output = output(&mut oss2youku(&["demo", "--lang", lang, file.to_str().unwrap()]));
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), text.matches("not_a_video").count()), (Some(5), 1), "{text}");
        assert!(text.contains(why) && text.contains(advice), "{text}");
    }
}

/// What cannot be the function is refused before anything waits for it, and says what it is.
#[test]
fn a_program_that_is_no_function_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, mode: u32| {
        let path = folder.path().join(name);
        fs::write(&path, "#!/bin/sh\nexit 3\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    let (plain, script) = (write("plain", 0o644), write("script", 0o755));
    for (program, why) in [
        (plain.as_path(), "not executable: chmod +x"),
        (script.as_path(), "does not run as a function"),
        (folder.path(), "this is not a file"),
        (Path::new("/nowhere/x"), "there is no such file"),
    ] {
        let arguments = ["dev", "--port-base", "0", "--lang", "en", "--function", program.to_str().unwrap()];
        let output = output(&mut oss2youku(&arguments));
        let text = String::from_utf8_lossy(&output.stderr);
        let code = if why.starts_with("there") { 3 } else { 2 };
        assert!(output.status.code() == Some(code) && text.contains(why), "{output:?}");
        assert!(output.stdout.is_empty(), "nothing is offered: {output:?}");
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

/// Each cause is named in both languages, with the exit code of its class.
#[test]
fn demo_fails_and_names_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, text) = (folder.path().join("empty.mp4"), folder.path().join("note.txt"));
    fs::write(&empty, b"").unwrap();
    fs::write(&text, b"no video").unwrap();
    let cases = [
        (vec!["demo", "/nowhere/a.mp4"], "/nowhere/a.mp4", 3),
        (vec!["demo", folder.path().to_str().unwrap()], "not a file", 5),
        (vec!["demo", empty.to_str().unwrap()], "empty", 5),
        (vec!["demo", text.to_str().unwrap()], "not_a_video", 5),
        (vec!["demo", "--function", "/nowhere/bootstrap"], "/nowhere/bootstrap", 3),
        (vec!["demo", "--function", "/bin/false"], "does not run as a function", 2),
        (vec!["dev", "--port-base", "65532"], "65530", 2),
        (vec!["dev", "--port-base", "0", "--data", text.to_str().unwrap()], text.to_str().unwrap(), 2),
    ];
    for (arguments, word, code) in cases {
        let output = output(&mut oss2youku(&arguments));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(code) && said.contains(word), "{arguments:?}: {said}");
        let chinese = self::output(oss2youku(&arguments).env("LC_ALL", "zh_CN.UTF-8"));
        let said = String::from_utf8_lossy(&chinese.stderr);
        assert!(
            chinese.status.code() == output.status.code() && said.lines().all(is_chinese),
            "{arguments:?}: {said}"
        );
    }
}

/// Whether a line contains Chinese or is empty.
fn is_chinese(line: &str) -> bool {
    line.is_empty() || line.chars().any(|one| ('\u{4e00}'..'\u{a000}').contains(&one))
}

#[test]
fn demo_speaks_chinese_throughout_on_request() {
    let output = output(&mut oss2youku(&["demo", "--lang", "zh"]));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.lines().all(is_chinese), "{text}");
    assert!(text.contains("已核对"), "{text}");
}

#[test]
fn demo_with_json_ends_with_the_failure_whatever_failed() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &OsStr| {
        let path = folder.path().join(name);
        fs::write(&path, "bytes").unwrap();
        path
    };
    let (text, video) = (file("note.txt".as_ref()), file("clip.mp4".as_ref()));
    let odd = file(OsStr::from_bytes(b"odd\xff.mp4"));
    let cases = [(vec![&odd], "stopped"), (vec![&text], "not_a_video"), (vec![&text, &video], "incomplete")];
    for (files, error) in cases {
        let output = output(oss2youku(&["demo", "--json"]).args(&files));
        let last = last_line(&output);
        assert_eq!(
            (last["event"].as_str(), last["error"].as_str()),
            (Some("failed"), Some(error)),
            "{output:?}"
        );
        assert!(last["message"].is_string() && !output.status.success(), "{output:?}");
    }
}

#[test]
fn demo_follows_a_symlink_and_keeps_its_name() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(there.path().join("original.mp4"), "bytes").unwrap();
    symlink(there.path().join("original.mp4"), here.path().join("link.mp4")).unwrap();
    let output = output(oss2youku(&["demo", "--json", "link.mp4"]).current_dir(&here));
    assert_eq!(last_line(&output)["event"], "done", "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("oss://videos/link.mp4"), "{output:?}");
}

#[test]
fn demo_ends_at_ctrl_c_while_it_hashes_a_huge_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.mp4");
    // Sparse: minutes of hashing, no disk.
    fs::File::create(&path).unwrap().set_len(200 << 30).unwrap();
    let mut command = oss2youku(&["demo", "--json", path.to_str().unwrap()]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains(r#""event":"hashing""#)));
    let begun = Instant::now();
    assert_eq!(end(&mut child, Signal::SIGINT), Some(130));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn dev_names_the_port_that_is_taken() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    // The first of five consecutive ports, unless they would exceed the highest port.
    let port = taken.local_addr().unwrap().port().min(65_531);
    let output = output(&mut oss2youku(&["dev", "--port-base", &port.to_string()]));
    let said = String::from_utf8_lossy(&output.stderr);
    let named = format!("port {}", taken.local_addr().unwrap().port());
    assert!(said.contains(&named) && said.contains("--port-base 0"), "{said}");
    assert_eq!(output.status.code(), Some(2));
}

/// `dev` uploads what any client puts, keeps its data, and leaves no process behind at Ctrl-C.
#[tokio::test]
async fn dev_uploads_keeps_its_data_and_ends_at_ctrl_c() {
    let data = tempfile::tempdir().unwrap();
    let arguments = ["--data", data.path().to_str().unwrap()];
    let mut dev = DevProcess::start(&arguments);
    let places = dev.places.clone();
    for (part, field) in
        [("oss", "region"), ("youku", "refresh_token"), ("function", "token"), ("env", "OSS2YOUKU_RULES")]
    {
        assert!(places[part][field].is_string(), "{part}.{field}: {places}");
    }
    let bucket = bucket(&places["oss"]);
    bucket.put("clip.mp4", "bytes of a clip", &PutOptions::default()).await.unwrap();
    dev.log.wait_for(|line| line.contains("succeeded"));
    let videos = videos(&places).await;
    assert_eq!((videos[0]["title"].as_str(), videos[0]["commits"].as_u64()), (Some("clip"), Some(1)));

    let api = places["youku"]["api"].as_str().unwrap();
    assert!(!processes_about(api).is_empty(), "the function is a process of its own");
    assert_eq!(dev.end(Signal::SIGINT), Some(130));
    assert_eq!(processes_about(api), BTreeSet::new());

    let mut dev = DevProcess::start(&arguments);
    assert_eq!(self::videos(&dev.places).await, videos, "the data folder keeps them");
    assert_eq!(dev.places["function"]["token"], places["function"]["token"], "and the HTTP API's token");
    assert_eq!(dev.end(Signal::SIGTERM), Some(130));
}

#[tokio::test]
async fn dev_gives_the_function_the_newest_tokens_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let arguments = ["--data", data.path().to_str().unwrap()];
    let mut dev = DevProcess::start(&arguments);
    let youku = |field: &str| dev.places["youku"][field].as_str().unwrap().to_owned();
    let form = format!(
        "grant_type=refresh_token&client_id={}&refresh_token={}",
        youku("client_id"),
        youku("refresh_token")
    );
    let request = app::http_client().unwrap().post(format!("{}/oauth2/token.json", youku("api")));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    let answer = request.send().await.unwrap().bytes().await.unwrap();
    let fresh: Value = serde_json::from_slice(&answer).unwrap();
    assert!(fresh["access_token"].is_string(), "{fresh}");
    dev.end(Signal::SIGTERM);

    let dev = DevProcess::start(&arguments);
    for (field, variable) in [("access_token", "ACCESS_TOKEN"), ("refresh_token", "REFRESH_TOKEN")] {
        assert_eq!(dev.places["youku"][field], fresh[field]);
        assert_eq!(dev.places["env"][format!("OSS2YOUKU_ACCOUNTS__MAIN__{variable}")], fresh[field]);
    }
}
