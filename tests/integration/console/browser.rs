//! The page in Chromium, in front of a real process. What a scenario does and judges is in `tests/clients/console`; a policy that the
//! page breaks, an error that it logs or throws, and a request to another host fail each of them.

use super::{ledger_variables, program, start_console};
use crate::support::{
    MIB, Setup, TestEnv, add_fault, client_script,
    command_line::{oss2youku, upload_id},
    console::{Browser, ConsoleProcess},
    run_to_end, sample_bytes, tools,
};
use app::core::ledger::Timestamp;
use bytes::Bytes;
use local_clouds::control::LinkSettings;
use serde_json::{Value, json};
use std::{
    fs,
    num::NonZeroU64,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tempfile::TempDir;
use tokio::process::Command;

/// Walks through a scenario, which is told what it cannot know.
pub(crate) async fn walk(console: &ConsoleProcess, scenario: &str, told: Value) {
    walk_at(&console.url, scenario, told).await;
}

/// The same at a printed address.
pub(super) async fn walk_at(url: &str, scenario: &str, told: Value) {
    let mut command = Command::new("node");
    command.arg(client_script("console").join("page.mjs")).arg(url).arg(scenario);
    command.arg(told.to_string()).env("TEST_TOOLS", tools()).kill_on_drop(true);
    let output = run_to_end(&mut command).await;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out == "ok\n", "{scenario}: {out}{err}");
}

/// The clouds, and the console in front of their ledger.
pub(super) struct ConsoleEnv {
    pub(super) env: TestEnv,
    pub(super) console: ConsoleProcess,
    pub(super) folder: TempDir,
}

impl ConsoleEnv {
    pub(super) fn new(env: TestEnv) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { console: start_console(&env, folder.path()), env, folder }
    }

    pub(super) async fn walk(&self, scenario: &str, told: Value) {
        walk(&self.console, scenario, told).await;
    }
}

/// Lets Youku refuse the next sessions for good.
pub(super) fn refuse(env: &TestEnv, times: usize) {
    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "times": times, "fault": refusal}));
}

async fn put_all(env: &TestEnv, names: impl Iterator<Item = String>) {
    for (seed, name) in (1..).zip(names) {
        env.put(&format!("{name}.mp4"), &sample_bytes(seed, 1000)).await;
    }
    env.wait_for_deliveries().await;
}

/// Two that failed and three that were published, and the console in front of them.
async fn start_with_a_few() -> ConsoleEnv {
    let env = TestEnv::start(Setup::default()).await;
    refuse(&env, 2);
    put_all(&env, (1..=2).map(|number| format!("broken {number}"))).await;
    put_all(&env, ["Spring concert", "家庭录像 第1集", "Press day"].map(str::to_owned).into_iter()).await;
    ConsoleEnv::new(env)
}

/// Filter, address, reload and the way back; a deep link to nothing; a process that does not answer for a while.
#[tokio::test]
async fn uploads_are_found_again_by_their_address() {
    let console = start_with_a_few().await;
    console.walk("filter", json!({"all": 5, "failed": 2, "error": "youku_failed", "text": "concert"})).await;
    console.walk("unknown", json!({"all": 5})).await;
    console.walk("offline", json!({"all": 5})).await;
    console.walk("keyboard", json!({"all": 5, "text": "concert"})).await;
    console.walk("troubled", json!({"all": 5})).await;
}

/// Both languages, light and dark, 320 pixels, and nothing serious for axe-core on any page.
#[tokio::test]
async fn every_page_can_be_read_by_everybody() {
    let console = start_with_a_few().await;
    let failed = upload_id(&console.env, "oss://videos/broken 1.mp4").await;
    for scenario in ["languages", "dark", "narrow", "accessible", "new_languages", "new_looks", "new_narrow"]
    {
        console.walk(scenario, json!({"failed": failed})).await;
    }
}

#[tokio::test]
async fn a_failed_upload_says_what_helps_and_is_retried() {
    let env = TestEnv::start(Setup::default()).await;
    refuse(&env, 1);
    let bytes = sample_bytes(7, 3 * MIB);
    env.put("film.mp4", &bytes).await;
    env.wait_for_deliveries().await;
    let console = ConsoleEnv::new(env);
    let failed = upload_id(&console.env, "oss://videos/film.mp4").await;
    console.walk("warned", json!({"failed": failed})).await;
    console.walk("retry", json!({"advice": "fix the cause that the state names", "videos": 1})).await;
    console.env.assert_published("film", &bytes);
}

#[tokio::test]
async fn all_that_failed_are_retried_at_once() {
    const FAILED: usize = 50;
    let env = TestEnv::start(Setup::default()).await;
    refuse(&env, FAILED);
    put_all(&env, (1..=FAILED).map(|number| format!("broken {number}"))).await;
    assert_eq!(env.clouds.youku.videos().len(), 0);
    let console = ConsoleEnv::new(env);
    let held = upload_id(&console.env, "oss://videos/broken 7.mp4").await;
    console.walk("bulk", json!({"failed": FAILED, "held": held})).await;
    assert_eq!(console.env.clouds.youku.videos().len(), FAILED - 1);
}

