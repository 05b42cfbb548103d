//! The function's HTTP door behind the local platform's HTTP trigger, as a caller with the token that `dev` tells sees it.

use crate::{
    demo::{Dev, bucket, videos},
    function::{MIB, Rig, Setup},
};
use bytes::Bytes;
use local_clouds::{
    control::LinkSettings,
    fc::{FunctionConfig, HttpAuth, TimerConfig},
};
use object_storage::PutOptions;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use serde_json::{Value, json};
use std::{collections::BTreeSet, num::NonZeroU64, time::Duration};

const NDJSON: &str = "application/x-ndjson";

/// A running `dev` and its door.
struct Door {
    dev: Dev,
    token: String,
}

impl Door {
    fn open() -> Self {
        let dev = Dev::start(&[]);
        let token = dev.places["function"]["token"].as_str().unwrap().to_owned();
        Self { dev, token }
    }

    /// Puts an object whose own event uploads nothing, since its sidecar has a title that Youku does not take: what is published came
    /// through the door, with a title of the task's own.
    async fn put(&self, key: &str, bytes: &Bytes) {
        let bucket = bucket(&self.dev.places["oss"]);
        let sidecar = json!({"title": "too long ".repeat(20)}).to_string();
        bucket.put(&format!("{key}.youku.json"), sidecar, &PutOptions::default()).await.unwrap();
        bucket.put(key, bytes.clone(), &PutOptions::default()).await.unwrap();
    }

    /// Posts a task; the status and the body.
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

    /// The outcome is a success, and the one video of that title is its video and has these bytes.
    async fn published(&self, outcome: &Value, title: &str, bytes: &Bytes) {
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

#[tokio::test]
async fn a_modern_task_publishes_its_object_and_tells_progress_until_the_outcome() {
    let (door, bytes) = (Door::open(), crate::function::bytes(1, 9_000_001));
    door.put("片/clip.mp4", &bytes).await;
    let task =
        json!({"source": "oss://videos/片/clip.mp4", "video": {"title": "By task", "public_type": "all"}});
    let (status, body) = door.post(Some(&door.token), NDJSON, &task).await;
    assert_eq!(status, 200, "{body}");
    let lines: Vec<Value> = body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (outcome, before) = lines.split_last().unwrap();
    assert!(!before.is_empty() && before.iter().all(|line| line["event"] == "progress"), "{body}");
    assert_eq!(outcome["event"], "outcome");
    door.published(outcome, "By task", &bytes).await;
}

#[tokio::test]
async fn a_legacy_task_publishes_its_object() {
    let (door, bytes) = (Door::open(), crate::function::bytes(2, 300_000));
    door.put("user/dee/deep/clip.mp4", &bytes).await;
    let youku = &door.dev.places["youku"];
    let task = json!({
        "conf": {"clientid": youku["client_id"], "ak": youku["access_token"], "keyname": "deep/clip"},
        "youku": {"title": "By legacy task", "tags": "one,two", "public_type": "all"},
    });
    let (status, outcome) = door.task(&task).await;
    assert_eq!((status, outcome["data"]["key"].as_str()), (200, Some("deep/clip")), "{outcome}");
    door.published(&outcome, "By legacy task", &bytes).await;

    let mut retitled = task.clone();
    retitled["youku"]["title"] = "Another title".into();
    assert_eq!(door.task(&retitled).await, (200, outcome.clone()), "the same object is the same video");
    retitled["conf"]["again"] = 2.into();
    let (_, other) = door.task(&retitled).await;
    door.published(&other, "Another title", &bytes).await;
    door.published(&outcome, "By legacy task", &bytes).await;
}

#[tokio::test]
async fn a_missing_object_is_not_found_and_a_caller_without_the_token_not_let_in() {
    let door = Door::open();
    let task = json!({"source": "oss://videos/missing.mp4"});
    let (status, outcome) = door.task(&task).await;
    assert_eq!((status, outcome["error"].as_str()), (404, Some("source_missing")), "{outcome}");
    for token in [None, Some("wrong"), Some("")] {
        let (status, body) = door.post(token, "*/*", &task).await;
        let outcome: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, outcome["error"].as_str()), (401, Some("unauthorized")), "{body}");
    }
    assert_eq!(videos(&door.dev.places).await, json!([]));
}

const TRUST: (&str, &str) = ("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true");

