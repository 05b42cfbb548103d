//! One instance: a process, its connections, and whether it is frozen.

use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use nix::sys::signal::Signal;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::config::HealthCheck;
use super::connection::{Connections, Lost};
use super::error::FcError;
use super::function::Function;
use super::headers::{CallInfo, inject};
use super::logs::LogStream;
use super::platform::{lock, new_instance_id, new_request_id};
use super::process::{Process, free_port};
use super::scripted::{Scripted, scripted};

/// One running copy of a function.
pub(super) struct Instance {
    pub(super) id: String,
    pub(super) port: u16,
    pub(super) process: Process,
    pub(super) connections: Arc<Connections>,
    function: Weak<Function>,
    freezes: bool,
    started: Instant,
    state: Mutex<State>,
    prepared: tokio::sync::Mutex<Prepared>,
}

#[derive(Clone, Copy)]
pub(super) struct State {
    pub(super) in_flight: u32,
    pub(super) frozen: bool,
    /// How often it has been frozen.
    freezes: u64,
    /// Takes no more calls.
    retired: bool,
    idle_since: Instant,
}

#[derive(Default)]
struct Prepared {
    listens: bool,
    initialized: bool,
    checked: bool,
}

impl Instance {
    /// Starts the process; the first call is counted already.
    pub(super) fn start(function: &Arc<Function>) -> Result<Arc<Self>, FcError> {
        let config = &function.config;
        let no_port = |error| {
            FcError::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", format!("{error}"))
        };
        let port = config.listen_port.map_or_else(free_port, Ok).map_err(no_port)?;
        let id = new_instance_id();
        let credentials = function.credentials();
        let left = {
            let (function, id) = (Arc::downgrade(function), id.clone());
            move || {
                if let Some(function) = function.upgrade() {
                    function.forget(&id);
                }
            }
        };
        let process = Process::spawn(config, credentials.as_ref(), &function.platform, &id, port, left)?;
        let now = Instant::now();
        Ok(Arc::new(Self {
            id,
            port,
            process,
            connections: Connections::new(port),
            function: Arc::downgrade(function),
            freezes: config.freeze,
            started: now,
            state: Mutex::new(State {
                in_flight: 1,
                frozen: false,
                freezes: 0,
                retired: false,
                idle_since: now,
            }),
            prepared: tokio::sync::Mutex::default(),
        }))
    }

    /// Takes one more call if there is room, and lets the process run.
    pub(super) fn try_take(&self, concurrency: u32) -> bool {
        let mut state = lock(&self.state);
        if state.retired || state.in_flight >= concurrency || self.process.has_exited() {
            return false;
        }
        state.in_flight += 1;
        self.thaw(&mut state);
        true
    }

    /// One call less; the last one freezes the process.
    pub(super) fn give_back(&self) {
        let mut state = lock(&self.state);
        state.in_flight -= 1;
        if state.in_flight > 0 {
            return;
        }
        state.idle_since = Instant::now();
        if state.retired {
            self.process.signal(Signal::SIGKILL);
        } else if self.freezes {
            self.process.signal(Signal::SIGSTOP);
            state.frozen = true;
            state.freezes += 1;
        }
    }

    /// Takes no more calls; those in flight may end.
    fn retire(&self) {
        if let Some(function) = self.function.upgrade() {
            function.forget(&self.id);
        }
        let mut state = lock(&self.state);
        state.retired = true;
        if state.in_flight == 0 {
            self.process.signal(Signal::SIGKILL);
        }
    }

    /// Ends it at once, and every call on it; another may start in its place.
    pub(super) fn kill(&self) {
        lock(&self.state).retired = true;
        self.process.signal(Signal::SIGKILL);
        if let Some(function) = self.function.upgrade() {
            function.forget(&self.id);
        }
    }

    /// Lets the process run and sends it a signal.
    pub(super) fn signal(&self, signal: Signal) {
        self.thaw(&mut lock(&self.state));
        self.process.signal(signal);
    }

    pub(super) fn state(&self) -> State {
        *lock(&self.state)
    }

    /// Whether it has had nothing to do for that long.
    pub(super) fn idle_for(&self, limit: Duration) -> bool {
        let state = self.state();
        state.in_flight == 0 && state.idle_since.elapsed() >= limit
    }

    /// Makes the instance ready for calls: probe, Initializer, first health check, each once.
    pub(super) async fn prepare(self: &Arc<Self>, function: &Function) -> Result<(), FcError> {
        let mut prepared = self.prepared.lock().await;
        if !prepared.listens {
            self.listening(function.config.start_timeout).await?;
            prepared.listens = true;
        }
        if !prepared.initialized {
            if let Some(limit) = function.config.initializer {
                self.initialize(function, limit).await?;
            }
            prepared.initialized = true;
        }
        if !prepared.checked {
            if let Some(check) = &function.config.health_check {
                self.first_check(check).await?;
                tokio::spawn(keep_checking(Arc::downgrade(self), check.clone()));
            }
            prepared.checked = true;
        }
        Ok(())
    }

