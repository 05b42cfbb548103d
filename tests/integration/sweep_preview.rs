//! `oss2youku sweep --dry-run`: what a sweep would do, without doing it; and what both say.

use crate::support::{
    Setup, TestEnv, add_fault,
    command_line::{CommandOutput, SWEEPING, TIMEOUT, command, file, last_event, oss2youku},
    golden::{assert_golden, normalize},
    sample_bytes, wait_fired,
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use tokio::time::timeout;

/// Every file of the ledger with its bytes and the time of its last change. The empty file by whose time a folder's clock is read counts
/// as no entry.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            all.extend(snapshot(&entry.path()));
        } else if entry.file_name() != "clock" {
            let modified = entry.metadata().unwrap().modified().unwrap();
            all.insert(entry.path(), (fs::read(entry.path()).unwrap(), modified));
        }
    }
    all
}

/// Starts to upload `source`, and kills the process while its first part is held.
async fn abandon(env: &TestEnv, folder: &Path, source: &str) {
    let control = env.clouds.youku.bucket_control();
    let held = json!({"operation": "UploadPart", "times": 0, "fault": {"kind": "hold_before"}});
    let held = add_fault(&control, held);
    let mut child = command(env, folder, &["upload", source, "--json"]).spawn().unwrap();
    wait_fired(&control, held, 1).await;
    kill(Pid::from_raw(child.id().unwrap().try_into().unwrap()), Signal::SIGKILL).unwrap();
    timeout(TIMEOUT, child.wait()).await.expect("it is dead").unwrap();
    control.faults.clear();
}

/// A bucket with an upload to resume, a local file's upload, and an object whose event was missed.
async fn start_env() -> TestEnv {
    let events = Some(&["oss:ObjectModified:*"][..]);
    let env = TestEnv::start(Setup { events, variables: &SWEEPING, ..Setup::default() }).await;
    let (folder, _) = file("mine.mp4", &sample_bytes(1, 3_000_000));
    env.put("节目/open.mp4", &sample_bytes(2, 3_000_000)).await;
    abandon(&env, folder.path(), "oss://videos/节目/open.mp4").await;
    abandon(&env, folder.path(), "mine.mp4").await;
    // Stores report whole seconds: this object is newer than the ledger.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    env.put("missed.mp4", &sample_bytes(3, 1000)).await;
    env
}

/// Runs a dry sweep until the leases of the killed processes have run out.
async fn preview(env: &TestEnv) -> CommandOutput {
    let previewing = async {
        loop {
            let output = oss2youku(env, &["sweep", "--dry-run", "--json"]).await;
            let lines = output.lines();
            if last_event(&lines, "previewed")["left"] == 0 {
                return output;
            }
        }
    };
    timeout(TIMEOUT, previewing).await.expect("the leases run out")
}

/// A dry run names what a sweep would resume and upload, and changes neither the ledger nor Youku; the sweep then does exactly that.
#[tokio::test]
async fn a_dry_sweep_names_everything_and_changes_nothing() {
    let env = start_env().await;
    let before = (snapshot(&env.ledger_folder()), env.clouds.youku.received().len());
    let output = preview(&env).await;
    let lines = output.lines();
    let planned: Vec<_> = lines
        .iter()
        .filter(|line| line["event"] == "planned")
        .map(|line| (line["action"].as_str().unwrap(), line["object"].as_str().unwrap()))
        .collect();
    assert_eq!(
        planned,
        [("resume", "oss://videos/节目/open.mp4"), ("upload", "oss://videos/missed.mp4")],
        "{output:?}"
    );
    let summary = last_event(&lines, "previewed");
    // The object of the open upload is older than the ledger, whose first use found it.
    assert_eq!((&summary["local_files"], &summary["older"]), (&json!(1), &json!(1)), "{summary}");
    let mut report = String::new();
    for lang in ["en", "zh"] {
        let output = oss2youku(&env, &["sweep", "--dry-run", "--lang", lang]).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        report += &format!("== {lang}: --dry-run\n{}", normalize(&output.out));
    }
    assert_eq!(
        (snapshot(&env.ledger_folder()), env.clouds.youku.received().len()),
        before,
        "nothing was changed"
    );
    assert!(env.clouds.youku.videos().is_empty());

    let output = oss2youku(&env, &["sweep", "--lang", "en"]).await;
    assert_eq!((output.code, env.clouds.youku.videos().len()), (Some(0), 2), "{output:?}");
    report += &format!("== en\n{}", normalize(&output.out));
    env.put("another.mp4", &sample_bytes(4, 1000)).await;
    let output = oss2youku(&env, &["sweep", "--lang", "zh"]).await;
    report += &format!("== zh\n{}", normalize(&output.out));
    assert_golden("sweep.txt", &report);
}

/// A dry run of a ledger that nobody has used yet does not begin it.
#[tokio::test]
async fn a_dry_sweep_does_not_begin_a_ledger() {
    let env = TestEnv::start(Setup {
        events: Some(&["oss:ObjectModified:*"]),
        variables: &SWEEPING,
        ..Setup::default()
    })
    .await;
    env.put("old.mp4", &sample_bytes(1, 1000)).await;
    let place = tempfile::tempdir().unwrap();
    let ledger = place.path().join("ledger");
    let mut command = command(&env, place.path(), &["sweep", "--dry-run", "--json"]);
    command.env("OSS2YOUKU_LEDGER__LOCATION", &ledger);
    let output = crate::support::command_line::run_command(command).await;
    let told = output.lines()[0]["message"].as_str().unwrap_or_default().to_owned();
    assert!(output.code == Some(3) && told.contains(ledger.to_str().unwrap()), "{output:?}");
    assert!(told.contains("ledger.location") && !ledger.exists());
}
