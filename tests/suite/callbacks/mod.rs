//! Callbacks of the function as the platform runs it, to a real receiver: what it is sent, how often, and what the ledger says of it.

pub(crate) mod receiver;

use crate::{
    function::{Rig, Setup, bytes, script},
    operator::run,
};
use local_clouds::{
    fc::{FunctionConfig, HttpAuth},
    youku::Switches,
};
use receiver::{Answer, Heard, Receiver};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const NEW_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OLD_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
const OTHER_SECRET: &str = "whsec_ZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZm";
/// What a URL holds that nobody else may see.
const TOKEN: &str = "s3cret-of-the-url";
const NO_RULES: &str = "[]";

/// The clouds, the function in them, and its ledger in a folder of ours.
struct Hooks {
    rig: Rig,
    ledger: TempDir,
}

impl Hooks {
    /// A function that may call 127.0.0.1 at this port, and whose sweep takes callbacks up after a second.
    async fn start(port: u16, rules: &str) -> Self {
        let allowed = r#"[{host="127.0.0.1",network="127.0.0.0/8"}]"#;
        let (ports, secrets) = (format!("[{port}]"), format!(r#"["{NEW_SECRET}","{OLD_SECRET}"]"#));
        let env = [
            ("OSS2YOUKU_CALLBACK__ALLOW_HTTP", "true"),
            ("OSS2YOUKU_CALLBACK__ALLOWED", allowed),
            ("OSS2YOUKU_CALLBACK__PORTS", &ports),
            ("OSS2YOUKU_CALLBACK__SECRETS", &secrets),
            ("OSS2YOUKU_CALLBACK__PAUSE_SECONDS", "1"),
        ];
        Self::start_with(&env, rules).await
    }

    async fn start_with(env: &[(&str, &str)], rules: &str) -> Self {
        let ledger = tempfile::tempdir().unwrap();
        let usual = [
            ("OSS2YOUKU_LEDGER__LOCATION", ledger.path().to_str().unwrap()),
            ("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true"),
            ("OSS2YOUKU_LEGACY__BUCKET", "videos"),
            ("OSS2YOUKU_LOG__LEVEL", "debug"),
        ];
        let env: Vec<_> = usual.iter().chain(env).copied().collect();
        let rig = Rig::start(Setup { env: &env, rules, host: opened, ..Setup::default() }).await;
        Self { rig, ledger }
    }

    async fn put(&self, key: &str) {
        self.rig.put(key, &bytes(1, 300_000)).await;
        self.rig.clouds.wait_settled().await;
    }

    /// Posts a task at the function's door; the status and the answer.
    async fn post(&self, task: &Value) -> (u16, Value) {
        let url = format!("{}/uploads", self.rig.clouds.endpoints.http_trigger);
        let request = app::http_client().unwrap().post(url).body(task.to_string());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap())
    }

    /// Calls the function as its timer does, again and again until it is so.
    async fn sweep_until(&self, mut so: impl FnMut() -> bool) {
        let end = Instant::now() + Duration::from_secs(60);
        while !so() {
            assert!(Instant::now() < end, "the sweep does not get there: {}", self.rig.log());
            let event = json!({"triggerTime": "2026-11-22T08:00:00Z", "triggerName": "sweep", "payload": ""});
            let clouds = &self.rig.clouds;
            let swept = clouds.fc.invoke(&clouds.function, event.to_string()).await;
            assert_eq!(swept.error_type, None, "{swept:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Sweeps until nothing is open.
    async fn sweep_to_rest(&self) {
        self.sweep_until(|| files(&self.ledger.path().join("open")).is_empty()).await;
    }

    /// What the ledger's steps say was told, in their order.
    fn told(&self) -> Vec<Value> {
        let files = files(&self.ledger.path().join("ledger")).into_iter();
        let steps = files.map(|text| serde_json::from_str::<Value>(&text).unwrap()["step"].take());
        steps.filter_map(|mut step| Some(step.get_mut("notified")?.take())).collect()
    }

    /// The token of the URL shows nowhere but in the request.
    fn keeps_the_token(&self, answer: &Value) {
        let log = self.rig.log();
        assert!(log.contains("callback"), "{log}");
        for shown in [log, answer.to_string(), files(self.ledger.path()).concat()] {
            assert!(!shown.contains(TOKEN), "{shown}");
        }
    }
}

fn opened(function: &mut FunctionConfig) {
    function.http_trigger = Some(HttpAuth::Anonymous);
}

/// The content of every file below, in the order of their names.
fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: std::path::PathBuf| match path.is_dir() {
        true => files(&path),
        // What is being written goes away.
        false => fs::read_to_string(path).into_iter().collect(),
    };
    paths.into_iter().flat_map(read).collect()
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}/done?token={TOKEN}")
}

fn modern(key: &str, port: u16, events: &[&str]) -> Value {
    json!({"source": format!("oss://videos/{key}"), "callback": {"url": url(port), "events": events}})
}

/// Whether this secret's holder takes the request for ours; by an implementation that is not ours.
fn verifies(secret: &str, heard: &Heard) -> bool {
    Webhook::new(secret).unwrap().verify(&heard.body, &heard.headers).is_ok()
}

fn ids(heard: &[Heard]) -> Vec<&str> {
    heard.iter().map(|heard| heard.header("webhook-id")).collect()
}

#[tokio::test]
async fn a_legacy_task_is_told_what_the_door_answers_signed_with_both_secrets() {
    let receiver = Receiver::answering(&[]).await;
    let hooks = Hooks::start(receiver.port, NO_RULES).await;
    hooks.put("user/dee/deep/片.mp4").await;
    let task =
        json!({"conf": {"keyname": "deep/片", "callbackurl": url(receiver.port)}, "youku": {"title": "T"}});
    let (status, answer) = hooks.post(&task).await;
    assert_eq!((status, answer["data"]["key"].as_str()), (200, Some("deep/片")), "{answer}");
    assert_eq!(hooks.post(&task).await, (200, answer.clone()), "and again, without another callback");
    let [heard] = receiver.heard().try_into().expect("one callback");
    assert_eq!(heard.json(), answer);
    assert_eq!((heard.method.as_str(), heard.uri.to_string()), ("POST", format!("/done?token={TOKEN}")));
    assert_eq!(heard.header("content-type"), "application/json");
    let upload = answer["data"]["upload_id"].as_str().unwrap();
    assert_eq!(heard.header("webhook-id"), format!("{upload}.outcome"));
    assert!(verifies(NEW_SECRET, &heard) && verifies(OLD_SECRET, &heard) && !verifies(OTHER_SECRET, &heard));
    assert_eq!(hooks.told(), [json!({"code": "200"})]);
    hooks.sweep_to_rest().await;
    assert_eq!(receiver.heard().len(), 1);
    hooks.keeps_the_token(&answer);
}

#[tokio::test]
async fn a_receiver_that_is_down_delays_nobody_and_is_told_by_the_sweep_when_it_is_up() {
    let receiver = Receiver::answering(&[]).await;
    let port = receiver.port;
    drop(receiver);
    let hooks = Hooks::start(port, NO_RULES).await;
    hooks.put("film.mp4").await;
    let begun = Instant::now();
    let (status, answer) = hooks.post(&modern("film.mp4", port, &[])).await;
    assert_eq!(status, 200, "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(hooks.told(), Vec::<Value>::new());
    let receiver = Receiver::at(port, &[]).await;
    hooks.sweep_to_rest().await;
    let [heard] = receiver.heard().try_into().expect("one callback");
    assert_eq!(heard.json(), answer);
    assert_eq!(hooks.told(), [json!({"code": "200"})]);
    hooks.keeps_the_token(&answer);
}

#[tokio::test]
async fn an_upload_whose_account_has_left_the_settings_is_told_of_all_the_same() {
    let receiver = Receiver::answering(&[]).await;
    let port = receiver.port;
    drop(receiver);
    let hooks = Hooks::start(port, NO_RULES).await;
    hooks.put("film.mp4").await;
    let (status, answer) = hooks.post(&modern("film.mp4", port, &[])).await;
    assert_eq!(status, 200, "{answer}");
    let receiver = Receiver::at(port, &[]).await;
    let renamed = hooks
        .rig
        .env
        .iter()
        .map(|(name, value)| (name.replace("ACCOUNTS__MAIN", "ACCOUNTS__OTHER"), value.clone()));
    let env: Vec<_> = renamed.collect();
    let end = Instant::now() + Duration::from_secs(60);
    while receiver.heard().is_empty() {
        assert!(Instant::now() < end, "nobody is told");
        let said = run(env.clone(), &["sweep", "--json"]).await;
        assert_eq!(said.code, Some(0), "{said:?}");
    }
    let [heard] = receiver.heard().try_into().expect("one callback");
    assert_eq!(heard.json(), answer);
    assert!(files(&hooks.ledger.path().join("open")).is_empty());
}

#[tokio::test]
async fn only_a_2xx_is_success_and_no_redirect_is_followed() {
    let answers = [
        Answer::Status(500, None),
        Answer::Status(302, Some(("location", "/elsewhere"))),
        Answer::Status(404, None),
        Answer::Status(429, Some(("retry-after", "2"))),
        Answer::Status(204, None),
    ];
    let receiver = Receiver::answering(&answers).await;
    let hooks = Hooks::start(receiver.port, NO_RULES).await;
    hooks.put("film.mp4").await;
    let (status, answer) = hooks.post(&modern("film.mp4", receiver.port, &[])).await;
    assert_eq!((status, receiver.heard().len()), (200, 3), "{answer}");
    hooks.sweep_to_rest().await;
    let heard = receiver.heard();
    assert_eq!(heard.len(), answers.len());
    assert!(heard.iter().all(|heard| heard.uri.path() == "/done" && heard.json() == answer));
    assert!(ids(&heard).windows(2).all(|pair| pair[0] == pair[1]));
    assert!(verifies(NEW_SECRET, &heard[4]), "each attempt has a signature of its own time");
    assert_eq!(hooks.told(), [json!({"code": "204"})]);
}

#[tokio::test]
async fn a_receiver_that_wants_no_more_ends_it() {
    let receiver = Receiver::answering(&[Answer::Status(410, None)]).await;
    let hooks = Hooks::start(receiver.port, NO_RULES).await;
    hooks.put("film.mp4").await;
    let (status, _) = hooks.post(&modern("film.mp4", receiver.port, &["video.ready"])).await;
    assert_eq!(status, 200);
    hooks.sweep_to_rest().await;
    assert_eq!((receiver.heard().len(), hooks.told()), (1, vec![json!({"code": "410"})]));
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_holds_the_answer_for_seconds_only() {
    let receiver = Receiver::answering(&[Answer::Silence]).await;
    let hooks = Hooks::start(receiver.port, NO_RULES).await;
    hooks.put("film.mp4").await;
    let begun = Instant::now();
    let (status, answer) = hooks.post(&modern("film.mp4", receiver.port, &[])).await;
    assert_eq!((status, receiver.heard().len()), (200, 1));
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    hooks.sweep_to_rest().await;
    let heard = receiver.heard();
    assert_eq!((heard.len(), heard[1].json()), (2, answer));
}

#[tokio::test]
async fn a_failure_for_good_is_told() {
    let receiver = Receiver::answering(&[]).await;
    let hooks = Hooks::start(receiver.port, NO_RULES).await;
    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    script(&hooks.rig.clouds.youku.control(), json!({"operation": "create", "fault": refusal}));
    hooks.put("film.mp4").await;
    let (status, failed) = hooks.post(&modern("film.mp4", receiver.port, &["video.ready"])).await;
    assert_eq!((status, failed["error"].as_str()), (502, Some("youku_failed")), "{failed}");
    let (status, missing) = hooks.post(&modern("missing.mp4", receiver.port, &[])).await;
    assert_eq!(status, 404, "{missing}");
    let heard = receiver.heard();
    assert_eq!(heard.iter().map(Heard::json).collect::<Vec<_>>(), [failed, missing]);
    assert!(heard.iter().all(|heard| verifies(NEW_SECRET, heard)));
    assert_eq!(hooks.told(), [json!({"code": "200"})], "what never began is not in the ledger");
    hooks.sweep_to_rest().await;
    assert_eq!(receiver.heard().len(), 2);
}

#[tokio::test]
async fn what_becomes_of_the_video_is_told_later() {
    for (state, event) in [("normal", "video.ready"), ("limited", "video.ready"), ("fail", "video.rejected")]
    {
        let receiver = Receiver::answering(&[]).await;
        let hooks = Hooks::start(receiver.port, NO_RULES).await;
        let switches = Switches { encoding_shows: 1, final_state: state.into(), ..Switches::default() };
        hooks.rig.clouds.youku.set_switches(switches);
        hooks.put("film.mp4").await;
        let task = modern("film.mp4", receiver.port, &["video.ready", "video.rejected"]);
        let (status, answer) = hooks.post(&task).await;
        assert_eq!((status, receiver.heard().len()), (200, 1), "{answer}");
        hooks.sweep_to_rest().await;
        let [_, heard] = receiver.heard().try_into().expect("two messages");
        let message = heard.json();
        let mut data = answer["data"].clone();
        data["state"] = state.into();
        assert_eq!((message["type"].as_str(), &message["data"]), (Some(event), &data));
        assert_eq!(heard.header("webhook-id"), format!("{}.{event}", data["upload_id"].as_str().unwrap()));
        assert!(verifies(NEW_SECRET, &heard));
        assert_eq!(hooks.told(), [json!({"code": "200"}), json!({"code": "200", "event": event})]);
        hooks.rig.published("film", &bytes(1, 300_000));
    }
}

#[tokio::test]
async fn a_rules_callback_is_told_of_what_the_events_bring() {
    let receiver = Receiver::answering(&[]).await;
    let rules = format!(
        r#"[{{bucket="videos",account="main",public_type="all",sidecar="off",callback="{}"}}]"#,
        url(receiver.port)
    );
    let hooks = Hooks::start(receiver.port, &rules).await;
    hooks.put("film.mp4").await;
    let delivery = hooks.rig.delivery().await;
    let [heard] = receiver.heard().try_into().expect("one callback");
    assert_eq!(&heard.json(), delivery.result());
    assert_eq!(heard.json()["code"], "200");
    hooks.keeps_the_token(delivery.result());
}

#[tokio::test]
async fn what_the_settings_do_not_allow_is_refused_before_anything_is_done() {
    let receiver = Receiver::answering(&[]).await;
    let ports = format!("[{}]", receiver.port);
    let env = [("OSS2YOUKU_CALLBACK__ALLOW_HTTP", "true"), ("OSS2YOUKU_CALLBACK__PORTS", ports.as_str())];
    let hooks = Hooks::start_with(&env, NO_RULES).await;
    hooks.put("film.mp4").await;
    let legacy = json!({"conf": {"keyname": "k", "callbackurl": url(receiver.port)}});
    for (task, field) in
        [(modern("film.mp4", receiver.port, &[]), "callback.url"), (legacy, "conf.callbackurl")]
    {
        let (status, answer) = hooks.post(&task).await;
        assert_eq!((status, answer["error"].as_str()), (400, Some("invalid_job")), "{answer}");
        let text = answer["msg"].as_str().unwrap();
        assert!(text.contains(field) && !text.contains("127.0.0.1") && !text.contains("loopback"), "{text}");
        hooks.keeps_the_token(&answer);
    }
    assert!(receiver.heard().is_empty() && hooks.rig.clouds.youku.videos().is_empty());
}