    async fn listening(&self, limit: Duration) -> Result<(), FcError> {
        let probe = async {
            while !self.connections.accepts().await {
                sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            how = self.process.exited() => {
                Err(FcError::bad_gateway("CAExited", format!("function instance exited unexpectedly ({how})")))
            }
            probed = timeout_at(self.started + limit, probe) => probed.map_err(|_| {
                self.kill();
                let seconds = limit.as_secs();
                let message = format!("no TCP connection to port {} within {seconds} s", self.port);
                FcError::bad_gateway("FunctionNotStarted", message)
            }),
        }
    }

    /// fc.md §1.5: 2xx is success, 4xx is tried again at the next call, all else replaces the instance.
    async fn initialize(&self, function: &Function, limit: Duration) -> Result<(), FcError> {
        let request = hook(function, self.port, Method::POST, "/initialize", Some("/initialize"));
        let call = scripted(
            &function.platform.faults,
            "initialize",
            "/initialize",
            timeout(limit, self.status(request)),
        );
        let outcome = match call.await {
            Ok(Ok(Ok(status))) | Err(Scripted::Status(status)) => Ok(status),
            Ok(Ok(Err(Lost))) | Err(Scripted::Lost) => Err("the connection was lost"),
            Ok(Err(_)) => Err("it took too long"),
        };
        match outcome {
            Ok(status) if status.is_success() => Ok(()),
            Ok(status) => {
                if !status.is_client_error() {
                    self.kill();
                }
                Err(FcError::function(
                    "InitializationError",
                    format!("initializer failed: status {}", status.as_u16()),
                ))
            }
            Err(why) => {
                self.kill();
                Err(FcError::function("InitializationError", format!("initializer failed: {why}")))
            }
        }
    }

    /// Calls the PreStop hook, if there is one, and ends the process.
    pub(super) async fn stop(&self, function: &Function) {
        {
            let mut state = lock(&self.state);
            state.retired = true;
            state.in_flight += 1;
            self.thaw(&mut state);
        }
        if let Some(limit) = function.config.pre_stop
            && self.prepared.try_lock().is_ok_and(|prepared| prepared.initialized)
        {
            let request = hook(function, self.port, Method::GET, "/pre-stop", None);
            let call = timeout(limit, self.status(request));
            // Its failure does not stop the shutdown.
            let _ = scripted(&function.platform.faults, "pre-stop", "/pre-stop", call).await;
        }
        self.process.drain_logs();
        self.process.signal(Signal::SIGKILL);
        self.process.exited().await;
    }

    async fn first_check(&self, check: &HealthCheck) -> Result<(), FcError> {
        sleep(check.initial_delay).await;
        for round in 0..check.failure_threshold.max(1) {
            if round > 0 {
                sleep(check.period).await;
            }
            if self.healthy(check).await {
                return Ok(());
            }
        }
        self.kill();
        Err(FcError::bad_gateway("FunctionNotStarted", "the first health check failed"))
    }

    async fn healthy(&self, check: &HealthCheck) -> bool {
        let request = get(&check.path, self.port);
        matches!(timeout(check.timeout, self.status(request)).await, Ok(Ok(status)) if (200..400).contains(&status.as_u16()))
    }

    /// Sends a request whose answer counts by its status alone.
    async fn status(&self, request: Request<Body>) -> Result<StatusCode, Lost> {
        let (response, connection) = self.connections.send(request).await?;
        let status = response.status();
        response.into_body().collect().await.map_err(|_| Lost)?;
        connection.keep().await;
        Ok(status)
    }

    /// Writes one of the platform's own log lines.
    pub(super) fn log(&self, line: String) {
        self.process.log.write(LogStream::Platform, line);
    }

    fn thaw(&self, state: &mut State) {
        if state.frozen {
            self.process.signal(Signal::SIGCONT);
            state.frozen = false;
        }
    }
}

/// The health check's loop. A frozen process cannot answer, so it is not asked.
async fn keep_checking(instance: Weak<Instance>, check: HealthCheck) {
    let mut failures = 0;
    loop {
        sleep(check.period).await;
        let Some(instance) = instance.upgrade().filter(|instance| !instance.process.has_exited()) else {
            return;
        };
        let before = instance.state();
        if before.frozen {
            continue;
        }
        if instance.healthy(&check).await {
            failures = 0;
        } else if instance.state().freezes == before.freezes {
            failures += 1;
        }
        if failures >= check.failure_threshold.max(1) {
            instance.retire();
            return;
        }
    }
}

fn get(path: &str, port: u16) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = path.parse().unwrap_or_default();
    if let Ok(host) = format!("127.0.0.1:{port}").parse() {
        request.headers_mut().insert(header::HOST, host);
    }
    request
}

fn hook(
    function: &Function,
    port: u16,
    method: Method,
    path: &str,
    control_path: Option<&'static str>,
) -> Request<Body> {
    let mut request = get(path, port);
    *request.method_mut() = method;
    let request_id = new_request_id();
    let call = CallInfo { request_id: &request_id, control_path, retry_count: 0, base_path: "" };
    let credentials = function.credentials();
    inject(request.headers_mut(), &call, &function.config, credentials.as_ref(), &function.platform);
    request
}
