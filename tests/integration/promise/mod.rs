//! The promise in rare cases: the right account, the right bytes, never twice. Real processes get one object's event several times at once,
//! between clouds that respond as they rarely do.
//!
//! The tests check what Youku has, and that no answer contradicts it.

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
mod single_put;
mod stated_md5;
mod twins;
mod versioned_ledger;
mod without_md5;

use crate::support::{Setup, TestEnv, oss_event, random, serve_http};
use bytes::Bytes;
use futures_util::future::join_all;
use local_clouds::{
    fc::{FunctionConfig, InvokeResult},
    youku::{SessionState, Switches},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};

/// Long enough for whatever a test waits for on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Events that never occur: the tests call the function themselves.
const UNTRIGGERED: Option<&[&str]> = Some(&["oss:ObjectModified:*"]);
/// The HTTP API accepts every caller; an event in progress is acknowledged, and a sweep considers objects at once.
const OPEN: [(&str, &str); 3] = [
    ("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true"),
    ("OSS2YOUKU_SWEEP__ENABLED", "true"),
    ("OSS2YOUKU_SWEEP__GRACE_SECONDS", "0"),
];

/// A function that only the tests call, each call in a process of its own.
fn called_by_test<'a>() -> Setup<'a> {
    Setup { events: UNTRIGGERED, variables: &OPEN, host: process_per_call, ..Setup::default() }
}

/// Starts the function of [`called_by_test`] in a mode, with Youku's answers to open questions.
async fn start_env_with_switches(mode: &str, switches: Switches) -> TestEnv {
    let env = TestEnv::start(Setup { mode, ..called_by_test() }).await;
    env.clouds.youku.set_switches(switches);
    env
}

/// The same with one more variable, in OSS mode.
async fn start_env_with_setting(setting: (&str, &str), switches: Switches) -> TestEnv {
    let variables: Vec<_> = OPEN.into_iter().chain([setting]).collect();
    let env = TestEnv::start(Setup { variables: &variables, ..called_by_test() }).await;
    env.clouds.youku.set_switches(switches);
    env
}

/// Gives each call a process of its own, and accepts tasks over HTTP.
fn process_per_call(function: &mut FunctionConfig) {
    serve_http(function);
    (function.instance_concurrency, function.max_instances) = (1, 16);
}

/// The answer to a call of the function about one object.
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
    fn is_redelivered(&self) -> bool {
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

    /// Whether another holder works on the upload, or took it over.
    fn leaves_it_to_another_holder(&self) -> bool {
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

/// Sends the event of an object that was put.
async fn send_event(env: &TestEnv, key: &str, bytes: &Bytes) -> Answer {
    send_named_event(env, "ObjectCreated:PutObject", key, bytes).await
}

async fn send_named_event(env: &TestEnv, event: &str, key: &str, bytes: &Bytes) -> Answer {
    env.clouds.fc.invoke(&env.clouds.function, oss_event(event, key, bytes.len())).await.into()
}

/// Sends the same event several times at once, each a little later than the one before.
async fn send_events_at_once(env: &TestEnv, key: &str, bytes: &Bytes, times: u64, seed: u64) -> Vec<Answer> {
    let deliveries = (0..times).map(async |number| {
        stagger(seed.wrapping_mul(31) + number).await;
        send_event(env, key, bytes).await
    });
    join_all(deliveries).await
}

/// Waits up to 20 ms, depending on the seed: the calls of a race do not always meet at the same point.
async fn stagger(seed: u64) {
    tokio::time::sleep(Duration::from_millis(random(seed) % 20)).await;
}

/// Asks for an upload over HTTP; returns the outcome.
async fn task(env: &TestEnv, task: &Value) -> Answer {
    Answer(env.ask_http("/uploads", Some(task)).await.1)
}

/// A task that names an object and states nothing about it.
fn naming(key: &str) -> Value {
    json!({"source": format!("oss://videos/{key}")})
}

/// How many sessions of each file name were committed.
fn count_committed_sessions(env: &TestEnv) -> BTreeMap<String, usize> {
    let mut committed = BTreeMap::new();
    for session in env.clouds.youku.sessions() {
        if session.state == SessionState::Committed {
            *committed.entry(session.title).or_default() += 1;
        }
    }
    committed
}

/// Videos of that title.
fn videos(env: &TestEnv, title: &str) -> usize {
    env.clouds.youku.videos().iter().filter(|video| video.title == title).count()
}

/// Waits until later objects are newer: stores report whole seconds.
async fn next_second() {
    tokio::time::sleep(Duration::from_millis(1100)).await;
}
