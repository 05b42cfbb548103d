//! The function as the platform runs it: a process of its own, frozen between calls, between a local OSS and a local Youku.
//!
//! Judged is what comes of an event: what Youku holds, what the function answers, what was not published.

mod blows;
mod changes;
mod credentials;
mod deadline;
mod events;
mod faults;
mod filters;
mod many;
mod metadata;
pub(crate) mod records;
mod sizes;
mod storm;
mod switches;
mod tokens;

use crate::support::binary;
use bytes::Bytes;
use local_clouds::{
    clouds::{CloudsConfig, LocalClouds},
    control::{Control, Rule, RuleId},
    fc::{AsyncConfig, AsyncOutcome, AsyncState, Destination, FunctionConfig, Runtime, TimerConfig},
    youku::{VideoView, YoukuConfig},
};
use md5::{Digest, Md5};
use object_storage::{Credentials, PutOptions, Store, StoreConfig};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Mutex, time::Duration};
use tempfile::TempDir;
use tokio::{
    sync::{broadcast::Receiver, mpsc},
    time::timeout,
};

pub(crate) const MIB: usize = 1 << 20;
/// How often the platform delivers an event again that failed.
const RETRIES: u32 = 2;
/// Long enough for whatever a test waits for.
const PATIENCE: Duration = Duration::from_secs(180);

/// What a test wants otherwise than usual.
pub(crate) struct Setup<'a> {
    /// Youku's protocol.
    pub(crate) mode: &'a str,
    /// The rules as the function's variable has them.
    pub(crate) rules: &'a str,
    /// The trigger's events; absent: the usual four.
    pub(crate) events: Option<&'a [&'a str]>,
    /// More variables of the function.
    pub(crate) env: &'a [(&'a str, &'a str)],
    /// The base image: it decides whether a call brings the role's credentials.
    pub(crate) runtime: Runtime,
    /// Changes Youku before it starts.
    pub(crate) youku: fn(&mut YoukuConfig),
    /// The timer that sweeps; absent: none, and no event is left to a sweep.
    pub(crate) sweep_every: Option<Duration>,
    /// The ledger lies in a bucket of the local OSS, where faults reach it.
    pub(crate) ledger_in_bucket: bool,
    /// Changes the function's configuration before it starts.
    pub(crate) host: fn(&mut FunctionConfig),
}

impl Default for Setup<'_> {
    fn default() -> Self {
        Self {
            mode: "oss",
            rules: r#"[{bucket="videos",account="main",public_type="all",sidecar="off"}]"#,
            events: None,
            env: &[],
            runtime: Runtime::CustomDebian12,
            youku: |_| {},
            sweep_every: None,
            ledger_in_bucket: false,
            host: |_| {},
        }
    }
}

impl<'a> Setup<'a> {
    pub(crate) fn mode(mode: &'a str) -> Self {
        Self { mode, ..Self::default() }
    }

    fn variables(
        &self,
        endpoints: &local_clouds::clouds::Endpoints,
        config: &CloudsConfig,
    ) -> BTreeMap<String, String> {
        let account = &config.youku.accounts[0];
        let folder = config.data_dir.join("ledger");
        let ledger = if self.ledger_in_bucket { records::LOCATION } else { folder.to_str().unwrap() };
        let sweeps = self.sweep_every.is_some().to_string();
        let usual = [
            ("OSS2YOUKU_YOUKU__API", endpoints.youku.as_str()),
            ("OSS2YOUKU_YOUKU__BUCKET_REGION", &config.youku.region),
            ("OSS2YOUKU_SOURCE__ENDPOINT", &endpoints.oss),
            ("OSS2YOUKU_SOURCE__REGION", &config.region),
            ("OSS2YOUKU_TRANSFER__MODE", self.mode),
            ("OSS2YOUKU_RULES", self.rules),
            ("OSS2YOUKU_LEDGER__LOCATION", ledger),
            ("OSS2YOUKU_SWEEP__ENABLED", &sweeps),
            ("OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID", &account.client_id),
            ("OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN", &account.access_token),
            ("OSS2YOUKU_ACCOUNTS__MAIN__REFRESH_TOKEN", &account.refresh_token),
        ];
        let sealed = self.ledger_in_bucket.then_some(("OSS2YOUKU_LEDGER__SEAL_KEY", records::SEAL_KEY));
        let all = usual.iter().chain(&sealed).chain(self.env);
        all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }
}

