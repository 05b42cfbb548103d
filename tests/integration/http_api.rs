//! The function's HTTP API behind the local platform's HTTP trigger, as a caller with the token that `dev` prints sees it.

use crate::support::{
    MIB, Setup, TestEnv,
    dev::{DevProcess, bucket, videos},
    sample_bytes, serve_http, within,
};
use bytes::Bytes;
use local_clouds::{
    control::LinkSettings,
    fc::{FunctionConfig, TimerConfig},
};
use object_storage::PutOptions;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use serde_json::{Value, json};
use std::{collections::BTreeSet, num::NonZeroU64, time::Duration};

const NDJSON: &str = "application/x-ndjson";

/// A running `dev` and its HTTP API.
struct HttpApi {
    dev: DevProcess,
    token: String,
}

impl HttpApi {
    fn start() -> Self {
        let dev = DevProcess::start(&[]);
        let token = dev.places["function"]["token"].as_str().unwrap().to_owned();
        Self { dev, token }
    }

    /// Puts an object whose own event uploads nothing, because its sidecar has a title that Youku refuses: what is published came
    /// through the HTTP API, with the task's title.
    async fn put(&self, key: &str, bytes: &Bytes) {
        let bucket = bucket(&self.dev.places["oss"]);
        let sidecar = json!({"title": "too long ".repeat(20)}).to_string();
        bucket.put(&format!("{key}.youku.json"), sidecar, &PutOptions::default()).await.unwrap();
        bucket.put(key, bytes.clone(), &PutOptions::default()).await.unwrap();
    }

    /// Posts a task; returns the status and the body.
    async fn post(&self, token: Option<&str>, accept: &str, task: &Value) -> (u16, String) {
        let url = format!("{}/uploads", self.dev.places["function"]["http_url"].as_str().unwrap());
        let mut request = app::http_client().unwrap().post(url).header(ACCEPT, accept).body(task.to_string());
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn task(&self, task: &Value) -> (u16, Value) {
        let (status, body) = self.post(Some(&self.token), "*/*", task).await;
        (status, serde_json::from_str(&body).unwrap())
    }

    /// Asserts that the outcome is a success, and that the one video of that title is its video and has these bytes.
    async fn assert_published(&self, outcome: &Value, title: &str, bytes: &Bytes) {
        assert_eq!(
            (outcome["code"].as_str(), outcome["msg"].as_str()),
            (Some("200"), Some("upload success"))
        );
        let videos = videos(&self.dev.places).await;
        let videos = videos.as_array().unwrap().iter().filter(|video| video["title"] == title);
        let ids: Vec<_> = videos.map(|video| video["id"].clone()).collect();
        assert_eq!(ids, [outcome["data"]["videoid"].clone()], "{outcome}");
        let api = self.dev.places["youku"]["api"].as_str().unwrap();
        let url = format!("{api}/_sandbox/videos/{}/content", ids[0].as_str().unwrap());
        let content = app::http_client().unwrap().get(url).send().await.unwrap().bytes().await.unwrap();
        assert!(content == *bytes, "{} bytes of {}", content.len(), bytes.len());
    }
}

/// A modern task publishes its object and reports progress until its outcome.
#[tokio::test]
async fn a_modern_task_publishes_and_reports_progress() {
    let (api, bytes) = (HttpApi::start(), sample_bytes(1, 9_000_001));
    api.put("片/clip.mp4", &bytes).await;
    let task =
        json!({"source": "oss://videos/片/clip.mp4", "video": {"title": "By task", "public_type": "all"}});
    let (status, body) = api.post(Some(&api.token), NDJSON, &task).await;
    assert_eq!(status, 200, "{body}");
    let lines: Vec<Value> = body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (outcome, before) = lines.split_last().unwrap();
    assert!(!before.is_empty() && before.iter().all(|line| line["event"] == "progress"), "{body}");
    assert_eq!(outcome["event"], "outcome");
    api.assert_published(outcome, "By task", &bytes).await;
}

#[tokio::test]
async fn a_legacy_task_publishes_its_object() {
    let (api, bytes) = (HttpApi::start(), sample_bytes(2, 300_000));
    api.put("user/dee/deep/clip.mp4", &bytes).await;
    let youku = &api.dev.places["youku"];
    let task = json!({
        "conf": {"clientid": youku["client_id"], "ak": youku["access_token"], "keyname": "deep/clip"},
        "youku": {"title": "By legacy task", "tags": "one,two", "public_type": "all"},
    });
    let (status, outcome) = api.task(&task).await;
    assert_eq!((status, outcome["data"]["key"].as_str()), (200, Some("deep/clip")), "{outcome}");
    api.assert_published(&outcome, "By legacy task", &bytes).await;

    let mut retitled = task.clone();
    retitled["youku"]["title"] = "Another title".into();
    let (status, mut same) = api.task(&retitled).await;
    let warning = same["data"].as_object_mut().unwrap().remove("warning").unwrap_or_default();
    assert_eq!((status, &same), (200, &outcome), "the same object is the same video");
    assert!(warning.as_str().is_some_and(|text| text.contains("not used: title;")), "{warning}");
    retitled["conf"]["again"] = 2.into();
    let (_, other) = api.task(&retitled).await;
    api.assert_published(&other, "Another title", &bytes).await;
    api.assert_published(&outcome, "By legacy task", &bytes).await;
}

#[tokio::test]
async fn missing_objects_are_404_and_missing_tokens_401() {
    let api = HttpApi::start();
    let task = json!({"source": "oss://videos/missing.mp4"});
    let (status, outcome) = api.task(&task).await;
    assert_eq!((status, outcome["error"].as_str()), (404, Some("source_missing")), "{outcome}");
    for token in [None, Some("wrong"), Some("")] {
        let (status, body) = api.post(token, "*/*", &task).await;
        let outcome: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, outcome["error"].as_str()), (401, Some("unauthorized")), "{body}");
    }
    assert_eq!(videos(&api.dev.places).await, json!([]));
}

