//! `oss2youku upload`, run as the program against the local clouds. Judged is what Youku holds in the end.

mod doctor;
mod inputs;
mod s3;
mod stops;
mod terminal;
mod tools;
mod waits;

use crate::{
    function::{Rig, Setup, bytes, script},
    operator::{SWEPT, Said, normalised, variables},
    support::{binary, workspace},
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

/// Long enough for whatever a command does here.
const PATIENCE: Duration = Duration::from_secs(120);

/// No function is called by events, and a dead holder is replaced soon.
async fn rig() -> Rig {
    rig_in("oss").await
}

async fn rig_in(mode: &str) -> Rig {
    Rig::start(Setup { mode, events: Some(&["oss:ObjectModified:*"]), env: &SWEPT, ..Setup::default() }).await
}

/// The program with the function's settings and the user's key, in this folder.
pub(crate) fn command(rig: &Rig, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary("oss2youku"));
    command.args(arguments).env_clear().envs(variables(rig)).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

pub(crate) async fn run(rig: &Rig, folder: &Path, arguments: &[&str]) -> Said {
    said(command(rig, folder, arguments)).await
}

pub(crate) async fn said(mut command: Command) -> Said {
    let output = timeout(PATIENCE, command.output()).await.expect("it ends").expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A file with these bytes in a folder of its own.
pub(crate) fn file(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// The last event of that name.
fn event<'a>(lines: &'a [Value], name: &str) -> &'a Value {
    lines.iter().rfind(|line| line["event"] == name).unwrap_or_else(|| panic!("no {name}: {lines:?}"))
}

/// Compares what was said with the golden file of this name.
pub(crate) fn golden(name: &str, said: &str) {
    let path = workspace().join("tests/suite/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, said).unwrap();
    }
    assert_eq!(said, fs::read_to_string(&path).unwrap(), "UPDATE_GOLDEN=1 writes {name} anew");
}

#[tokio::test]
async fn a_file_is_published_in_both_modes_once_wherever_it_lies() {
    for mode in ["oss", "slice"] {
        let rig = rig_in(mode).await;
        let video = bytes(1, 9_000_001);
        let (folder, _) = file("片 a+b%20.mp4", &video);
        let said = run(&rig, folder.path(), &["upload", "片 a+b%20.mp4", "--title", "{n} {stem}"]).await;
        let published = rig.published("1 片 a+b%20", &video);
        assert!(said.code == Some(0) && said.out.contains(&published.id), "{said:?}");
        assert!(said.err.contains("100 % of 9000001 bytes") && !said.err.contains('\u{1b}'), "{said:?}");
        // The same file in another folder is the same upload.
        let (folder, path) = file("片 a+b%20.mp4", &video);
        let said = run(&rig, Path::new("/"), &["upload", "--json", path.to_str().unwrap()]).await;
        assert_eq!(event(&said.lines(), "published")["video_id"], published.id.as_str(), "{said:?}");
        assert_eq!(rig.clouds.youku.videos().len(), 1);
        // Another name, other bytes and `--again` are others.
        for arguments in [["--again", "x"].as_slice(), &["--again", "x"], &["--again", "y"]] {
            let upload = ["upload", path.to_str().unwrap()];
            let said = run(&rig, folder.path(), &[&upload, arguments].concat()).await;
            assert_eq!(said.code, Some(0), "{said:?}");
        }
        assert_eq!(rig.clouds.youku.videos().len(), 3);
    }
}

#[tokio::test]
async fn objects_files_and_what_lies_under_a_prefix_are_published_with_what_is_stated() {
    let rig = rig().await;
    let all: Vec<_> = (1..=5).map(|seed| bytes(seed, 1_000_001)).collect();
    rig.put("in/1.mp4", &all[0]).await;
    rig.put_in_parts("in/deep/2.MOV", &all[1]).await;
    rig.put("in/note.txt", &all[2]).await;
    rig.put("other/3.mp4", &all[2]).await;
    let (folder, _) = file("4.mp4", &all[3]);
    fs::create_dir(folder.path().join("below")).unwrap();
    fs::write(folder.path().join("below/5.mp4"), &all[4]).unwrap();
    fs::write(folder.path().join("below/empty.mp4"), b"").unwrap();
    fs::write(folder.path().join("v.toml"), "tags = ['one', 'two']\ncategory = 'Tech'\ntitle = 'no'\n")
        .unwrap();
    let said = run(
        &rig,
        folder.path(),
        &[
            "upload",
            "-r",
            "oss://videos/in/",
            ".",
            "--parallel",
            "3",
            "--meta",
            "v.toml",
            "--title",
            "{stem}",
            "--category",
            "News",
            "--json",
        ],
    )
    .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let published = said.lines().iter().filter(|line| line["event"] == "published").count();
    assert_eq!((published, rig.clouds.youku.videos().len()), (4, 4), "{said:?}");
    for (title, bytes) in [("1", &all[0]), ("2", &all[1]), ("4", &all[3]), ("5", &all[4])] {
        let video = rig.published(title, bytes);
        assert_eq!((video.tags.as_str(), video.category.as_str()), ("one,two", "News"));
    }
    let said = run(&rig, folder.path(), &["upload", "oss://videos/other/3.mp4", "--wait"]).await;
    assert!(said.code == Some(0) && said.out.contains("playable"), "{said:?}");
}

#[tokio::test]
async fn a_dry_run_tells_in_both_languages_what_would_be_sent_and_sends_nothing() {
    let rig = rig().await;
    let (folder, _) = file("a.mp4", b"bytes of a video");
    rig.put_in_parts("b.mp4", &bytes(2, 1000)).await;
    let sources = ["upload", "--dry-run", "a.mp4", "oss://videos/b.mp4"];
    let stated = ["--title", "{n} {stem}", "--tags", "one,two", "--callback", "https://example.com/x?s3cret"];
    let mut told = String::new();
    for lang in ["en", "zh"] {
        let said = run(&rig, folder.path(), &[&sources[..], &stated, &["--lang", lang]].concat()).await;
        assert!(said.code == Some(0) && !said.out.contains("s3cret"), "{said:?}");
        told += &format!("== {lang}\n{}", normalised(&said.out));
    }
    golden("dry-run.txt", &told);
    let said = run(&rig, folder.path(), &[&sources[..], &["--json"]].concat()).await;
    let planned = said.lines();
    assert_eq!((planned.len(), planned[0]["md5"].is_string(), &planned[1]["md5"]), (2, true, &Value::Null));
    assert!(rig.clouds.youku.videos().is_empty() && rig.clouds.youku.received().is_empty());
}

#[tokio::test]
async fn without_a_setting_the_ledger_lies_in_the_users_state_folder() {
    let rig = rig().await;
    let (folder, _) = file("a.mp4", b"bytes of a video");
    for (variable, below) in
        [("XDG_STATE_HOME", "oss2youku/ledger"), ("HOME", ".local/state/oss2youku/ledger")]
    {
        let home = tempfile::tempdir().unwrap();
        let mut command = command(&rig, folder.path(), &["upload", "a.mp4", "--again", variable]);
        command.env_remove("OSS2YOUKU_LEDGER__LOCATION").env(variable, home.path());
        let said = said(command).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(home.path().join(below).join("ledger").is_dir());
    }
    assert_eq!(rig.clouds.youku.videos().len(), 2);
}

#[tokio::test]
async fn an_upload_is_cancelled_once_nobody_holds_it_and_tried_again_only_when_asked() {
    let rig = rig().await;
    let video = bytes(1, 3_000_000);
    let (folder, _) = file("a.mp4", &video);
    script(
        &rig.clouds.youku.bucket_control(),
        json!({"operation": "UploadPart", "times": 0,
        "fault": {"kind": "status", "status": 403, "code": "AccessDenied"}}),
    );
    // A second run must be refused as well.
    let refused = async {
        loop {
            let mut again = command(&rig, folder.path(), &["upload", "a.mp4"]);
            again.env("OSS2YOUKU_TRANSFER__SECOND_RUN_SECONDS", "1");
            let said = said(again).await;
            assert_ne!(said.code, Some(0), "{said:?}");
            if run(&rig, folder.path(), &["list", "--finished"]).await.out.contains("a.mp4") {
                break;
            }
        }
    };
    timeout(PATIENCE, refused).await.expect("it fails");
    rig.clouds.youku.bucket_control().faults.clear();
    let [told] = run(&rig, folder.path(), &["explain", "--json", "a.mp4"]).await.lines().try_into().unwrap();
    assert_eq!(told["object"], "folder:///a.mp4", "{told}");
    let id = told["upload_id"].as_str().unwrap();
    // A person reads of the file that it is.
    for arguments in [["explain", "a.mp4"], ["list", "--finished"]] {
        let said = run(&rig, folder.path(), &arguments).await;
        assert!(said.out.contains("  file a.mp4") || said.out.contains("object   file a.mp4"), "{said:?}");
    }
    let said = run(&rig, folder.path(), &["retry", id]).await;
    assert!(said.code == Some(2) && said.err.contains("oss2youku upload --retry FILE"), "{said:?}");
    // It has failed for good: that is nothing to cancel, and asking again answers the same.
    let said = run(&rig, folder.path(), &["cancel", id]).await;
    assert!(said.code == Some(2) && said.err.contains("has ended"), "{said:?}");
    let said = run(&rig, folder.path(), &["upload", "a.mp4"]).await;
    assert!(said.code != Some(0) && said.err.contains("--retry"), "{said:?}");
    assert_eq!(rig.clouds.youku.videos().len(), 0);
    let said = run(&rig, folder.path(), &["upload", "--retry", "a.mp4"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    rig.published("a", &video);
}

/// What a person reads of the commands.
#[tokio::test]
async fn the_help_of_every_command_is_golden_in_both_languages() {
    let commands = [
        "",
        "upload",
        "sweep",
        "retry",
        "cancel",
        "replay-callback",
        "explain",
        "list",
        "doctor",
        "invoke",
        "init",
        "completions",
        "demo",
        "dev",
    ];
    for lang in ["en", "zh"] {
        let mut told = String::new();
        for name in commands {
            let mut command = Command::new(binary("oss2youku"));
            command.args([name, "--help"].iter().filter(|one| !one.is_empty()));
            command.env_clear().env("LANG", lang);
            let said = said(command).await;
            assert_eq!(said.code, Some(0), "{said:?}");
            told += &format!("== {name}\n{}", said.out);
        }
        golden(&format!("help.{lang}.txt"), &told);
    }
}

#[tokio::test]
async fn every_shell_gets_completions_that_name_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let mut command = Command::new(binary("oss2youku"));
        let said = said({
            command.args(["completions", shell]);
            command
        })
        .await;
        assert!(said.code == Some(0) && said.out.contains("replay-callback"), "{shell}: {said:?}");
    }
}
