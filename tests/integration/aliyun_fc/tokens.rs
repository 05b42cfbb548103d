//! Access tokens that expire: one of the functions renews them, or a person is asked for new ones. None is ever logged.

use crate::support::{MIB, Setup, TestEnv, add_fault, binary, run_to_end, sample_bytes, wait_fired};
use local_clouds::{fc::AsyncState, youku::Switches};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::{fs, path::Path};
use tokio::process::Command;

const CLIENT: &str = "local-client";
const DEBUG: (&str, &str) = ("OSS2YOUKU_LOG__LEVEL", "debug");
const SWEEP_ENABLED: (&str, &str) = ("OSS2YOUKU_SWEEP__ENABLED", "true");

fn revoking() -> Switches {
    Switches { refresh_revokes_access_token: true, expires_in_is_string: true, ..Switches::default() }
}

impl TestEnv {
    /// Number of token pairs in the ledger.
    fn count_token_pairs(&self) -> usize {
        let lineages = fs::read_dir(self.ledger_folder().join("token/main"));
        let lineages = lineages.into_iter().flatten().map(|lineage| lineage.unwrap().path());
        lineages.map(|lineage| fs::read_dir(lineage).unwrap().count()).sum()
    }

    /// No access or refresh token is in this text, nor in the function's log.
    fn assert_no_token_logged(&self, text: &str) {
        let log = self.log();
        assert!(log.contains("renewed the access token") || log.contains("reauthorize"), "{log}");
        let pair = self.clouds.youku.tokens(CLIENT).unwrap();
        let first = ["local-access-token", "local-refresh-token"];
        for token in first.into_iter().chain([pair.access_token.as_str(), &pair.refresh_token]) {
            assert!(!log.contains(token) && !text.contains(token), "{token} in {log}\n{text}");
        }
    }
}

/// An access token that expired before an upload is renewed, and the new one serves every process.
#[tokio::test]
async fn a_renewed_access_token_serves_every_process() {
    for mode in ["oss", "slice"] {
        for switches in [Switches::default(), revoking()] {
            let env = TestEnv::start(Setup { variables: &[DEBUG], ..Setup::with_mode(mode) }).await;
            env.clouds.youku.set_switches(switches);
            env.clouds.youku.expire_access_token(CLIENT);
            for title in ["one", "two"] {
                let bytes = sample_bytes(title.len() as u64, 3 * MIB);
                env.put(&format!("{title}.mp4"), &bytes).await;
                assert_eq!(env.wait_for_delivery().await.attempts, 1);
                env.assert_published(title, &bytes);
                env.clouds.fc.kill_instance(&env.clouds.function, Signal::SIGKILL).await;
            }
            assert_eq!(env.count_token_pairs(), 1, "{}", env.log());
            env.assert_no_token_logged("");
        }
    }
}

#[tokio::test]
async fn an_access_token_that_expires_in_mid_upload_is_renewed() {
    for (mode, operation) in [("oss", "UploadPart"), ("slice", "upload_slice")] {
        for switches in [Switches::default(), revoking()] {
            let env = TestEnv::start(Setup { variables: &[DEBUG], ..Setup::with_mode(mode) }).await;
            env.clouds.youku.set_switches(switches);
            let youku = &env.clouds.youku;
            let control = if mode == "oss" { youku.bucket_control() } else { youku.control() };
            let id = add_fault(&control, json!({"operation": operation, "fault": {"kind": "hold_before"}}));
            let bytes = sample_bytes(1, 5 * MIB);
            env.put("film.mp4", &bytes).await;
            wait_fired(&control, id, 1).await;
            env.clouds.youku.expire_access_token(CLIENT);
            control.faults.clear();
            let delivery = env.wait_for_delivery().await;
            assert_eq!((delivery.attempts, &delivery.result()["code"]), (1, &json!("200")), "{delivery:?}");
            env.assert_published("film", &bytes);
            assert_eq!((env.count_token_pairs(), env.clouds.youku.sessions().len()), (1, 1));
            env.assert_no_token_logged("");
        }
    }
}

