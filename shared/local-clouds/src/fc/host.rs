//! The host: listeners, functions, queue, timers, in one handle.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use nix::sys::signal::Signal;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::api::Api;
use super::config::{FcConfig, StsCredentials};
use super::error::FcError;
use super::function::{Function, InstanceView};
use super::http_trigger::HttpTrigger;
use super::invoke::{Event, InvokeResult};
use super::logs::LogLine;
use super::platform::{Platform, new_request_id};
use super::queue::Queue;
use super::records::{AsyncOutcome, AsyncRecord};
use super::scripted::scripted;
use super::signature::Keys;
use super::timer;
use crate::control::{Control, Server, serve};

type Functions = Arc<BTreeMap<String, Arc<Function>>>;

/// A running Function Compute. Dropped, it kills every function process; [`FcHost::shutdown`] does it in order.
pub struct FcHost {
    functions: Functions,
    queue: Arc<Queue>,
    platform: Arc<Platform>,
    control: Control,
    api: SocketAddr,
    triggers: BTreeMap<String, SocketAddr>,
    servers: Vec<Server>,
    /// Timers and the reaper of idle instances.
    tasks: JoinSet<()>,
}

/// Calls functions in process. Cheap to clone; outlives nothing: calls after the host's end fail.
#[derive(Clone)]
pub struct Invoker {
    functions: Functions,
    queue: Arc<Queue>,
    platform: Arc<Platform>,
}

impl FcHost {
    /// Starts the host; instances start with their first call. `http_triggers` serve the functions that have an HTTP
    /// trigger, in their order; when they run out, free loopback ports are taken.
    ///
    /// # Errors
    /// A setting out of its documented range, two functions of one name, or a port that cannot be had.
    pub async fn start(
        config: FcConfig,
        api: TcpListener,
        http_triggers: impl IntoIterator<Item = TcpListener>,
    ) -> io::Result<Self> {
        let control = Control::new();
        let platform = Arc::new(Platform::new(config.region, config.account_id, control.faults.clone()));
        let keys = Keys::new(config.keys);
        let queue = Queue::new();
        let mut functions = BTreeMap::new();
        for function in config.functions {
            function.validate()?;
            let name = function.name.clone();
            if functions.insert(name.clone(), Function::new(function, Arc::clone(&platform))).is_some() {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    format!("two functions are called {name:?}"),
                ));
            }
        }
        let functions = Arc::new(functions);
        let mut host = Self {
            functions: Arc::clone(&functions),
            queue: Arc::clone(&queue),
            platform: Arc::clone(&platform),
            control: control.clone(),
            api: api.local_addr()?,
            triggers: BTreeMap::new(),
            servers: Vec::new(),
            tasks: JoinSet::new(),
        };
        let mut listeners = http_triggers.into_iter();
        for (name, function) in functions.iter() {
            host.tasks.spawn(reap(Arc::clone(function)));
            if let Some(timer) = function.config.timer.clone() {
                host.tasks.spawn(timer::run(timer, Arc::clone(function), Arc::clone(&queue)));
            }
            let Some(auth) = function.config.http_trigger else { continue };
            let listener = match listeners.next() {
                Some(listener) => listener,
                None => TcpListener::bind(("127.0.0.1", 0)).await?,
            };
            host.triggers.insert(name.clone(), listener.local_addr()?);
            let trigger = HttpTrigger {
                function: Arc::clone(function),
                auth,
                keys: keys.clone(),
                queue: Arc::clone(&queue),
            };
            host.servers.push(serve(listener, trigger, control.clone()));
        }
        host.servers.push(serve(api, Api { functions, queue, keys, platform }, control));
        Ok(host)
    }

    /// The API's address, `http://127.0.0.1:PORT`.
    pub fn api(&self) -> String {
        format!("http://{}", self.api)
    }

    /// Where `InvokeFunction` calls of this function go.
    pub fn invoke_url(&self, function: &str) -> String {
        format!("http://{}/2023-03-30/functions/{function}/invocations", self.api)
    }

    /// The function's HTTP trigger, if it has one.
    pub fn http_url(&self, function: &str) -> Option<String> {
        self.triggers.get(function).map(|addr| format!("http://{addr}"))
    }

    /// Faults and link, shared by all listeners.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Calls functions from other tasks.
    pub fn invoker(&self) -> Invoker {
        Invoker {
            functions: Arc::clone(&self.functions),
            queue: Arc::clone(&self.queue),
            platform: Arc::clone(&self.platform),
        }
    }

    /// Calls a function and waits for its answer.
    pub async fn invoke(&self, function: &str, payload: impl Into<Bytes>) -> InvokeResult {
        self.invoker().invoke(function, payload).await
    }

    /// Queues a call; answers its request id at once. A function that does not exist is told by the log alone.
    pub fn invoke_async(&self, function: &str, payload: impl Into<Bytes>) -> String {
        self.invoker().invoke_async(function, payload)
    }

    /// Resolves when no asynchronous call is queued or running.
    pub async fn async_settled(&self) {
        self.queue.settled().await;
    }

    /// Every asynchronous delivery that ends from now on.
    pub fn outcomes(&self) -> broadcast::Receiver<AsyncOutcome> {
        self.queue.outcomes()
    }

    /// All asynchronous calls, oldest first.
    pub fn invocations(&self) -> Vec<AsyncRecord> {
        self.queue.records()
    }

    /// The function's instances.
    pub fn instances(&self, function: &str) -> Vec<InstanceView> {
        self.functions.get(function).map(|function| function.instances()).unwrap_or_default()
    }

    /// Every line functions write from now on.
    pub fn logs(&self) -> broadcast::Receiver<LogLine> {
        self.platform.logs.subscribe()
    }

    /// The last lines written, oldest first.
    pub fn recent_logs(&self) -> Vec<LogLine> {
        self.platform.logs.recent()
    }

    /// Signals every instance of a function, with all it started. After SIGKILL it waits for the end.
    pub async fn kill_instance(&self, function: &str, signal: Signal) {
        if let Some(function) = self.functions.get(function) {
            function.signal(signal).await;
        }
    }

    /// Replaces the credentials of a function's role: headers carry them from the next call on, the environment from
    /// the next instance on.
    pub fn set_credentials(&self, function: &str, credentials: Option<StsCredentials>) {
        if let Some(function) = self.functions.get(function) {
            function.set_credentials(credentials);
        }
    }

    /// Stops listening, gives up what is queued, calls the PreStop hooks, and leaves no process.
    pub async fn shutdown(mut self) {
        for server in std::mem::take(&mut self.servers) {
            server.shutdown().await;
        }
        self.tasks.abort_all();
        self.queue.abort();
        futures_util::future::join_all(self.functions.values().map(|function| function.close())).await;
        self.platform.kill_all();
        self.platform.all_gone(Duration::from_secs(5)).await;
    }
}

