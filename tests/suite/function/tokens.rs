//! Access tokens that end: renewed by one function of all, or a person is asked for new ones. None is ever logged.

use super::{MIB, Rig, Setup, bytes, script};
use crate::support::binary;
use local_clouds::{fc::AsyncState, youku::Switches};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tokio::process::Command;

const CLIENT: &str = "local-client";
const DEBUG: (&str, &str) = ("OSS2YOUKU_LOG__LEVEL", "debug");
const SWEPT: (&str, &str) = ("OSS2YOUKU_SWEEP__ENABLED", "true");

fn revoking() -> Switches {
    Switches { refresh_revokes_access_token: true, expires_in_is_string: true, ..Switches::default() }
}

impl Rig {
    fn ledger(&self) -> PathBuf {
        self._data.path().join("ledger")
    }

    /// How many pairs of tokens the ledger holds.
    fn pairs(&self) -> usize {
        let lineages = fs::read_dir(self.ledger().join("token/main"));
        let lineages = lineages.into_iter().flatten().map(|lineage| lineage.unwrap().path());
        lineages.map(|lineage| fs::read_dir(lineage).unwrap().count()).sum()
    }

    /// No access or refresh token is in this text, nor in the function's log.
    fn keeps_quiet(&self, text: &str) {
        let log = self.log();
        assert!(log.contains("renewed the access token") || log.contains("reauthorize"), "{log}");
        let pair = self.clouds.youku.tokens(CLIENT).unwrap();
        let first = ["local-access-token", "local-refresh-token"];
        for token in first.into_iter().chain([pair.access_token.as_str(), &pair.refresh_token]) {
            assert!(!log.contains(token) && !text.contains(token), "{token} in {log}\n{text}");
        }
    }
}

#[tokio::test]
async fn an_access_token_that_ended_before_an_upload_is_renewed_and_the_new_one_serves_every_process() {
    for mode in ["oss", "slice"] {
        for switches in [Switches::default(), revoking()] {
            let rig = Rig::start(Setup { env: &[DEBUG], ..Setup::mode(mode) }).await;
            rig.clouds.youku.set_switches(switches);
            rig.clouds.youku.expire_access_token(CLIENT);
            for title in ["one", "two"] {
                let bytes = bytes(title.len() as u64, 3 * MIB);
                rig.put(&format!("{title}.mp4"), &bytes).await;
                assert_eq!(rig.delivery().await.attempts, 1);
                rig.published(title, &bytes);
                rig.clouds.fc.kill_instance(&rig.clouds.function, Signal::SIGKILL).await;
            }
            assert_eq!(rig.pairs(), 1, "{}", rig.log());
            rig.keeps_quiet("");
        }
    }
}

#[tokio::test]
async fn an_access_token_that_ends_in_the_middle_of_an_upload_is_renewed() {
    for (mode, operation) in [("oss", "UploadPart"), ("slice", "upload_slice")] {
        for switches in [Switches::default(), revoking()] {
            let rig = Rig::start(Setup { env: &[DEBUG], ..Setup::mode(mode) }).await;
            rig.clouds.youku.set_switches(switches);
            let youku = &rig.clouds.youku;
            let control = if mode == "oss" { youku.bucket_control() } else { youku.control() };
            let id = script(&control, json!({"operation": operation, "fault": {"kind": "hold_before"}}));
            let bytes = bytes(1, 5 * MIB);
            rig.put("film.mp4", &bytes).await;
            assert!(control.faults.wait_fired(id, 1).await);
            rig.clouds.youku.expire_access_token(CLIENT);
            control.faults.clear();
            let delivery = rig.delivery().await;
            assert_eq!((delivery.attempts, &delivery.result()["code"]), (1, &json!("200")), "{delivery:?}");
            rig.published("film", &bytes);
            assert_eq!((rig.pairs(), rig.clouds.youku.sessions().len()), (1, 1));
            rig.keeps_quiet("");
        }
    }
}

#[tokio::test]
async fn two_functions_that_find_the_token_ended_at_once_refresh_it_once() {
    for switches in [Switches::default(), revoking()] {
        let host = |function: &mut local_clouds::fc::FunctionConfig| function.instance_concurrency = 1;
        let rig = Rig::start(Setup { host, ..Setup::default() }).await;
        rig.clouds.youku.set_switches(switches);
        let control = rig.clouds.youku.control();
        let create = json!({"operation": "create", "times": 2, "fault": {"kind": "hold_before"}});
        let id = script(&control, create);
        let (one, two) = (bytes(1, 3 * MIB), bytes(2, 3 * MIB));
        rig.put("one.mp4", &one).await;
        rig.put("two.mp4", &two).await;
        assert!(control.faults.wait_fired(id, 2).await);
        assert_eq!(rig.clouds.fc.instances(&rig.clouds.function).len(), 2);
        rig.clouds.youku.expire_access_token(CLIENT);
        control.faults.clear();
        // Whoever asks second would be told that the refresh token is used up.
        for delivery in rig.deliveries().await {
            assert_eq!((delivery.attempts, delivery.state), (1, AsyncState::Succeeded), "{delivery:?}");
        }
        rig.published("one", &one);
        rig.published("two", &two);
        assert_eq!(rig.pairs(), 1);
        rig.keeps_quiet("");
    }
}

/// A settings file that is read anew by every process.
fn settings(file: &Path, access_token: &str, refresh_token: &str) {
    let text = format!(
        "[accounts.film]\nclient_id = '{CLIENT}'\naccess_token = '{access_token}'\nrefresh_token = '{refresh_token}'\n"
    );
    fs::write(file, text).unwrap();
}