/// Two processes that find the access token expired at the same moment refresh it once: the refresh token works once.
#[tokio::test]
async fn two_functions_refresh_one_expired_token_once() {
    for switches in [Switches::default(), revoking()] {
        let host = |function: &mut local_clouds::fc::FunctionConfig| function.instance_concurrency = 1;
        let env = TestEnv::start(Setup { host, ..Setup::default() }).await;
        env.clouds.youku.set_switches(switches);
        let control = env.clouds.youku.control();
        let create = json!({"operation": "create", "times": 2, "fault": {"kind": "hold_before"}});
        let id = add_fault(&control, create);
        let (one, two) = (sample_bytes(1, 3 * MIB), sample_bytes(2, 3 * MIB));
        env.put("one.mp4", &one).await;
        env.put("two.mp4", &two).await;
        wait_fired(&control, id, 2).await;
        assert_eq!(env.clouds.fc.instances(&env.clouds.function).len(), 2);
        env.clouds.youku.expire_access_token(CLIENT);
        control.faults.clear();
        // A second refresh would be refused because the refresh token is spent.
        for delivery in env.wait_for_deliveries().await {
            assert_eq!((delivery.attempts, delivery.state), (1, AsyncState::Succeeded), "{delivery:?}");
        }
        env.assert_published("one", &one);
        env.assert_published("two", &two);
        assert_eq!(env.count_token_pairs(), 1);
        env.assert_no_token_logged("");
    }
}

/// Writes a settings file, which every process reads at its start.
fn settings(file: &Path, access_token: &str, refresh_token: &str) {
    let text = format!(
        "[accounts.film]\nclient_id = '{CLIENT}'\naccess_token = '{access_token}'\nrefresh_token = '{refresh_token}'\n"
    );
    fs::write(file, text).unwrap();
}

/// What `doctor` says of the account `film`, and its exit code.
async fn doctor(env: &TestEnv, file: &Path) -> (String, i32) {
    let mut command = Command::new(binary("oss2youku"));
    command.args(["doctor", "--json", "--account", "film"]);
    command.env("OSS2YOUKU_CONFIG", file).env("OSS2YOUKU_YOUKU__API", &env.clouds.endpoints.youku);
    let output = run_to_end(command.env("OSS2YOUKU_LEDGER__LOCATION", env.ledger_folder())).await;
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

/// The findings that failed.
fn failed(report: &str) -> Vec<Value> {
    let findings = report.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    findings.filter(|finding| finding["ok"] == false).collect()
}

/// Where the response to a refresh is lost, a person is asked for new tokens, and the upload is finished with them.
#[tokio::test]
async fn a_lost_refresh_waits_for_new_tokens() {
    for mode in ["oss", "slice"] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        settings(&file, "local-access-token", "local-refresh-token");
        let variables = [DEBUG, SWEEP_ENABLED, ("OSS2YOUKU_CONFIG", file.to_str().unwrap())];
        let rules = r#"[{bucket="videos",account="film",public_type="all",sidecar="off"}]"#;
        let env = TestEnv::start(Setup { variables: &variables, rules, ..Setup::with_mode(mode) }).await;
        let (report, code) = doctor(&env, &file).await;
        assert_eq!((failed(&report), code), (vec![], 0), "{report}");

        let control = env.clouds.youku.control();
        let lost = add_fault(&control, json!({"operation": "refresh", "fault": {"kind": "drop_answer"}}));
        env.clouds.youku.expire_access_token(CLIENT);
        let bytes = sample_bytes(1, 3 * MIB);
        env.put("film.mp4", &bytes).await;
        let delivery = env.wait_for_delivery().await;
        assert_eq!(
            (delivery.attempts, &delivery.result()["error"]),
            (1, &json!("reauthorize")),
            "{delivery:?}"
        );
        let why = delivery.result()["msg"].as_str().unwrap();
        assert!(why.contains("put a new access_token and refresh_token into the settings"), "{why}");
        assert_eq!(control.faults.state(lost).map(|state| state.fired), Some(1));

        let refreshes =
            add_fault(&control, json!({"operation": "refresh", "times": 0, "fault": {"kind": "reset"}}));
        for _ in 0..3 {
            assert_eq!(env.call_with_timer().await["results"], json!([]), "it waits");
            env.clouds.fc.kill_instance(&env.clouds.function, Signal::SIGKILL).await;
        }
        let (report, code) = doctor(&env, &file).await;
        let [stands, refused] = &failed(&report)[..] else { panic!("{report}") };
        assert!(
            stands["result"].as_str().unwrap().starts_with("reauthorize: the answer to a refresh was lost")
        );
        assert_eq!((code, &refused["result"]), (1, &json!("Youku refuses the access token")), "{report}");
        assert_eq!(control.faults.state(refreshes).map(|state| state.seen), Some(0), "no refresh is sent");
        assert_eq!(env.clouds.youku.videos(), []);
        env.assert_no_token_logged(&format!("{report}{delivery:?}"));

        control.faults.clear();
        let pair = env.clouds.youku.tokens(CLIENT).unwrap();
        settings(&file, &pair.access_token, &pair.refresh_token);
        env.clouds.fc.kill_instance(&env.clouds.function, Signal::SIGKILL).await;
        assert_eq!(env.call_with_timer().await["results"][0]["code"], "200", "{}", env.log());
        env.assert_published("film", &bytes);
        let (report, code) = doctor(&env, &file).await;
        assert_eq!((failed(&report), code), (vec![], 0), "{report}");
        env.assert_no_token_logged(&report);
    }
}

