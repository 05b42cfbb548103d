//! The local clouds with the function in them.

use super::{
    Delivery, binary,
    event_outcome::assert_one_video,
    ledger_bucket, oss_event,
    sample::MIB,
    store::{oss_store, put_in_parts},
};
use bytes::Bytes;
use local_clouds::{
    clouds::{CloudsConfig, LocalClouds},
    fc::{
        AsyncConfig, AsyncOutcome, AsyncState, Destination, FunctionConfig, HttpAuth, Runtime, TimerConfig,
    },
    youku::{VideoView, YoukuConfig},
};
use object_storage::{PutOptions, Store};
use reqwest::{
    RequestBuilder,
    header::{ACCEPT, AUTHORIZATION, HeaderName},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::PathBuf, sync::Mutex, time::Duration};
use tempfile::TempDir;
use tokio::{
    sync::{broadcast::Receiver, mpsc},
    time::timeout,
};

/// How often the platform redelivers a failed event.
const RETRIES: u32 = 2;
/// Longer than anything a test waits for.
const TIMEOUT: Duration = Duration::from_secs(180);

/// How an environment differs from the usual one.
pub(crate) struct Setup<'a> {
    /// Youku's protocol.
    pub(crate) mode: &'a str,
    /// The rules, as the function's variable states them.
    pub(crate) rules: &'a str,
    /// The trigger's events; `None` = the usual four.
    pub(crate) events: Option<&'a [&'a str]>,
    /// More variables of the function.
    pub(crate) variables: &'a [(&'a str, &'a str)],
    /// The base image: it decides whether each call carries the role's credentials.
    pub(crate) runtime: Runtime,
    /// Changes Youku before it starts.
    pub(crate) youku: fn(&mut YoukuConfig),
    /// The timer that sweeps; `None` = no timer, and no event is left to a sweep.
    pub(crate) sweep_every: Option<Duration>,
    /// Whether the ledger is in a bucket of the local OSS, where faults reach it; else in a folder.
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
            variables: &[],
            runtime: Runtime::CustomDebian12,
            youku: |_| {},
            sweep_every: None,
            ledger_in_bucket: false,
            host: |_| {},
        }
    }
}

impl<'a> Setup<'a> {
    pub(crate) fn with_mode(mode: &'a str) -> Self {
        Self { mode, ..Self::default() }
    }

    fn function_variables(
        &self,
        endpoints: &local_clouds::clouds::Endpoints,
        config: &CloudsConfig,
    ) -> BTreeMap<String, String> {
        let account = &config.youku.accounts[0];
        let folder = config.data_dir.join("ledger");
        let ledger = if self.ledger_in_bucket { ledger_bucket::LOCATION } else { folder.to_str().unwrap() };
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
        let sealed = self.ledger_in_bucket.then_some(("OSS2YOUKU_LEDGER__SEAL_KEY", ledger_bucket::SEAL_KEY));
        let all = usual.iter().chain(&sealed).chain(self.variables);
        all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }
}

/// The clouds with the function in them.
pub(crate) struct TestEnv {
    pub(crate) clouds: LocalClouds,
    /// The bucket whose events call the function.
    pub(crate) bucket: Store,
    /// The function's variables, for a command line next to it.
    pub(crate) variables: BTreeMap<String, String>,
    outcomes: Mutex<Receiver<AsyncOutcome>>,
    dead_letters: Mutex<mpsc::UnboundedReceiver<Value>>,
    data: TempDir,
}

