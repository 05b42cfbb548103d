//! One instance: a process, its connections, and whether it is frozen.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::StatusCode;
use nix::sys::signal::Signal;
use tokio::time::Instant;

use crate::fc::connection::ConnectionPool;
use crate::fc::context::FunctionContext;
use crate::fc::error::FcError;
use crate::fc::ids::new_instance_id;
use crate::fc::lock::lock;
use crate::fc::logs::LogStream;
use crate::fc::port::find_free_port;
use crate::fc::process::Process;

/// Called with an instance's id when it takes no more calls.
pub(crate) type OnRetire = Arc<dyn Fn(&str) + Send + Sync>;

/// One running copy of a function.
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) port: u16,
    pub(crate) process: Process,
    pub(crate) connections: Arc<ConnectionPool>,
    pub(crate) context: Arc<FunctionContext>,
    on_retire: OnRetire,
    pub(crate) started: Instant,
    state: Mutex<InstanceState>,
    pub(crate) prepared: tokio::sync::Mutex<Preparation>,
}

#[derive(Clone, Copy)]
pub(crate) struct InstanceState {
    pub(crate) in_flight: u32,
    pub(crate) frozen: bool,
    /// How often it was frozen.
    pub(crate) freezes: u64,
    /// Takes no more calls.
    retired: bool,
    idle_since: Instant,
}

#[derive(Default)]
pub(crate) struct Preparation {
    pub(crate) listens: bool,
    pub(crate) initialized: bool,
    pub(crate) checked: bool,
}

impl Instance {
    /// Starts the process with its first call counted as in flight.
    pub(crate) fn start(context: &Arc<FunctionContext>, on_retire: OnRetire) -> Result<Arc<Self>, FcError> {
        let config = &context.config;
        let no_port = |error| {
            FcError::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", format!("{error}"))
        };
        let port = config.listen_port.map_or_else(find_free_port, Ok).map_err(no_port)?;
        let id = new_instance_id();
        let credentials = context.credentials();
        let on_exit = {
            let (on_retire, id) = (Arc::clone(&on_retire), id.clone());
            move || on_retire(&id)
        };
        let process = Process::spawn(config, credentials.as_ref(), &context.platform, &id, port, on_exit)?;
        let now = Instant::now();
        Ok(Arc::new(Self {
            id,
            port,
            process,
            connections: ConnectionPool::new(port),
            context: Arc::clone(context),
            on_retire,
            started: now,
            state: Mutex::new(InstanceState {
                in_flight: 1,
                frozen: false,
                freezes: 0,
                retired: false,
                idle_since: now,
            }),
            prepared: tokio::sync::Mutex::default(),
        }))
    }

    /// Takes one more call if there is room, and resumes the process.
    pub(crate) fn try_take(&self, concurrency: u32) -> bool {
        let mut state = lock(&self.state);
        if state.retired || state.in_flight >= concurrency || self.process.has_exited() {
            return false;
        }
        state.in_flight += 1;
        self.thaw(&mut state);
        true
    }

    /// Ends one call; after the last one the process is frozen.
    pub(crate) fn give_back(&self) {
        let mut state = lock(&self.state);
        state.in_flight -= 1;
        if state.in_flight > 0 {
            return;
        }
        state.idle_since = Instant::now();
        if state.retired {
            self.process.signal(Signal::SIGKILL);
        } else if self.context.config.freeze {
            self.process.signal(Signal::SIGSTOP);
            state.frozen = true;
            state.freezes += 1;
        }
    }

    /// Takes no more calls; those in flight may finish.
    pub(crate) fn retire(&self) {
        (self.on_retire)(&self.id);
        let mut state = lock(&self.state);
        state.retired = true;
        if state.in_flight == 0 {
            self.process.signal(Signal::SIGKILL);
        }
    }

    /// Kills the process at once, with every call on it; another instance may start in its place.
    pub(crate) fn kill(&self) {
        lock(&self.state).retired = true;
        self.process.signal(Signal::SIGKILL);
        (self.on_retire)(&self.id);
    }

    /// Resumes the process and sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        self.thaw(&mut lock(&self.state));
        self.process.signal(signal);
    }

    pub(crate) fn state(&self) -> InstanceState {
        *lock(&self.state)
    }

    /// Whether it has been idle for at least this long.
    pub(crate) fn is_idle_for(&self, limit: Duration) -> bool {
        let state = self.state();
        state.in_flight == 0 && state.idle_since.elapsed() >= limit
    }

    /// Writes one of the platform's own log lines.
    pub(crate) fn log(&self, line: String) {
        self.process.log.write(LogStream::Platform, line);
    }

    /// Takes no more calls, but resumes the process for its last hook.
    pub(crate) fn begin_stop(&self) {
        let mut state = lock(&self.state);
        state.retired = true;
        state.in_flight += 1;
        self.thaw(&mut state);
    }

    fn thaw(&self, state: &mut InstanceState) {
        if state.frozen {
            self.process.signal(Signal::SIGCONT);
            state.frozen = false;
        }
    }
}
