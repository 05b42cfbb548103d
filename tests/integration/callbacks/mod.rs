//! Callbacks of the function as the platform runs it, to a real receiver: what is sent, how often, and what the ledger records of it.

mod pending;
mod traces;
mod undelivered;

use crate::support::{
    Setup, TestEnv, add_fault,
    callback_receiver::{Receiver, RecordedRequest, Reply},
    command_line::run_with,
    sample_bytes, serve_http,
};
use local_clouds::youku::Switches;
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
/// The secret part of a callback URL.
const TOKEN: &str = "s3cret-of-the-url";
const NO_RULES: &str = "[]";

/// The clouds, the function in them, and its ledger in a folder.
struct CallbackEnv {
    env: TestEnv,
    ledger: TempDir,
}

impl CallbackEnv {
    /// A function that may call 127.0.0.1 at this port, and whose sweep retries callbacks after a second.
    async fn start(port: u16, rules: &str) -> Self {
        let allowed = r#"[{host="127.0.0.1",network="127.0.0.0/8"}]"#;
        let (ports, secrets) = (format!("[{port}]"), format!(r#"["{NEW_SECRET}","{OLD_SECRET}"]"#));
        let variables = [
            ("OSS2YOUKU_CALLBACK__ALLOW_HTTP", "true"),
            ("OSS2YOUKU_CALLBACK__ALLOWED", allowed),
            ("OSS2YOUKU_CALLBACK__PORTS", &ports),
            ("OSS2YOUKU_CALLBACK__SECRETS", &secrets),
            ("OSS2YOUKU_CALLBACK__PAUSE_SECONDS", "1"),
        ];
        Self::start_with(&variables, rules).await
    }

    async fn start_with(variables: &[(&str, &str)], rules: &str) -> Self {
        let ledger = tempfile::tempdir().unwrap();
        let usual = [
            ("OSS2YOUKU_LEDGER__LOCATION", ledger.path().to_str().unwrap()),
            ("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true"),
            ("OSS2YOUKU_LEGACY__BUCKET", "videos"),
            ("OSS2YOUKU_LOG__LEVEL", "debug"),
            // A proxy would lead past the guard, so that none is used. Nothing listens there.
            ("HTTP_PROXY", "http://127.0.0.1:9"),
            ("http_proxy", "http://127.0.0.1:9"),
        ];
        let variables: Vec<_> = usual.iter().chain(variables).copied().collect();
        let env =
            TestEnv::start(Setup { variables: &variables, rules, host: serve_http, ..Setup::default() })
                .await;
        Self { env, ledger }
    }

    async fn put(&self, key: &str) {
        self.env.put(key, &sample_bytes(1, 300_000)).await;
        self.env.clouds.wait_settled().await;
    }

    /// Posts a task to the function's HTTP API; returns the status and the outcome.
    async fn post(&self, task: &Value) -> (u16, Value) {
        self.env.ask_http("/uploads", Some(task)).await
    }

    /// Calls the function as its timer does until the condition holds.
    async fn sweep_until(&self, mut so: impl FnMut() -> bool) {
        let end = Instant::now() + Duration::from_secs(60);
        while !so() {
            assert!(Instant::now() < end, "the sweep does not get there: {}", self.env.log());
            self.env.call_with_timer().await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Sweeps until nothing is open.
    async fn sweep_until_settled(&self) {
        self.sweep_until(|| files(&self.ledger.path().join("open")).is_empty()).await;
    }

    /// The ledger's `notified` steps, in their order.
    fn notified_steps(&self) -> Vec<Value> {
        let files = files(&self.ledger.path().join("ledger")).into_iter();
        let steps = files.map(|text| serde_json::from_str::<Value>(&text).unwrap()["step"].take());
        steps.filter_map(|mut step| Some(step.get_mut("notified")?.take())).collect()
    }

    /// Asserts that the URL's token shows nowhere but in the request.
    fn assert_token_kept(&self, answer: &Value) {
        let log = self.env.log();
        assert!(log.contains("callback"), "{log}");
        for shown in [log, answer.to_string(), files(self.ledger.path()).concat()] {
            assert!(!shown.contains(TOKEN), "{shown}");
        }
    }
}

/// The content of every file below, in the order of their names.
fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: std::path::PathBuf| match path.is_dir() {
        true => files(&path),
        // A temporary file may vanish.
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
fn verifies(secret: &str, request: &RecordedRequest) -> bool {
    Webhook::new(secret).unwrap().verify(&request.body, &request.headers).is_ok()
}

fn ids(request: &[RecordedRequest]) -> Vec<&str> {
    request.iter().map(|request| request.header("webhook-id")).collect()
}

/// The callback of a legacy task carries what the HTTP API answers, signed with both secrets.
#[tokio::test]
async fn a_legacy_callback_carries_the_outcome_and_signatures() {
    let receiver = Receiver::start(&[]).await;
    let hooks = CallbackEnv::start(receiver.port, NO_RULES).await;
    hooks.put("user/dee/deep/片.mp4").await;
    let task =
        json!({"conf": {"keyname": "deep/片", "callbackurl": url(receiver.port)}, "youku": {"title": "T"}});
    let (status, answer) = hooks.post(&task).await;
    assert_eq!((status, answer["data"]["key"].as_str()), (200, Some("deep/片")), "{answer}");
    assert_eq!(hooks.post(&task).await, (200, answer.clone()), "and again, without another callback");
    let [request] = receiver.requests().try_into().expect("one callback");
    assert_eq!(request.json(), answer);
    assert_eq!((request.method.as_str(), request.uri.to_string()), ("POST", format!("/done?token={TOKEN}")));
    assert_eq!(request.header("content-type"), "application/json");
    let upload = answer["data"]["upload_id"].as_str().unwrap();
    assert_eq!(request.header("webhook-id"), format!("{upload}.outcome"));
    assert!(
        verifies(NEW_SECRET, &request) && verifies(OLD_SECRET, &request) && !verifies(OTHER_SECRET, &request)
    );
    assert_eq!(hooks.notified_steps(), [json!({"code": "200"})]);
    hooks.sweep_until_settled().await;
    assert_eq!(receiver.requests().len(), 1);
    hooks.assert_token_kept(&answer);
}

/// A receiver that is down delays no outcome; a sweep delivers the callback once it is up.
#[tokio::test]
async fn a_sweep_delivers_to_a_receiver_that_was_down() {
    let receiver = Receiver::start(&[]).await;
    let port = receiver.port;
    drop(receiver);
    let hooks = CallbackEnv::start(port, NO_RULES).await;
    hooks.put("film.mp4").await;
    let begun = Instant::now();
    let (status, answer) = hooks.post(&modern("film.mp4", port, &[])).await;
    assert_eq!(status, 200, "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(hooks.notified_steps(), Vec::<Value>::new());
    let receiver = Receiver::start_at(port, &[]).await;
    hooks.sweep_until_settled().await;
    let [request] = receiver.requests().try_into().expect("one callback");
    assert_eq!(request.json(), answer);
    assert_eq!(hooks.notified_steps(), [json!({"code": "200"})]);
    hooks.assert_token_kept(&answer);
}

/// The callback of an upload whose account is no longer in the settings is delivered.
#[tokio::test]
async fn a_removed_accounts_callback_is_still_delivered() {
    let receiver = Receiver::start(&[]).await;
    let port = receiver.port;
    drop(receiver);
    let hooks = CallbackEnv::start(port, NO_RULES).await;
    hooks.put("film.mp4").await;
    let (status, answer) = hooks.post(&modern("film.mp4", port, &[])).await;
    assert_eq!(status, 200, "{answer}");
    let receiver = Receiver::start_at(port, &[]).await;
    let renamed = hooks
        .env
        .variables
        .iter()
        .map(|(name, value)| (name.replace("ACCOUNTS__MAIN", "ACCOUNTS__OTHER"), value.clone()));
    let variables: Vec<_> = renamed.collect();
    let end = Instant::now() + Duration::from_secs(60);
    while receiver.requests().is_empty() {
        assert!(Instant::now() < end, "no callback was sent");
        let output = run_with(variables.clone(), &["sweep", "--json"]).await;
        assert_eq!(output.code, Some(0), "{output:?}");
    }
    let [request] = receiver.requests().try_into().expect("one callback");
    assert_eq!(request.json(), answer);
    assert!(files(&hooks.ledger.path().join("open")).is_empty());
}

#[tokio::test]
async fn only_a_2xx_is_success_and_no_redirect_is_followed() {
    let answers = [
        Reply::Status(500, None),
        Reply::Status(302, Some(("location", "/elsewhere"))),
        Reply::Status(404, None),
        Reply::Status(429, Some(("retry-after", "2"))),
        Reply::Status(204, None),
    ];
    let receiver = Receiver::start(&answers).await;
    let hooks = CallbackEnv::start(receiver.port, NO_RULES).await;
    hooks.put("film.mp4").await;
    let (status, answer) = hooks.post(&modern("film.mp4", receiver.port, &[])).await;
    assert_eq!((status, receiver.requests().len()), (200, 3), "{answer}");
    hooks.sweep_until_settled().await;
    let request = receiver.requests();
    assert_eq!(request.len(), answers.len());
    assert!(request.iter().all(|request| request.uri.path() == "/done" && request.json() == answer));
    assert!(ids(&request).windows(2).all(|pair| pair[0] == pair[1]));
    assert!(verifies(NEW_SECRET, &request[4]), "each attempt has a signature of its own time");
    assert_eq!(hooks.notified_steps(), [json!({"code": "204"})]);
}

#[tokio::test]
async fn a_receiver_that_answers_410_ends_the_callbacks() {
    let receiver = Receiver::start(&[Reply::Status(410, None)]).await;
    let hooks = CallbackEnv::start(receiver.port, NO_RULES).await;
    hooks.put("film.mp4").await;
    let (status, _) = hooks.post(&modern("film.mp4", receiver.port, &["video.ready"])).await;
    assert_eq!(status, 200);
    hooks.sweep_until_settled().await;
    assert_eq!((receiver.requests().len(), hooks.notified_steps()), (1, vec![json!({"code": "410"})]));
}

#[tokio::test]
async fn a_silent_receiver_delays_the_outcome_for_seconds_only() {
    let receiver = Receiver::start(&[Reply::Silence]).await;
    let hooks = CallbackEnv::start(receiver.port, NO_RULES).await;
    hooks.put("film.mp4").await;
    let begun = Instant::now();
    let (status, answer) = hooks.post(&modern("film.mp4", receiver.port, &[])).await;
    assert_eq!((status, receiver.requests().len()), (200, 1));
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    hooks.sweep_until_settled().await;
    let request = receiver.requests();
    assert_eq!((request.len(), request[1].json()), (2, answer));
}

#[tokio::test]
async fn a_permanent_failure_is_delivered() {
    let receiver = Receiver::start(&[]).await;
    let hooks = CallbackEnv::start(receiver.port, NO_RULES).await;
    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&hooks.env.clouds.youku.control(), json!({"operation": "create", "fault": refusal}));
    hooks.put("film.mp4").await;
    let (status, failed) = hooks.post(&modern("film.mp4", receiver.port, &["video.ready"])).await;
    assert_eq!((status, failed["error"].as_str()), (502, Some("youku_failed")), "{failed}");
    let (status, missing) = hooks.post(&modern("missing.mp4", receiver.port, &[])).await;
    assert_eq!(status, 404, "{missing}");
    let request = receiver.requests();
    assert_eq!(request.iter().map(RecordedRequest::json).collect::<Vec<_>>(), [failed, missing]);
    assert!(request.iter().all(|request| verifies(NEW_SECRET, request)));
    assert_eq!(hooks.notified_steps(), [json!({"code": "200"})], "what never began is not in the ledger");
    hooks.sweep_until_settled().await;
    assert_eq!(receiver.requests().len(), 2);
}

#[tokio::test]
async fn the_videos_later_state_is_delivered() {
    for (state, event) in [("normal", "video.ready"), ("limited", "video.ready"), ("fail", "video.rejected")]
    {
        let receiver = Receiver::start(&[]).await;
        let hooks = CallbackEnv::start(receiver.port, NO_RULES).await;
        let switches = Switches { encoding_shows: 1, final_state: state.into(), ..Switches::default() };
        hooks.env.clouds.youku.set_switches(switches);
        hooks.put("film.mp4").await;
        let task = modern("film.mp4", receiver.port, &["video.ready", "video.rejected"]);
        let (status, answer) = hooks.post(&task).await;
        assert_eq!((status, receiver.requests().len()), (200, 1), "{answer}");
        hooks.sweep_until_settled().await;
        let [_, request] = receiver.requests().try_into().expect("two messages");
        let message = request.json();
        let mut data = answer["data"].clone();
        data["state"] = state.into();
        assert_eq!((message["type"].as_str(), &message["data"]), (Some(event), &data));
        assert_eq!(request.header("webhook-id"), format!("{}.{event}", data["upload_id"].as_str().unwrap()));
        assert!(verifies(NEW_SECRET, &request));
        assert_eq!(hooks.notified_steps(), [json!({"code": "200"}), json!({"code": "200", "event": event})]);
        hooks.env.assert_published("film", &sample_bytes(1, 300_000));
    }
}

#[tokio::test]
async fn a_rules_callback_gets_the_outcome_of_events() {
    let receiver = Receiver::start(&[]).await;
    let rules = format!(
        r#"[{{bucket="videos",account="main",public_type="all",sidecar="off",callback="{}"}}]"#,
        url(receiver.port)
    );
    let hooks = CallbackEnv::start(receiver.port, &rules).await;
    hooks.put("film.mp4").await;
    let delivery = hooks.env.wait_for_delivery().await;
    let [request] = receiver.requests().try_into().expect("one callback");
    assert_eq!(&request.json(), delivery.result());
    assert_eq!(request.json()["code"], "200");
    hooks.assert_token_kept(delivery.result());
}

/// A callback that the settings do not allow is refused before anything is done.
#[tokio::test]
async fn a_forbidden_callback_is_refused_before_the_upload() {
    let receiver = Receiver::start(&[]).await;
    let ports = format!("[{}]", receiver.port);
    let variables =
        [("OSS2YOUKU_CALLBACK__ALLOW_HTTP", "true"), ("OSS2YOUKU_CALLBACK__PORTS", ports.as_str())];
    let hooks = CallbackEnv::start_with(&variables, NO_RULES).await;
    hooks.put("film.mp4").await;
    let legacy = json!({"conf": {"keyname": "k", "callbackurl": url(receiver.port)}});
    for (task, field) in
        [(modern("film.mp4", receiver.port, &[]), "callback.url"), (legacy, "conf.callbackurl")]
    {
        let (status, answer) = hooks.post(&task).await;
        assert_eq!((status, answer["error"].as_str()), (400, Some("invalid_job")), "{answer}");
        let text = answer["msg"].as_str().unwrap();
        assert!(text.contains(field) && !text.contains("127.0.0.1") && !text.contains("loopback"), "{text}");
        hooks.assert_token_kept(&answer);
    }
    assert!(receiver.requests().is_empty() && hooks.env.clouds.youku.videos().is_empty());
}
