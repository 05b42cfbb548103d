//! `dev`, as a newcomer uses it: what it says, the commands that it shows, the user's own settings, a folder in use.

mod golden;
mod paste_lines;
mod user_settings;

use crate::support::{binary, dev_terminal::DevTerminal, within};
use object_storage::PutOptions;
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    process::{Command, Output, Stdio},
    time::Duration,
};
use tokio::time::sleep;

/// Runs `oss2youku` to its end.
fn oss2youku(arguments: &[&str]) -> Output {
    let mut command = Command::new(binary("oss2youku"));
    command.args(arguments).env_remove("LC_ALL").env("LANG", "C").stdin(Stdio::null());
    command.output().expect("it runs")
}

/// A second `dev` on the same folder is refused, with the first one's process; afterwards the folder is free.
#[test]
fn a_data_folder_in_use_is_refused_with_the_process() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    let mut first = DevTerminal::start(data.path(), &[]);
    let refused = oss2youku(&["dev", "--port-base", "0", "--data", folder]);
    let said = String::from_utf8_lossy(&refused.stderr);
    let pid = fs::read_to_string(data.path().join("dev.lock")).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains(&format!("process {pid}")) && said.contains(folder), "{said}");
    assert_eq!(first.end(), Some(130));
    let mut second = DevTerminal::start(data.path(), &[]);
    assert_eq!(second.end(), Some(130));
}

/// Files with secrets that others can read, from an older version or a copy, are their owner's alone from the next start on.
#[test]
fn files_with_secrets_do_not_keep_their_mode() {
    let data = tempfile::tempdir().unwrap();
    let files = ["http-token", "function.toml", "oss2youku.toml"].map(|name| data.path().join(name));
    assert_eq!(DevTerminal::start(data.path(), &[]).end(), Some(130));
    for file in &files {
        fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
    }
    let mut second = DevTerminal::start(data.path(), &[]);
    let modes = files.map(|file| fs::metadata(file).unwrap().permissions().mode() & 0o777);
    assert_eq!((modes, second.end()), ([0o600; 3], Some(130)));
}

/// With `--verbose` the function's log and each event's result stand on standard error.
#[tokio::test]
async fn verbose_shows_the_log_and_each_result() {
    let data = tempfile::tempdir().unwrap();
    let mut dev = DevTerminal::start(data.path(), &["--verbose"]);
    let bucket = dev.bucket("videos");
    let put = async || bucket.put("clip.mp4", "bytes", &PutOptions::default()).await.unwrap();
    put().await;
    dev.wait_for(&["clip.mp4", "published,"]);
    put().await;
    dev.wait_for(&["clip.mp4", "published before"]);
    // The video is told of as soon as it is there: the first event's result may come after the second's.
    let is_result = |line: &&str| line.contains("attempts: succeeded") && line.contains("clip.mp4");
    let both = async {
        while dev.errors().lines().filter(is_result).count() < 2 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    within("both results", both).await;
    let errors = dev.errors();
    assert!(errors.contains(r#""message":"published""#), "{errors}");
    // The timer's events have results as well.
    assert_eq!(errors.lines().filter(is_result).count(), 2, "{errors}");
}

/// The exit codes are those of the table in the help.
#[test]
fn dev_ends_with_the_codes_of_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (text, broken) = (file("note.txt", "x"), file("broken.toml", "rules = ["));
    let wrong = file("wrong.toml", "[[rules]]\nbucket = 'b'\naccount = 'main'\n");
    let cases = [
        (&["--data", text.as_str()][..], 2, "note.txt"),
        (&["--config", "/nowhere/x.toml"], 2, "/nowhere/x.toml"),
        (&["--config", &broken], 2, "broken.toml, line 1"),
        (&["--config", &wrong], 2, "public_type"),
        (&["--function", "/nowhere/bootstrap"], 3, "/nowhere/bootstrap"),
    ];
    for (arguments, code, word) in cases {
        let output = oss2youku(&[&["dev", "--port-base", "0"], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(word), "{arguments:?}: {said}");
    }
}
