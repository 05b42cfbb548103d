//! The function's HTTP door behind the local platform's HTTP trigger, as a caller with the token that `dev` tells sees it.

use crate::demo::{Dev, bucket, videos};
use bytes::Bytes;
use object_storage::PutOptions;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use serde_json::{Value, json};

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

    /// Puts an object whose own event uploads nothing, since its sidecar is not one: what is published came through the door.
    async fn put(&self, key: &str, bytes: &Bytes) {
        let bucket = bucket(&self.dev.places["oss"]);
        bucket.put(&format!("{key}.youku.json"), "no metadata", &PutOptions::default()).await.unwrap();
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
        assert_eq!((status, outcome["error"].as_str()), (401, Some("unauthorised")), "{body}");
    }
    assert_eq!(videos(&door.dev.places).await, json!([]));
}
