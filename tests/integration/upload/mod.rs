//! `oss2youku upload`, run as a program against the local clouds. The tests check what Youku has in the end.

mod advice;
mod changes;
mod doctor;
mod explain;
mod init;
mod init_prefix;
mod inputs;
mod moto;
mod recursive;
mod repeated;
mod retried;
mod s3;
mod stops;
mod suspending;
mod terminal;
mod terminal_texts;
mod titles;
mod tools;
mod totals;
mod waits;

use crate::support::{
    Setup, TestEnv, add_fault, binary,
    command_line::{SWEEPING, TIMEOUT, command, file, last_event, run, run_command},
    golden::{assert_golden, normalize},
    sample_bytes,
};
use serde_json::{Value, json};
use std::{fs, path::Path};
use tokio::{process::Command, time::timeout};

/// No function is called by events, and a dead holder is replaced soon.
async fn start_env() -> TestEnv {
    start_env_in("oss").await
}

async fn start_env_in(mode: &str) -> TestEnv {
    TestEnv::start(Setup {
        mode,
        events: Some(&["oss:ObjectModified:*"]),
        variables: &SWEEPING,
        ..Setup::default()
    })
    .await
}

#[tokio::test]
async fn a_file_is_published_in_both_modes_once_wherever_it_lies() {
    for mode in ["oss", "slice"] {
        let env = start_env_in(mode).await;
        let video = sample_bytes(1, 9_000_001);
        let (folder, _) = file("片 a+b%20.mp4", &video);
        let output = run(&env, folder.path(), &["upload", "片 a+b%20.mp4", "--title", "{n} {stem}"]).await;
        let published = env.assert_published("1 片 a+b%20", &video);
        assert!(output.code == Some(0) && output.out.contains(&published.id), "{output:?}");
        assert!(
            output.err.contains("100 % of 9000001 bytes") && !output.err.contains('\u{1b}'),
            "{output:?}"
        );
        // The same file in another folder is the same upload.
        let (folder, path) = file("片 a+b%20.mp4", &video);
        let output = run(&env, Path::new("/"), &["upload", "--json", path.to_str().unwrap()]).await;
        assert_eq!(last_event(&output.lines(), "published")["video_id"], published.id.as_str(), "{output:?}");
        assert_eq!(env.clouds.youku.videos().len(), 1);
        // Another name, other bytes or another `--again` make another upload.
        for arguments in [["--again", "x"].as_slice(), &["--again", "x"], &["--again", "y"]] {
            let upload = ["upload", path.to_str().unwrap()];
            let output = run(&env, folder.path(), &[&upload, arguments].concat()).await;
            assert_eq!(output.code, Some(0), "{output:?}");
        }
        assert_eq!(env.clouds.youku.videos().len(), 3);
    }
}

