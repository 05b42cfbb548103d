//! The promise in the rare case: whose video it is, which bytes, never twice. Real processes, told of one object by several at once,
//! between clouds that answer as they seldom do.
//!
//! Judged is what Youku holds, and that no answer contradicts it.

mod cancels;
mod clock;
mod commits;
mod growing;
mod marks;
mod never_lost;
mod odd_answers;
mod own_keys;
mod private;
mod same_content;
mod stated_md5;
mod twins;
mod versioned_ledger;

use crate::function::{Rig, record};
use bytes::Bytes;
use futures_util::future::join_all;
use local_clouds::{
    control::{Control, RuleId},
    fc::{FunctionConfig, HttpAuth, InvokeResult},
    youku::SessionState,
};
use reqwest::header::ACCEPT;
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::timeout;

/// Long enough for whatever a test waits for on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Events that nobody fires: the tests tell the function themselves.
const UNTRIGGERED: Option<&[&str]> = Some(&["oss:ObjectModified:*"]);
/// The HTTP API takes every caller in; what is in progress is acknowledged, and a sweep looks at objects at once.
const OPEN: [(&str, &str); 3] = [
    ("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true"),
    ("OSS2YOUKU_SWEEP__ENABLED", "true"),
    ("OSS2YOUKU_SWEEP__GRACE_SECONDS", "0"),
];

/// Each call gets a process of its own, and tasks come in over HTTP.
fn process_per_call(function: &mut FunctionConfig) {
    function.http_trigger = Some(HttpAuth::Anonymous);
    (function.instance_concurrency, function.max_instances) = (1, 16);
}

/// What a call of the function came to: about one object.
#[derive(Debug, Clone)]
struct Answer(Value);

impl Answer {
    fn result(&self) -> &Value {
        if self.0["results"].is_array() { &self.0["results"][0] } else { &self.0 }
    }

    /// The stable code of what kept it from publishing, acknowledged or not.
    fn error(&self) -> Option<&str> {
        self.0["errorType"].as_str().or(self.result()["error"].as_str())
    }

    /// Whether the platform delivers the event again.
    fn comes_again(&self) -> bool {
        self.0["errorType"].is_string()
    }

    fn skipped(&self) -> Option<&str> {
        self.result()["skipped"].as_str()
    }

    /// The video that it says is published.
    fn video(&self) -> Option<&str> {
        let result = self.result();
        result["data"]["videoid"].as_str().filter(|_| result["code"] == "200")
    }

    /// Somebody else works on it, or does since.
    fn leaves_it_to_another(&self) -> bool {
        matches!(self.error(), Some("in_progress" | "superseded"))
    }

    fn says(&self, word: &str) -> bool {
        self.0.to_string().contains(word)
    }
}

impl From<InvokeResult> for Answer {
    fn from(result: InvokeResult) -> Self {
        Self(serde_json::from_slice(&result.body).unwrap_or_default())
    }
}

/// Tells the function of an object that was put.
async fn tell(rig: &Rig, key: &str, bytes: &Bytes) -> Answer {
    tell_of(rig, "ObjectCreated:PutObject", key, bytes).await
}

async fn tell_of(rig: &Rig, event: &str, key: &str, bytes: &Bytes) -> Answer {
    rig.clouds.fc.invoke(&rig.clouds.function, record(event, key, bytes.len())).await.into()
}

/// The same event so many times at once, each a little later than the one before.
async fn tell_at_once(rig: &Rig, key: &str, bytes: &Bytes, times: u64, seed: u64) -> Vec<Answer> {
    let deliveries = (0..times).map(async |number| {
        stagger(seed.wrapping_mul(31) + number).await;
        tell(rig, key, bytes).await
    });
    join_all(deliveries).await
}

/// Up to 20 ms that depend on the seed: the calls of a race do not always meet at the same place.
async fn stagger(seed: u64) {
    tokio::time::sleep(Duration::from_millis(random(seed) % 20)).await;
}

/// Asks for an upload over HTTP; the outcome.
async fn task(rig: &Rig, task: &Value) -> Answer {
    let url = format!("{}/uploads", rig.clouds.endpoints.http_trigger);
    let request = app::http_client().unwrap().post(url).header(ACCEPT, "*/*").body(task.to_string());
    let text = request.send().await.unwrap().text().await.unwrap();
    Answer(serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}")))
}

/// A task that names an object and says nothing about it.
fn naming(key: &str) -> Value {
    json!({"source": format!("oss://videos/{key}")})
}

/// How many sessions of each file name were committed.
fn committed(rig: &Rig) -> BTreeMap<String, usize> {
    let mut committed = BTreeMap::new();
    for session in rig.clouds.youku.sessions() {
        if session.state == SessionState::Committed {
            *committed.entry(session.title).or_default() += 1;
        }
    }
    committed
}

/// Videos of that title.
fn videos(rig: &Rig, title: &str) -> usize {
    rig.clouds.youku.videos().iter().filter(|video| video.title == title).count()
}

/// Waits until the rule has acted once.
async fn reached(control: &Control, id: RuleId) {
    let fired = timeout(PATIENCE, control.faults.wait_fired(id, 1)).await;
    assert_eq!(fired, Ok(true), "the place was never reached: {:?}", control.faults.state(id));
}

/// Stores tell whole seconds: what is put now is older than what comes afterwards.
async fn next_second() {
    tokio::time::sleep(Duration::from_millis(1100)).await;
}

/// The first number of a seed (SplitMix64).
fn random(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