/// The clouds with the function in them.
pub(crate) struct Rig {
    pub(crate) clouds: LocalClouds,
    /// The bucket whose events call the function.
    pub(crate) bucket: Store,
    /// The function's variables, for a command line beside it.
    pub(crate) env: BTreeMap<String, String>,
    outcomes: Mutex<Receiver<AsyncOutcome>>,
    given_up: Mutex<mpsc::UnboundedReceiver<Value>>,
    _data: TempDir,
}

/// How one event ended.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) state: AsyncState,
    pub(crate) attempts: u32,
    pub(crate) error_type: Option<String>,
    pub(crate) body: Value,
}

impl Delivery {
    /// What became of the event's one record.
    pub(crate) fn result(&self) -> &Value {
        &self.body["results"][0]
    }
}

impl Rig {
    pub(crate) async fn start(setup: Setup<'_>) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = CloudsConfig::new(data.path());
        // A slice that was handed out and whose answer was lost comes back soon.
        config.youku.undelivered_slice_returns_after = Duration::from_millis(500);
        (setup.youku)(&mut config.youku);
        if let Some(events) = setup.events {
            config.events = events.iter().map(|event| (*event).to_owned()).collect();
        }
        let (on_failure, given_up) = mpsc::unbounded_channel();
        let timer = |interval| TimerConfig { interval, name: "sweep".to_owned(), payload: String::new() };
        let clouds = LocalClouds::start(config.clone(), |endpoints| {
            let mut function = FunctionConfig {
                env: setup.variables(endpoints, &config),
                timeout: Duration::from_secs(600),
                instance_concurrency: 10,
                runtime: setup.runtime,
                async_config: AsyncConfig {
                    retries: RETRIES,
                    retry_backoff: Duration::from_millis(10),
                    on_failure: Some(Destination::Channel(on_failure)),
                    ..AsyncConfig::default()
                },
                timer: setup.sweep_every.map(timer),
                ..FunctionConfig::new("oss2youku", [binary("oss2youku-fc")])
            };
            (setup.host)(&mut function);
            function
        })
        .await
        .unwrap();
        clouds.oss.create_bucket(records::BUCKET);
        let env = setup.variables(&clouds.endpoints, &config);
        let outcomes = Mutex::new(clouds.fc.outcomes());
        let (id, secret) = config.access_key;
        let store = StoreConfig::oss(config.bucket)
            .endpoint(&clouds.endpoints.oss)
            .region(Some(config.region))
            .credentials(Credentials::Static {
                access_key_id: id,
                access_key_secret: secret.into(),
                security_token: None,
            });
        let bucket = Store::new(store, app::store_client().unwrap()).unwrap();
        Self { clouds, bucket, env, outcomes, given_up: Mutex::new(given_up), _data: data }
    }

    /// Puts an object in one request: OSS knows its MD5.
    pub(crate) async fn put(&self, key: &str, bytes: &Bytes) {
        self.put_with(key, bytes, &[]).await;
    }

    /// The same with user metadata.
    pub(crate) async fn put_with(&self, key: &str, bytes: &Bytes, metadata: &[(&str, &str)]) {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let options =
            PutOptions { user_metadata: metadata.iter().map(owned).collect(), ..PutOptions::default() };
        self.bucket.put(key, bytes.clone(), &options).await.unwrap();
    }

    /// Puts an object in up to four parts: nobody knows its MD5.
    pub(crate) async fn put_in_parts(&self, key: &str, bytes: &Bytes) {
        let id = self.bucket.initiate_multipart(key, &PutOptions::default()).await.unwrap();
        let length = bytes.len().div_ceil(4).max(MIB);
        let mut parts = Vec::new();
        for (number, start) in (1..).zip((0..bytes.len()).step_by(length)) {
            let part = bytes.slice(start..(start + length).min(bytes.len()));
            let size = part.len() as u64;
            let body = reqwest::Body::from(part);
            let receipt = self.bucket.upload_part(key, &id, number, body, size).await.unwrap();
            parts.push((number, receipt.etag));
        }
        self.bucket.complete_multipart(key, &id, &parts, false).await.unwrap();
    }