/// What `doctor` says of the account `film`, and its exit code.
async fn doctor(rig: &Rig, file: &Path) -> (String, i32) {
    let mut command = Command::new(binary("oss2youku"));
    command.args(["doctor", "--json", "--account", "film"]);
    command.env("OSS2YOUKU_CONFIG", file).env("OSS2YOUKU_YOUKU__API", &rig.clouds.endpoints.youku);
    let output = command.env("OSS2YOUKU_LEDGER__LOCATION", rig.ledger()).output().await.unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

/// The findings that are not well.
fn failed(told: &str) -> Vec<Value> {
    let findings = told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    findings.filter(|finding| finding["ok"] == false).collect()
}

#[tokio::test]
async fn when_a_refresh_is_lost_a_person_is_asked_and_the_upload_is_finished_with_new_tokens() {
    for mode in ["oss", "slice"] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        settings(&file, "local-access-token", "local-refresh-token");
        let env = [DEBUG, SWEPT, ("OSS2YOUKU_CONFIG", file.to_str().unwrap())];
        let rules = r#"[{bucket="videos",account="film",public_type="all",sidecar="off"}]"#;
        let rig = Rig::start(Setup { env: &env, rules, ..Setup::mode(mode) }).await;
        let (told, code) = doctor(&rig, &file).await;
        assert_eq!((failed(&told), code), (vec![], 0), "{told}");

        let control = rig.clouds.youku.control();
        let lost = script(&control, json!({"operation": "refresh", "fault": {"kind": "drop_answer"}}));
        rig.clouds.youku.expire_access_token(CLIENT);
        let bytes = bytes(1, 3 * MIB);
        rig.put("film.mp4", &bytes).await;
        let delivery = rig.delivery().await;
        assert_eq!(
            (delivery.attempts, &delivery.result()["error"]),
            (1, &json!("reauthorize")),
            "{delivery:?}"
        );
        let why = delivery.result()["msg"].as_str().unwrap();
        assert!(why.contains("put a new access_token and refresh_token into the settings"), "{why}");
        assert_eq!(control.faults.state(lost).map(|state| state.fired), Some(1));

        let refreshes =
            script(&control, json!({"operation": "refresh", "times": 0, "fault": {"kind": "reset"}}));
        for _ in 0..3 {
            assert_eq!(swept(&rig).await, json!([]), "it waits");
            rig.clouds.fc.kill_instance(&rig.clouds.function, Signal::SIGKILL).await;
        }
        let (told, code) = doctor(&rig, &file).await;
        let [stands, refused] = &failed(&told)[..] else { panic!("{told}") };
        assert!(
            stands["result"].as_str().unwrap().starts_with("reauthorize: the answer to a refresh was lost")
        );
        assert_eq!((code, &refused["result"]), (1, &json!("Youku refuses the access token")), "{told}");
        assert_eq!(control.faults.state(refreshes).map(|state| state.seen), Some(0), "nobody asks again");
        assert_eq!(rig.clouds.youku.videos(), []);
        rig.keeps_quiet(&format!("{told}{delivery:?}"));

        control.faults.clear();
        let pair = rig.clouds.youku.tokens(CLIENT).unwrap();
        settings(&file, &pair.access_token, &pair.refresh_token);
        rig.clouds.fc.kill_instance(&rig.clouds.function, Signal::SIGKILL).await;
        assert_eq!(swept(&rig).await[0]["code"], "200", "{}", rig.log());
        rig.published("film", &bytes);
        let (told, code) = doctor(&rig, &file).await;
        assert_eq!((failed(&told), code), (vec![], 0), "{told}");
        rig.keeps_quiet(&told);
    }
}

/// What a sweep did.
async fn swept(rig: &Rig) -> Value {
    let timer = json!({"triggerTime": "2026-11-22T00:00:00Z", "triggerName": "sweep", "payload": ""});
    let result = rig.clouds.fc.invoke(&rig.clouds.function, timer.to_string()).await;
    assert_eq!(result.error_type, None, "{result:?}");
    let mut answer: Value = serde_json::from_slice(&result.body).unwrap();
    answer["results"].take()
}

#[tokio::test]
async fn without_a_refresh_token_an_ended_access_token_is_an_error_that_doctor_explains() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    let account = format!("[accounts.film]\nclient_id = '{CLIENT}'\naccess_token = 'local-access-token'\n");
    fs::write(&file, account).unwrap();
    let env = [("OSS2YOUKU_CONFIG", file.to_str().unwrap())];
    let rules = r#"[{bucket="videos",account="film",public_type="all",sidecar="off"}]"#;
    let rig = Rig::start(Setup { env: &env, rules, ..Setup::default() }).await;
    rig.clouds.youku.expire_access_token(CLIENT);
    rig.put("film.mp4", &bytes(1, 1000)).await;
    let delivery = rig.delivery().await;
    assert_eq!(delivery.body["errorType"], "youku_unauthorized", "{delivery:?}");
    let (told, code) = doctor(&rig, &file).await;
    let [refused] = &failed(&told)[..] else { panic!("{told}") };
    assert!(
        refused["advice"].as_str().unwrap().starts_with("put a new access_token for account film"),
        "{told}"
    );
    assert_eq!(code, 1);
    assert!(!rig.ledger().join("token").exists() && !rig.ledger().join("refresh").exists());
}