/// An upload on a slow link: the page shows how far it is, and a confirmed cancel leaves no video.
#[tokio::test]
async fn a_moving_upload_is_shown_and_cancelled() {
    let variables = [("OSS2YOUKU_TRANSFER__PART_MIB", "1")];
    let env = TestEnv::start(Setup { variables: &variables, ..Setup::default() }).await;
    let slow = LinkSettings { bytes_per_second: NonZeroU64::new(MIB as u64), ..LinkSettings::default() };
    env.clouds.youku.bucket_control().link.set(slow);
    env.put("film.mp4", &sample_bytes(9, 100 * MIB)).await;
    let console = ConsoleEnv::new(env);
    console.walk("cancel", json!({"title": "film"})).await;
    let env = &console.env;
    env.clouds.youku.bucket_control().link.set(LinkSettings::default());
    env.wait_for_deliveries().await;
    assert_eq!(env.clouds.youku.videos().len(), 0);
}

/// Another video of the same object has all that flags stated about the first: nobody else may watch it.
#[tokio::test]
async fn an_upload_is_made_again_for_the_same_audience() {
    let env = TestEnv::start(Setup { rules: "[]", ..Setup::default() }).await;
    env.put("film.mp4", &sample_bytes(11, 1000)).await;
    let flags = [
        ["--title", "A film"],
        ["--public-type", "friend"],
        ["--tags", "spring;家庭"],
        ["--description", "By the sea."],
    ]
    .concat();
    let uploaded = oss2youku(&env, &[&["upload", "oss://videos/film.mp4"][..], &flags].concat()).await;
    assert_eq!(uploaded.code, Some(0), "{uploaded:?}");
    let console = ConsoleEnv::new(env);
    console.walk("again", json!({"state": "published"})).await;
    let videos = console.env.clouds.youku.videos();
    let told: Vec<_> = videos
        .iter()
        .map(|video| (&*video.title, &*video.public_type, &*video.tags, &*video.description))
        .collect();
    assert_eq!(told, [("A film", "friend", "spring,家庭", "By the sea."); 2]);
}

/// Another video of an object is hidden until the same hour, and published whatever the preflight finds, as the task said.
#[tokio::test]
async fn an_upload_with_an_hour_is_made_again_for_that_hour() {
    let variables = [("OSS2YOUKU_MANAGE__ENABLED", "true")];
    let env = TestEnv::start(Setup { rules: "[]", variables: &variables, ..Setup::default() }).await;
    env.put("film.mp4", &Bytes::from_static(b"<!DOCTYPE html><html><body>no film</body></html>")).await;
    let hour = Timestamp::from(SystemTime::now() + Duration::from_secs(3600)).to_string();
    let console = ConsoleEnv::new(env);
    let browser = Browser::open(&console.console.url).await;
    let task = json!({"source": "oss://videos/film.mp4", "publish_at": hour, "preflight": "off", "video": {"public_type": "friend"}});
    let (status, outcome) = browser.post_json("/api/uploads", &task).await;
    assert_eq!(status, 200, "{outcome}");
    console.walk("again", json!({"state": "waiting"})).await;
    let videos = console.env.clouds.youku.videos();
    assert_eq!(videos.iter().map(|video| &*video.public_type).collect::<Vec<_>>(), ["password"; 2]);
    let list = browser.get("/console/uploads").await;
    let ids = list["rows"].as_array().unwrap().iter().map(|row| row["upload_id"].as_str().unwrap());
    for id in ids {
        let upload = browser.get(&format!("/api/uploads/{id}")).await;
        assert_eq!(
            (&upload["publish_at"], &upload["public_type"]),
            (&json!(hour), &json!("friend")),
            "{upload}"
        );
    }
}

/// Entries of finished uploads, as `docs/ledger-format.md` describes them: the last a minute ago, one a minute before.
fn write_finished(ledger: &Path, count: u64) {
    let folder = ledger.join("recent");
    fs::create_dir_all(&folder).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    for number in 1..=count {
        let ended = now - Duration::from_secs(60 * number);
        let at = Timestamp::from(UNIX_EPOCH + ended);
        let entry = json!({
            "v": 1, "ended": at, "state": "committed", "account": "main", "title": format!("Film {number}"),
            "location": {"provider": "oss", "bucket": "videos", "key": format!("{number}.mp4")}, "video_id": "XMQ",
            "media": {"container": "MP4", "duration_ms": 90_000, "width": 1920, "height": 1080, "codec": "h264"},
        });
        let name = format!("{:013}-{number:032x}", 9_999_999_999_999 - ended.as_millis());
        fs::write(folder.join(name), format!("{entry}\n")).unwrap();
    }
}

/// A console of the ledger in this folder alone.
pub(super) fn start_with_ledger(folder: &Path) -> ConsoleProcess {
    ConsoleProcess::start(program(ledger_variables(&folder.join("ledger")), folder), &[])
}

#[tokio::test]
async fn ten_thousand_uploads_page_smoothly() {
    const ALL: u64 = 10_000;
    let folder = tempfile::tempdir().unwrap();
    write_finished(&folder.path().join("ledger"), ALL);
    walk(&start_with_ledger(folder.path()), "pages", json!({"all": ALL})).await;
}