    /// Waits until every event has been dealt with; answers those that ended since the last call.
    pub(crate) async fn deliveries(&self) -> Vec<Delivery> {
        self.clouds.wait_settled().await;
        let mut outcomes = self.outcomes.lock().unwrap();
        let ended = std::iter::from_fn(|| outcomes.try_recv().ok());
        let delivery = |outcome: AsyncOutcome| Delivery {
            state: outcome.state,
            attempts: outcome.attempts,
            error_type: outcome.result.error_type,
            body: serde_json::from_slice(&outcome.result.body).unwrap_or_default(),
        };
        ended.map(delivery).collect()
    }

    /// Looks after each call of the function that ends, until `met`.
    pub(crate) async fn until(&self, met: impl AsyncFn(&Self) -> bool) {
        let mut outcomes = self.clouds.fc.outcomes();
        let waiting = async {
            while !met(self).await {
                // One that lagged looks at once.
                let _ = outcomes.recv().await;
            }
        };
        timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("it never came about: {}", self.log()));
    }

    /// The calls that the platform gave up since the last look.
    pub(crate) fn given_up(&self) -> Vec<Value> {
        let mut given_up = self.given_up.lock().unwrap();
        std::iter::from_fn(|| given_up.try_recv().ok()).collect()
    }

    /// The one event there was since the last call.
    pub(crate) async fn delivery(&self) -> Delivery {
        let [delivery] = self.deliveries().await.try_into().expect("one event");
        delivery
    }

    /// There is exactly one video of that title, committed once, with exactly these bytes.
    pub(crate) fn published(&self, title: &str, bytes: &Bytes) -> VideoView {
        let videos = self.clouds.youku.videos();
        let mut videos = videos.into_iter().filter(|video| video.title == title);
        let video = videos.next().unwrap_or_else(|| panic!("{title} is not published: {}", self.log()));
        assert_eq!(videos.next(), None, "{title} is published once");
        assert_eq!(
            (video.size, video.md5.as_deref()),
            (bytes.len() as u64, Some(md5_hex(bytes).as_str())),
            "{title}"
        );
        assert_eq!(video.commits, 1, "{title}");
        video
    }

    /// Calls the function with a record about an object, in the trigger's form.
    pub(crate) async fn tell(&self, event: &str, key: &str, size: usize) -> Value {
        let result = self.clouds.fc.invoke(&self.clouds.function, record(event, key, size)).await;
        assert_eq!(result.error_type, None, "{result:?}");
        let mut answer: Value = serde_json::from_slice(&result.body).unwrap();
        answer["results"][0].take()
    }

    /// What the function logged of late.
    pub(crate) fn log(&self) -> String {
        let lines = self.clouds.fc.recent_logs();
        lines.into_iter().map(|line| line.line).collect::<Vec<_>>().join("\n")
    }
}

/// An event about one object, in the trigger's form.
pub(crate) fn record(event: &str, key: &str, size: usize) -> String {
    let record = json!({
        "eventName": event, "eventSource": "acs:oss", "region": "cn-hangzhou",
        "oss": {"bucket": {"name": "videos"}, "object": {"key": key, "size": size}}
    });
    json!({ "events": [record] }).to_string()
}

/// Adds a fault rule that is written as JSON.
pub(crate) fn script(control: &Control, rule: Value) -> RuleId {
    let rule: Rule = serde_json::from_value(rule).expect("a fault rule");
    control.faults.add(rule)
}

/// Bytes that do not repeat, so that none can stand in for others.
pub(crate) fn bytes(seed: u64, length: usize) -> Bytes {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let words = std::iter::repeat_with(|| {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    let mut bytes: Vec<u8> = words.take(length.div_ceil(8)).flatten().collect();
    bytes.truncate(length);
    bytes.into()
}

pub(crate) fn md5_hex(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