const TRUST: (&str, &str) = ("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true");

/// The function behind an HTTP trigger; events upload nothing.
async fn start_env(variables: &[(&str, &str)], host: fn(&mut FunctionConfig)) -> TestEnv {
    TestEnv::start(Setup { variables, rules: "[]", host, ..Setup::default() }).await
}

/// Adds a sweep every second.
fn swept(function: &mut FunctionConfig) {
    serve_http(function);
    let interval = Duration::from_secs(1);
    function.timer = Some(TimerConfig { interval, name: "sweep".into(), payload: String::new() });
}

fn swept_and_one_call_at_a_time(function: &mut FunctionConfig) {
    swept(function);
    function.instance_concurrency = 1;
}

/// Asks for an upload over a slow link, leaves when bytes move, and waits until a sweep has finished it. Returns its steps, and
/// whether an instance was ended.
async fn a_caller_leaves(env: &TestEnv) -> (Value, bool) {
    let bytes = sample_bytes(3, 24 * MIB);
    env.put("clip.mp4", &bytes).await;
    let rate = NonZeroU64::new(4 << 20);
    let link = env.clouds.youku.bucket_control().link;
    link.set(LinkSettings { bytes_per_second: rate, ..LinkSettings::default() });
    let mut timers = env.clouds.fc.outcomes();
    let task = json!({"source": "oss://videos/clip.mp4", "video": {"title": "Left", "public_type": "all"}});
    let mut answer = env.send_http("/uploads", Some(&task), &[(ACCEPT, NDJSON)]).await;
    loop {
        let chunk = answer.chunk().await.unwrap().expect("no outcome yet");
        let line = String::from_utf8(chunk.to_vec()).unwrap();
        let report: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
        assert!(report["event"] == "progress" && report["total"].as_u64().unwrap() <= bytes.len() as u64);
        if report["state"] == "moving" && report["read"].as_u64().unwrap() >= MIB as u64 {
            break;
        }
    }
    let (_, open) = env.ask_http("/uploads?state=open", None).await;
    let id = open["uploads"][0]["upload_id"].as_str().expect("the one upload is open").to_owned();
    assert_eq!(env.ask_http("/uploads", Some(&task)).await.0, 409, "it is in progress");
    let pids = || env.clouds.fc.instances(&env.clouds.function).into_iter().map(|instance| instance.pid);
    let before: BTreeSet<_> = pids().collect();
    // The link stays slow: else the call might end before its caller's leaving is noticed, and nothing would be left to a sweep.
    drop(answer);
    let sweeping = async {
        loop {
            let swept = timers.recv().await.unwrap();
            let body: Value = serde_json::from_slice(&swept.result.body).unwrap_or_default();
            // The object's own event was skipped. A lease of three seconds may die on a busy machine (503); the next sweep goes on.
            match body["results"][0]["code"].as_str() {
                Some("200") => return body["results"][0].clone(),
                code => assert!(matches!(code, None | Some("503")), "{body}"),
            }
        }
    };
    let outcome = within("a sweep finishes it", sweeping).await;
    assert_eq!(outcome["data"]["upload_id"], json!(id), "{outcome}");
    let video = env.assert_published("Left", &bytes);
    let (_, upload) = env.ask_http(&format!("/uploads/{id}"), None).await;
    assert_eq!(
        (&upload["state"], &upload["outcome"]["data"]["videoid"]),
        (&json!("committed"), &json!(video.id))
    );
    let (_, ended) = env.ask_http("/uploads", None).await;
    assert_eq!((&ended["uploads"][0]["upload_id"], &ended["next"]), (&json!(id), &json!(null)), "{ended}");
    (upload["steps"].clone(), !before.is_subset(&pids().collect()))
}