impl TestEnv {
    pub(crate) async fn start(setup: Setup<'_>) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = CloudsConfig::new(data.path());
        // A slice whose response was lost is handed out again soon.
        config.youku.undelivered_slice_returns_after = Duration::from_millis(500);
        (setup.youku)(&mut config.youku);
        if let Some(events) = setup.events {
            config.events = events.iter().map(|event| (*event).to_owned()).collect();
        }
        let (on_failure, dead_letters) = mpsc::unbounded_channel();
        let timer = |interval| TimerConfig { interval, name: "sweep".to_owned(), payload: String::new() };
        let clouds = LocalClouds::start(config.clone(), |endpoints| {
            let mut function = FunctionConfig {
                env: setup.function_variables(endpoints, &config),
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
        clouds.oss.create_bucket(ledger_bucket::BUCKET);
        let variables = setup.function_variables(&clouds.endpoints, &config);
        let outcomes = Mutex::new(clouds.fc.outcomes());
        let (id, secret) = &config.access_key;
        let bucket = oss_store(&config.bucket, &clouds.endpoints.oss, &config.region, id, secret);
        Self { clouds, bucket, variables, outcomes, dead_letters: Mutex::new(dead_letters), data }
    }

    /// Puts an object in one request: OSS knows its MD5.
    pub(crate) async fn put(&self, key: &str, bytes: &Bytes) {
        self.put_with(key, bytes, &[]).await;
    }

    /// Puts an object with user metadata in one request.
    pub(crate) async fn put_with(&self, key: &str, bytes: &Bytes, metadata: &[(&str, &str)]) {
        self.bucket.put(key, bytes.clone(), &put_options(metadata)).await.unwrap();
    }

    /// Puts an object in up to four parts: its MD5 is unknown.
    pub(crate) async fn put_in_parts(&self, key: &str, bytes: &Bytes) {
        self.put_in_parts_of(key, bytes, bytes.len().div_ceil(4).max(MIB), &[]).await;
    }

    /// Puts an object with user metadata in parts of this length.
    pub(crate) async fn put_in_parts_of(
        &self,
        key: &str,
        bytes: &Bytes,
        length: usize,
        metadata: &[(&str, &str)],
    ) {
        put_in_parts(&self.bucket, key, bytes, length, &put_options(metadata)).await;
    }

    /// Waits until every event has ended; returns those that ended since the last call.
    pub(crate) async fn wait_for_deliveries(&self) -> Vec<Delivery> {
        self.clouds.wait_settled().await;
        let mut outcomes = self.outcomes.lock().unwrap();
        std::iter::from_fn(|| outcomes.try_recv().ok()).map(Delivery::from).collect()
    }

    /// Waits for the one event since the last call.
    pub(crate) async fn wait_for_delivery(&self) -> Delivery {
        let [delivery] = self.wait_for_deliveries().await.try_into().expect("one event");
        delivery
    }

    /// Asks `condition` after each call of the function that ends, until it holds.
    pub(crate) async fn wait_until(&self, condition: impl AsyncFn(&Self) -> bool) {
        let mut outcomes = self.clouds.fc.outcomes();
        let waiting = async {
            while !condition(self).await {
                // A receiver that lagged asks at once.
                let _ = outcomes.recv().await;
            }
        };
        timeout(TIMEOUT, waiting)
            .await
            .unwrap_or_else(|_| panic!("it never came about: {}", self.describe()));
    }

    /// How things stand: the function's recent log, then what is known of the clouds.
    fn describe(&self) -> String {
        let mut calls = self.clouds.fc.invocations();
        calls.retain(|call| call.state != AsyncState::Succeeded);
        format!(
            "{}\ncalls that have not succeeded: {calls:?}\nopen marks in the bucket: {:?}\nvideos: {}\ndead letters: {:?}",
            self.log(),
            ledger_bucket::open_marks(self),
            self.clouds.youku.videos().len(),
            self.take_dead_letters(),
        )
    }

    /// The calls that the platform gave up since the last look.
    pub(crate) fn take_dead_letters(&self) -> Vec<Value> {
        let mut dead_letters = self.dead_letters.lock().unwrap();
        std::iter::from_fn(|| dead_letters.try_recv().ok()).collect()
    }

    /// Asserts that exactly one video has that title, that it was committed once, and that it has exactly these bytes.
    pub(crate) fn assert_published(&self, title: &str, bytes: &Bytes) -> VideoView {
        assert_one_video(self.clouds.youku.videos(), title, bytes, || self.log())
    }

    /// Calls the function with an event about an object, in the trigger's form; returns the result of its one record.
    pub(crate) async fn call_with_event(&self, event: &str, key: &str, size: usize) -> Value {
        self.call(oss_event(event, key, size)).await["results"][0].take()
    }

    /// Calls the function as its timer does; returns its answer.
    pub(crate) async fn call_with_timer(&self) -> Value {
        let timer = json!({"triggerTime": "2026-11-22T00:00:00Z", "triggerName": "sweep", "payload": ""});
        self.call(timer.to_string()).await
    }

    /// Calls the function, which must not fail; returns its answer.
    async fn call(&self, payload: String) -> Value {
        let result = self.clouds.fc.invoke(&self.clouds.function, payload).await;
        assert_eq!(result.error_type, None, "{result:?}");
        serde_json::from_slice(&result.body).unwrap()
    }

    /// Sends a request to the function's HTTP trigger: a GET, or a POST of the task.
    pub(crate) async fn send_http(
        &self,
        path: &str,
        task: Option<&Value>,
        headers: &[(HeaderName, &str)],
    ) -> reqwest::Response {
        let (client, url) =
            (app::http_client().unwrap(), format!("{}{path}", self.clouds.endpoints.http_trigger));
        let request = match task {
            None => client.get(url),
            Some(task) => client.post(url).body(task.to_string()),
        };
        let with_header =
            |request: RequestBuilder, (name, value): &(HeaderName, &str)| request.header(name, *value);
        headers.iter().fold(request, with_header).send().await.unwrap()
    }

    /// Sends a request to the function's HTTP trigger without asking for progress; returns the status and the JSON body.
    pub(crate) async fn ask_http(&self, path: &str, task: Option<&Value>) -> (u16, Value) {
        read_json(self.send_http(path, task, &[(ACCEPT, "*/*")]).await).await
    }

    /// Sends the request of [`ask_http`](Self::ask_http) with a bearer token.
    pub(crate) async fn ask_http_with_token(
        &self,
        path: &str,
        token: &str,
        task: Option<&Value>,
    ) -> (u16, Value) {
        let bearer = format!("Bearer {token}");
        read_json(self.send_http(path, task, &[(ACCEPT, "*/*"), (AUTHORIZATION, &bearer)]).await).await
    }

    /// The folder that holds the ledger, unless it is in a bucket.
    pub(crate) fn ledger_folder(&self) -> PathBuf {
        self.data.path().join("ledger")
    }

    /// The function's recent log.
    pub(crate) fn log(&self) -> String {
        let lines = self.clouds.fc.recent_logs();
        lines.into_iter().map(|line| line.line).collect::<Vec<_>>().join("\n")
    }
}

/// A status and a JSON body.
async fn read_json(response: reqwest::Response) -> (u16, Value) {
    let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
    (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}")))
}

/// Opens the function's HTTP trigger to everybody.
pub(crate) fn serve_http(function: &mut FunctionConfig) {
    function.http_trigger = Some(HttpAuth::Anonymous);
}

fn put_options(metadata: &[(&str, &str)]) -> PutOptions {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    PutOptions { user_metadata: metadata.iter().map(owned).collect(), ..PutOptions::default() }
}