impl Drop for FcHost {
    fn drop(&mut self) {
        self.queue.abort();
        self.platform.kill_all();
    }
}

impl Invoker {
    /// Calls a function and waits for its answer.
    pub async fn invoke(&self, function: &str, payload: impl Into<Bytes>) -> InvokeResult {
        let request_id = new_request_id();
        let Some(function) = self.functions.get(function) else {
            let message = format!("function {function:?} does not exist");
            let error = FcError::new(http::StatusCode::NOT_FOUND, "FunctionNotFound", message);
            return InvokeResult::failed(&request_id, &error);
        };
        let call = Box::pin(function.event(Event {
            request_id: &request_id,
            payload: payload.into(),
            retry_count: 0,
        }));
        match scripted(&self.platform.faults, "invoke", "/invoke", call).await {
            Ok(result) => result,
            Err(scripted) => InvokeResult::failed(&request_id, &scripted.error()),
        }
    }

    /// Queues a call; answers its request id at once.
    pub fn invoke_async(&self, function: &str, payload: impl Into<Bytes>) -> String {
        match self.functions.get(function) {
            Some(function) => self.queue.submit_event(function, payload.into()),
            None => {
                tracing::warn!(function, "asynchronous call of a function that does not exist");
                new_request_id()
            }
        }
    }
}

async fn reap(function: Arc<Function>) {
    loop {
        sleep(Duration::from_secs(1)).await;
        function.reap().await;
    }
}