/// A caller that leaves ends the run, and a sweep finishes the upload.
#[tokio::test]
async fn a_sweep_finishes_the_upload_of_a_caller_that_left() {
    let variables = [TRUST, ("OSS2YOUKU_LEDGER__LEASE_SECONDS", "3"), ("OSS2YOUKU_SWEEP__ENABLED", "true")];
    // An instance that takes one call at a time ends with the caller.
    for (host, goes) in [(swept as fn(&mut FunctionConfig), false), (swept_and_one_call_at_a_time, true)] {
        let env = start_env(&variables, host).await;
        let (steps, gone) = a_caller_leaves(&env).await;
        assert_eq!(gone, goes);
        let epochs: BTreeSet<_> =
            steps.as_array().unwrap().iter().map(|step| step["epoch"].as_u64()).collect();
        assert!(epochs.is_superset(&BTreeSet::from([Some(1), Some(2)])), "{steps}");
        env.clouds.shutdown().await;
    }
}

/// Where the settings have neither tokens nor a trusted gateway, every caller is refused, and the log says why.
#[tokio::test]
async fn without_tokens_or_trust_nobody_gets_in() {
    let env = start_env(&[], serve_http).await;
    for (at, task) in [("/uploads", Some(json!({}))), ("/uploads", None), ("/elsewhere", None)] {
        let (status, outcome) = env.ask_http(at, task.as_ref()).await;
        assert_eq!((status, &outcome["error"]), (401, &json!("unauthorized")), "{at}");
        assert!(!outcome.to_string().contains("trust"), "the reason is the operator's matter: {outcome}");
    }
    assert_eq!(env.ask_http("/healthz", None).await, (200, json!({"status": "ok"})));
    let log = env.log();
    assert!(log.contains("neither http.tokens nor http.trust_gateway is set"), "{log}");
}

#[tokio::test]
async fn log_lines_name_the_request_and_the_upload() {
    let env = start_env(&[TRUST], serve_http).await;
    env.put("clip.mp4", &sample_bytes(4, 100_000)).await;
    let task = json!({"source": "oss://videos/clip.mp4", "video": {"public_type": "all"}});
    let answer = env.send_http("/uploads", Some(&task), &[(ACCEPT, "*/*")]).await;
    let request = answer.headers()["x-fc-request-id"].to_str().unwrap().to_owned();
    let outcome: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let log = env.log();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let published = lines.into_iter().find(|line| line["message"] == "published").expect("it is logged");
    let spans = published["spans"].as_array().unwrap();
    assert!(spans.iter().any(|span| span["request_id"] == request), "{published}");
    assert!(spans.iter().any(|span| span["upload_id"] == outcome["data"]["upload_id"]), "{published}");
}

/// An upload whose caller's token is gone waits; another token makes another upload.
#[tokio::test]
async fn an_upload_with_an_expired_caller_token_waits() {
    let own = ("OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID", "another-application");
    let variables =
        [TRUST, own, ("OSS2YOUKU_LEGACY__BUCKET", "videos"), ("OSS2YOUKU_LEGACY__ACCOUNTS", "any")];
    let env = start_env(&variables, serve_http).await;
    let bytes = sample_bytes(5, 100_000);
    env.put("user/dee/clip.mp4", &bytes).await;
    let account = env.clouds.endpoints.youku_accounts[0].clone();
    let task = |token: &str| {
        let conf = json!({"clientid": account.client_id, "ak": token, "keyname": "clip"});
        json!({"conf": conf, "youku": {"title": "Brought", "public_type": "all"}})
    };
    let mut ids = BTreeSet::new();
    for _ in 0..2 {
        let (status, outcome) = env.ask_http("/uploads", Some(&task("gone"))).await;
        assert_eq!((status, &outcome["error"]), (502, &json!("youku_unauthorized")), "{outcome}");
        ids.insert(outcome["data"]["upload_id"].as_str().unwrap().to_owned());
    }
    let waits = ids.pop_first().unwrap();
    assert!(ids.is_empty(), "the same caller's upload is the same");
    let (_, upload) = env.ask_http(&format!("/uploads/{waits}"), None).await;
    assert_eq!(
        (&upload["state"], &upload["waiting"]["reason"]),
        (&json!("waiting"), &json!("caller_token_gone"))
    );
    let (status, outcome) = env.ask_http("/uploads", Some(&task(&account.access_token))).await;
    assert_eq!((status, outcome["data"]["key"].as_str()), (200, Some("clip")), "{outcome}");
    assert_ne!(outcome["data"]["upload_id"], waits.as_str(), "the account's name holds a hash of the token");
    env.assert_published("Brought", &bytes);
    let (_, open) = env.ask_http("/uploads?state=open", None).await;
    assert_eq!(open["uploads"][0]["upload_id"], waits.as_str());
    let (shown, log) = (format!("{open}{upload}{outcome}"), env.log());
    assert!(!shown.contains(&account.access_token) && !log.contains(&account.access_token), "{log}");
}