/// A page of a proxy or a firewall in answer to a refresh is no refusal of Youku's: the refresh token stays good, and the upload goes on.
#[tokio::test]
async fn a_page_in_answer_to_a_refresh_spends_no_token() {
    let env = TestEnv::start(Setup { variables: &[DEBUG], ..Setup::default() }).await;
    let control = env.clouds.youku.control();
    let page = json!({"operation": "refresh", "fault": {"kind": "page", "status": 403}});
    let blocked = add_fault(&control, page);
    env.clouds.youku.expire_access_token(CLIENT);
    let bytes = sample_bytes(1, 3 * MIB);
    env.put("film.mp4", &bytes).await;
    let delivery = env.wait_for_delivery().await;
    assert_eq!((delivery.attempts, &delivery.result()["code"]), (1, &json!("200")), "{delivery:?}");
    assert_eq!(control.faults.state(blocked).map(|state| (state.fired, state.seen)), Some((1, 2)));
    env.assert_published("film", &bytes);
    assert_eq!(env.count_token_pairs(), 1);
    let log = env.log();
    assert!(log.contains("could not renew the access token: it will be retried"), "{log}");
    env.assert_no_token_logged("");
}

/// Without a refresh token, an expired access token is an error that `doctor` explains.
#[tokio::test]
async fn doctor_explains_an_expired_token_without_a_refresh_token() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    let account = format!("[accounts.film]\nclient_id = '{CLIENT}'\naccess_token = 'local-access-token'\n");
    fs::write(&file, account).unwrap();
    let variables = [("OSS2YOUKU_CONFIG", file.to_str().unwrap())];
    let rules = r#"[{bucket="videos",account="film",public_type="all",sidecar="off"}]"#;
    let env = TestEnv::start(Setup { variables: &variables, rules, ..Setup::default() }).await;
    env.clouds.youku.expire_access_token(CLIENT);
    env.put("film.mp4", &sample_bytes(1, 1000)).await;
    let delivery = env.wait_for_delivery().await;
    assert_eq!(delivery.body["errorType"], "youku_unauthorized", "{delivery:?}");
    let (report, code) = doctor(&env, &file).await;
    let [refused] = &failed(&report)[..] else { panic!("{report}") };
    assert!(
        refused["advice"].as_str().unwrap().starts_with("put a new access_token for account film"),
        "{report}"
    );
    assert_eq!(code, 1);
    assert!(!env.ledger_folder().join("token").exists() && !env.ledger_folder().join("refresh").exists());
}