/// The function behind an HTTP trigger; events upload nothing.
async fn rig(env: &[(&str, &str)], host: fn(&mut FunctionConfig)) -> Rig {
    Rig::start(Setup { env, rules: "[]", host, ..Setup::default() }).await
}

fn behind_http(function: &mut FunctionConfig) {
    function.http_trigger = Some(HttpAuth::Anonymous);
}

/// With a sweep every second.
fn swept(function: &mut FunctionConfig) {
    behind_http(function);
    let interval = Duration::from_secs(1);
    function.timer = Some(TimerConfig { interval, name: "sweep".into(), payload: String::new() });
}

fn swept_and_one_call_at_a_time(function: &mut FunctionConfig) {
    swept(function);
    function.instance_concurrency = 1;
}

async fn send(rig: &Rig, at: &str, task: Option<&Value>, accept: &str) -> reqwest::Response {
    let (client, url) = (app::http_client().unwrap(), format!("{}{at}", rig.clouds.endpoints.http_trigger));
    let request = match task {
        None => client.get(url),
        Some(task) => client.post(url).body(task.to_string()),
    };
    request.header(ACCEPT, accept).send().await.unwrap()
}

async fn told(rig: &Rig, at: &str, task: Option<&Value>) -> (u16, Value) {
    let answer = send(rig, at, task, "*/*").await;
    (answer.status().as_u16(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

/// Asks for an upload over a slow link, leaves when bytes move, and waits until a sweep has finished it. Answers its steps, and
/// whether an instance was ended.
async fn a_caller_leaves(rig: &Rig) -> (Value, bool) {
    let bytes = crate::function::bytes(3, 24 * MIB);
    rig.put("clip.mp4", &bytes).await;
    let rate = NonZeroU64::new(4 << 20);
    let link = rig.clouds.youku.bucket_control().link;
    link.set(LinkSettings { bytes_per_second: rate, ..LinkSettings::default() });
    let mut timers = rig.clouds.fc.outcomes();
    let task = json!({"source": "oss://videos/clip.mp4", "video": {"title": "Left", "public_type": "all"}});
    let mut answer = send(rig, "/uploads", Some(&task), NDJSON).await;
    loop {
        let chunk = answer.chunk().await.unwrap().expect("no outcome yet");
        let line = String::from_utf8(chunk.to_vec()).unwrap();
        let report: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
        assert!(report["event"] == "progress" && report["total"].as_u64().unwrap() <= bytes.len() as u64);
        if report["state"] == "moving" && report["read"].as_u64().unwrap() >= MIB as u64 {
            break;
        }
    }
    let (_, open) = told(rig, "/uploads?state=open", None).await;
    let id = open["uploads"][0]["upload_id"].as_str().expect("the one upload is open").to_owned();
    assert_eq!(told(rig, "/uploads", Some(&task)).await.0, 409, "it is in progress");
    let pids = || rig.clouds.fc.instances(&rig.clouds.function).into_iter().map(|instance| instance.pid);
    let before: BTreeSet<_> = pids().collect();
    drop(answer);
    link.set(LinkSettings::default());
    let outcome = loop {
        let swept = timers.recv().await.unwrap();
        let body: Value = serde_json::from_slice(&swept.result.body).unwrap_or_default();
        // The object's own event was skipped.
        if body["results"][0]["code"].is_string() {
            break body["results"][0].clone();
        }
    };
    assert_eq!((&outcome["code"], &outcome["data"]["upload_id"]), (&json!("200"), &json!(id)), "{outcome}");
    let video = rig.published("Left", &bytes);
    let (_, upload) = told(rig, &format!("/uploads/{id}"), None).await;
    assert_eq!(
        (&upload["state"], &upload["outcome"]["data"]["videoid"]),
        (&json!("committed"), &json!(video.id))
    );
    let (_, ended) = told(rig, "/uploads", None).await;
    assert_eq!((&ended["uploads"][0]["upload_id"], &ended["next"]), (&json!(id), &json!(null)), "{ended}");
    (upload["steps"].clone(), !before.is_subset(&pids().collect()))
}

#[tokio::test]
async fn a_caller_that_leaves_ends_the_run_and_the_sweep_finishes_the_upload() {
    let env = [TRUST, ("OSS2YOUKU_LEDGER__LEASE_SECONDS", "3"), ("OSS2YOUKU_SWEEP__ENABLED", "true")];
    // Where an instance takes one call at a time, it goes with the caller.
    for (host, goes) in [(swept as fn(&mut FunctionConfig), false), (swept_and_one_call_at_a_time, true)] {
        let rig = rig(&env, host).await;
        let (steps, gone) = a_caller_leaves(&rig).await;
        assert_eq!(gone, goes);
        let epochs: BTreeSet<_> =
            steps.as_array().unwrap().iter().map(|step| step["epoch"].as_u64()).collect();
        assert_eq!(epochs, BTreeSet::from([Some(1), Some(2)]), "{steps}");
        rig.clouds.shutdown().await;
    }
}

#[tokio::test]
async fn with_neither_tokens_nor_trust_nobody_comes_in_and_the_log_says_why() {
    let rig = rig(&[], behind_http).await;
    for (at, task) in [("/uploads", Some(json!({}))), ("/uploads", None), ("/elsewhere", None)] {
        let (status, outcome) = told(&rig, at, task.as_ref()).await;
        assert_eq!((status, &outcome["error"]), (401, &json!("unauthorized")), "{at}");
        assert!(!outcome.to_string().contains("trust"), "the reason is the operator's matter: {outcome}");
    }
    assert_eq!(told(&rig, "/healthz", None).await, (200, json!({"status": "ok"})));
    let log = rig.log();
    assert!(log.contains("neither http.tokens nor http.trust_gateway is set"), "{log}");
}

#[tokio::test]
async fn what_is_logged_of_an_upload_names_request_and_upload() {
    let rig = rig(&[TRUST], behind_http).await;
    rig.put("clip.mp4", &crate::function::bytes(4, 100_000)).await;
    let task = json!({"source": "oss://videos/clip.mp4", "video": {"public_type": "all"}});
    let answer = send(&rig, "/uploads", Some(&task), "*/*").await;
    let request = answer.headers()["x-fc-request-id"].to_str().unwrap().to_owned();
    let outcome: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let log = rig.log();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let published = lines.into_iter().find(|line| line["message"] == "published").expect("it is logged");
    let spans = published["spans"].as_array().unwrap();
    assert!(spans.iter().any(|span| span["request_id"] == request), "{published}");
    assert!(spans.iter().any(|span| span["upload_id"] == outcome["data"]["upload_id"]), "{published}");
}

#[tokio::test]
async fn an_upload_whose_brought_token_is_gone_waits_and_another_token_makes_another_upload() {
    let own = ("OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID", "another-application");
    let env = [TRUST, own, ("OSS2YOUKU_LEGACY__BUCKET", "videos"), ("OSS2YOUKU_LEGACY__ACCOUNTS", "any")];
    let rig = rig(&env, behind_http).await;
    let bytes = crate::function::bytes(5, 100_000);
    rig.put("user/dee/clip.mp4", &bytes).await;
    let account = rig.clouds.endpoints.youku_accounts[0].clone();
    let task = |token: &str| {
        let conf = json!({"clientid": account.client_id, "ak": token, "keyname": "clip"});
        json!({"conf": conf, "youku": {"title": "Brought", "public_type": "all"}})
    };
    let mut ids = BTreeSet::new();
    for _ in 0..2 {
        let (status, outcome) = told(&rig, "/uploads", Some(&task("gone"))).await;
        assert_eq!((status, &outcome["error"]), (502, &json!("youku_unauthorized")), "{outcome}");
        ids.insert(outcome["data"]["upload_id"].as_str().unwrap().to_owned());
    }
    let waits = ids.pop_first().unwrap();
    assert!(ids.is_empty(), "the same caller's upload is the same");
    let (_, upload) = told(&rig, &format!("/uploads/{waits}"), None).await;
    assert_eq!(
        (&upload["state"], &upload["waiting"]["reason"]),
        (&json!("waiting"), &json!("caller_token_gone"))
    );
    let (status, outcome) = told(&rig, "/uploads", Some(&task(&account.access_token))).await;
    assert_eq!((status, outcome["data"]["key"].as_str()), (200, Some("clip")), "{outcome}");
    assert_ne!(outcome["data"]["upload_id"], waits.as_str(), "the account's name holds a hash of the token");
    rig.published("Brought", &bytes);
    let (_, open) = told(&rig, "/uploads?state=open", None).await;
    assert_eq!(open["uploads"][0]["upload_id"], waits.as_str());
    let (shown, log) = (format!("{open}{upload}{outcome}"), rig.log());
    assert!(!shown.contains(&account.access_token) && !log.contains(&account.access_token), "{log}");
}