/// Objects, files and what is under a prefix are published with the metadata that was stated.
#[tokio::test]
async fn objects_files_and_prefixes_are_published_as_stated() {
    let env = start_env().await;
    let all: Vec<_> = (1..=5).map(|seed| sample_bytes(seed, 1_000_001)).collect();
    env.put("in/1.mp4", &all[0]).await;
    env.put_in_parts("in/deep/2.MOV", &all[1]).await;
    env.put("in/note.txt", &all[2]).await;
    env.put("other/3.mp4", &all[2]).await;
    let (folder, _) = file("4.mp4", &all[3]);
    fs::create_dir(folder.path().join("below")).unwrap();
    fs::write(folder.path().join("below/5.mp4"), &all[4]).unwrap();
    fs::write(folder.path().join("below/empty.mp4"), b"").unwrap();
    fs::write(folder.path().join("v.toml"), "tags = ['one', 'two']\ncategory = 'Tech'\ntitle = 'no'\n")
        .unwrap();
    let output = run(
        &env,
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
    // The empty video stays behind.
    assert_eq!(output.code, Some(1), "{output:?}");
    let published = output.lines().iter().filter(|line| line["event"] == "published").count();
    assert_eq!((published, env.clouds.youku.videos().len()), (4, 4), "{output:?}");
    for (title, bytes) in [("1", &all[0]), ("2", &all[1]), ("4", &all[3]), ("5", &all[4])] {
        let video = env.assert_published(title, bytes);
        assert_eq!((video.tags.as_str(), video.category.as_str()), ("one,two", "News"));
    }
    let output = run(&env, folder.path(), &["upload", "oss://videos/other/3.mp4", "--wait"]).await;
    assert!(output.code == Some(0) && output.out.contains("playable"), "{output:?}");
}

/// A dry run describes in both languages what would be sent, and sends nothing.
#[tokio::test]
async fn a_dry_run_describes_the_upload_and_sends_nothing() {
    let env = start_env().await;
    let (folder, _) = file("a.mp4", b"bytes of a video");
    env.put_in_parts("b.mp4", &sample_bytes(2, 1000)).await;
    let sources = ["upload", "--dry-run", "a.mp4", "oss://videos/b.mp4"];
    let stated = ["--title", "{n} {stem}", "--tags", "one,two", "--callback", "https://example.com/x?s3cret"];
    let mut report = String::new();
    for lang in ["en", "zh"] {
        let output = run(&env, folder.path(), &[&sources[..], &stated, &["--lang", lang]].concat()).await;
        assert!(output.code == Some(0) && !output.out.contains("s3cret"), "{output:?}");
        report += &format!("== {lang}\n{}", normalize(&output.out));
    }
    assert_golden("dry-run.txt", &report);
    let output = run(&env, folder.path(), &[&sources[..], &["--json"]].concat()).await;
    let planned = output.lines();
    assert_eq!((planned.len(), planned[0]["md5"].is_string(), &planned[1]["md5"]), (2, true, &Value::Null));
    assert!(env.clouds.youku.videos().is_empty() && env.clouds.youku.received().is_empty());
}

#[tokio::test]
async fn without_a_setting_the_ledger_lies_in_the_users_state_folder() {
    let env = start_env().await;
    let (folder, _) = file("a.mp4", b"bytes of a video");
    for (variable, below) in
        [("XDG_STATE_HOME", "oss2youku/ledger"), ("HOME", ".local/state/oss2youku/ledger")]
    {
        let home = tempfile::tempdir().unwrap();
        let mut command = command(&env, folder.path(), &["upload", "a.mp4", "--again", variable]);
        command.env_remove("OSS2YOUKU_LEDGER__LOCATION").env(variable, home.path());
        let output = run_command(command).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        assert!(home.path().join(below).join("ledger").is_dir());
    }
    assert_eq!(env.clouds.youku.videos().len(), 2);
}

/// A file's upload that failed for good is nothing to cancel, and is retried only on request.
#[tokio::test]
async fn a_failed_file_upload_is_retried_only_on_request() {
    let env = start_env().await;
    let video = sample_bytes(1, 3_000_000);
    let (folder, _) = file("a.mp4", &video);
    add_fault(
        &env.clouds.youku.bucket_control(),
        json!({"operation": "UploadPart", "times": 0,
        "fault": {"kind": "status", "status": 403, "code": "AccessDenied"}}),
    );
    // A second run must be refused as well.
    let refused = async {
        loop {
            let mut again = command(&env, folder.path(), &["upload", "a.mp4"]);
            again.env("OSS2YOUKU_TRANSFER__SECOND_RUN_SECONDS", "1");
            let output = run_command(again).await;
            assert_ne!(output.code, Some(0), "{output:?}");
            if run(&env, folder.path(), &["list", "--finished"]).await.out.contains("a.mp4") {
                break;
            }
        }
    };
    timeout(TIMEOUT, refused).await.expect("it fails");
    env.clouds.youku.bucket_control().faults.clear();
    let [report] =
        run(&env, folder.path(), &["explain", "--json", "a.mp4"]).await.lines().try_into().unwrap();
    assert_eq!(report["object"], "folder:///a.mp4", "{report}");
    let id = report["upload_id"].as_str().unwrap();
    // A person reads the file's name.
    for arguments in [["explain", "a.mp4"], ["list", "--finished"]] {
        let output = run(&env, folder.path(), &arguments).await;
        assert!(
            output.out.contains("  file a.mp4") || output.out.contains("object   file a.mp4"),
            "{output:?}"
        );
    }
    let output = run(&env, folder.path(), &["retry", id]).await;
    assert!(output.code == Some(2) && output.err.contains("oss2youku upload --retry FILE"), "{output:?}");
    // It failed for good: there is nothing to cancel, and asking again answers the same.
    let output = run(&env, folder.path(), &["cancel", id]).await;
    assert!(output.code == Some(2) && output.err.contains("has ended"), "{output:?}");
    let output = run(&env, folder.path(), &["upload", "a.mp4"]).await;
    assert!(output.code != Some(0) && output.err.contains("--retry"), "{output:?}");
    assert_eq!(env.clouds.youku.videos().len(), 0);
    let output = run(&env, folder.path(), &["upload", "--retry", "a.mp4"]).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    env.assert_published("a", &video);
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
        let mut report = String::new();
        for name in commands {
            let mut command = Command::new(binary("oss2youku"));
            command.args([name, "--help"].iter().filter(|one| !one.is_empty()));
            command.env_clear().env("LANG", lang);
            let output = run_command(command).await;
            assert_eq!(output.code, Some(0), "{output:?}");
            report += &format!("== {name}\n{}", output.out);
        }
        assert_golden(&format!("help.{lang}.txt"), &report);
    }
}

#[tokio::test]
async fn every_shell_gets_completions_that_name_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let mut command = Command::new(binary("oss2youku"));
        let output = run_command({
            command.args(["completions", shell]);
            command
        })
        .await;
        assert!(output.code == Some(0) && output.out.contains("replay-callback"), "{shell}: {output:?}");
    }
}

/// Each command has a manual page, which names its flags; a folder that cannot be written is named.
#[tokio::test]
async fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    let manual = async |pages: &Path| {
        let mut command = Command::new(binary("oss2youku"));
        command.arg("manual").arg(pages).env_clear();
        run_command(command).await
    };
    let output = manual(&pages).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    for (page, flag) in [("oss2youku-upload.1", "limit\\-rate"), ("oss2youku-console.1", "metrics\\-port")] {
        let text = fs::read_to_string(pages.join(page)).unwrap();
        assert!(text.contains(flag), "{page}: {text}");
    }
    let file = pages.join("oss2youku.1");
    let output = manual(&file).await;
    assert!(output.code != Some(0) && output.err.contains(file.to_str().unwrap()), "{output:?}");
}
