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

use crate::control::handle::Control;
use crate::control::server::{Server, serve};
use crate::fc::api::Api;
use crate::fc::config::credentials::StsCredentials;
use crate::fc::config::host::FcConfig;
use crate::fc::function::Function;
use crate::fc::http_trigger::HttpTrigger;
use crate::fc::instance_view::InstanceView;
use crate::fc::invoke_result::InvokeResult;
use crate::fc::invoker::{Functions, Invoker};
use crate::fc::logs::LogLine;
use crate::fc::platform::Platform;
use crate::fc::queue::Queue;
use crate::fc::records::{AsyncOutcome, AsyncRecord};
use crate::fc::signature::AccountKeys;
use crate::fc::timer::run_timer;

/// A running Function Compute. When dropped it kills every function process; [`FcHost::shutdown`] ends it in
/// order.
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
        let keys = AccountKeys::new(config.keys);
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
            if let Some(timer) = function.context.config.timer.clone() {
                host.tasks.spawn(run_timer(timer, Arc::clone(function), Arc::clone(&queue)));
            }
            let Some(auth) = function.context.config.http_trigger else { continue };
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

    /// Queues a call and returns its request id at once. A missing function shows only in the log.
    pub fn invoke_async(&self, function: &str, payload: impl Into<Bytes>) -> String {
        self.invoker().invoke_async(function, payload)
    }

    /// Waits until no asynchronous call is queued or running.
    pub async fn wait_async_settled(&self) {
        self.queue.wait_settled().await;
    }

    /// Receives every asynchronous delivery that ends from now on.
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

    /// Receives every line that functions write from now on.
    pub fn logs(&self) -> broadcast::Receiver<LogLine> {
        self.platform.logs.subscribe()
    }

    /// The last lines written, oldest first.
    pub fn recent_logs(&self) -> Vec<LogLine> {
        self.platform.logs.recent()
    }

    /// Signals every instance of a function and all processes it started. After SIGKILL it waits until they
    /// have ended.
    pub async fn kill_instance(&self, function: &str, signal: Signal) {
        if let Some(function) = self.functions.get(function) {
            function.signal(signal).await;
        }
    }

    /// Replaces the credentials of a function's role: headers carry them from the next call on, the environment from
    /// the next instance on.
    pub fn set_credentials(&self, function: &str, credentials: Option<StsCredentials>) {
        if let Some(function) = self.functions.get(function) {
            function.context.set_credentials(credentials);
        }
    }

    /// Stops listening, drops queued calls, calls the PreStop hooks, and leaves no process.
    pub async fn shutdown(mut self) {
        for server in std::mem::take(&mut self.servers) {
            server.shutdown().await;
        }
        self.tasks.abort_all();
        self.queue.abort();
        futures_util::future::join_all(self.functions.values().map(|function| function.close())).await;
        self.platform.kill_all();
        self.platform.wait_all_gone(Duration::from_secs(5)).await;
    }
}

impl Drop for FcHost {
    fn drop(&mut self) {
        self.queue.abort();
        self.platform.kill_all();
    }
}

async fn reap(function: Arc<Function>) {
    loop {
        sleep(Duration::from_secs(1)).await;
        function.reap().await;
    }
}
