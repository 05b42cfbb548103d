//! One function: its instances and the gate in front of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use nix::sys::signal::Signal;
use serde::Serialize;

use super::config::{FunctionConfig, StsCredentials};
use super::error::FcError;
use super::instance::Instance;
use super::platform::{Platform, lock};

/// A function and its instances.
pub(super) struct Function {
    pub(super) config: FunctionConfig,
    pub(super) platform: Arc<Platform>,
    credentials: Mutex<Option<StsCredentials>>,
    instances: Mutex<Vec<Arc<Instance>>>,
    closed: AtomicBool,
}

/// What one instance is doing.
#[derive(Clone, Debug, Serialize)]
pub struct InstanceView {
    /// The platform's name for it, `FC_INSTANCE_ID`.
    pub id: String,
    /// The function's name.
    pub function: String,
    /// The process, leader of its group.
    pub pid: u32,
    /// Where it listens on loopback.
    pub port: u16,
    /// Stopped between calls.
    pub frozen: bool,
    /// Calls it is working on.
    pub in_flight: u32,
}

impl Function {
    pub(super) fn new(config: FunctionConfig, platform: Arc<Platform>) -> Arc<Self> {
        Arc::new(Self {
            credentials: Mutex::new(config.credentials.clone()),
            config,
            platform,
            instances: Mutex::default(),
            closed: AtomicBool::new(false),
        })
    }

    /// Takes a place on an instance, starting one if need be, and makes it ready.
    pub(super) async fn acquire(self: &Arc<Self>, request_id: &str) -> Result<Lease, FcError> {
        let lease = Lease {
            instance: Some(self.pick()?),
            function: Arc::clone(self),
            request_id: request_id.to_owned(),
            begun: false,
        };
        lease.begin().await
    }

    fn pick(self: &Arc<Self>) -> Result<Arc<Instance>, FcError> {
        let mut instances = lock(&self.instances);
        if self.closed.load(Ordering::Relaxed) {
            return Err(FcError::exited());
        }
        if let Some(instance) =
            instances.iter().find(|instance| instance.try_take(self.config.instance_concurrency))
        {
            return Ok(Arc::clone(instance));
        }
        if instances.len() >= self.config.max_instances {
            return Err(FcError::exhausted());
        }
        let instance = Instance::start(self)?;
        instances.push(Arc::clone(&instance));
        Ok(instance)
    }

    /// An instance that takes no more calls makes room for another.
    pub(super) fn forget(&self, instance_id: &str) {
        lock(&self.instances).retain(|instance| instance.id != instance_id);
    }

    pub(super) fn credentials(&self) -> Option<StsCredentials> {
        lock(&self.credentials).clone()
    }

    pub(super) fn set_credentials(&self, credentials: Option<StsCredentials>) {
        *lock(&self.credentials) = credentials;
    }

    pub(super) fn instances(&self) -> Vec<InstanceView> {
        let view = |instance: &Arc<Instance>| {
            let state = instance.state();
            InstanceView {
                id: instance.id.clone(),
                function: self.config.name.clone(),
                pid: instance.process.pid,
                port: instance.port,
                frozen: state.frozen,
                in_flight: state.in_flight,
            }
        };
        lock(&self.instances).iter().map(view).collect()
    }

    /// Signals every instance; after SIGKILL it waits until they have ended.
    pub(super) async fn signal(&self, signal: Signal) {
        let instances = lock(&self.instances).clone();
        for instance in &instances {
            instance.signal(signal);
        }
        if signal == Signal::SIGKILL {
            join_all(instances.iter().map(|instance| instance.process.exited())).await;
        }
    }

    /// Ends the instances that have been idle for too long.
    pub(super) async fn reap(&self) {
        let idle: Vec<_> = {
            let mut instances = lock(&self.instances);
            instances.extract_if(.., |instance| instance.idle_for(self.config.idle_limit)).collect()
        };
        join_all(idle.iter().map(|instance| instance.stop(self))).await;
    }

    /// Takes no more calls and ends every instance in an orderly manner.
    pub(super) async fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        let instances = std::mem::take(&mut *lock(&self.instances));
        join_all(instances.iter().map(|instance| instance.stop(self))).await;
    }
}

/// A place on an instance. Dropped unfinished, the caller went away (499): at concurrency 1 without a health check the
/// instance is replaced.
pub(super) struct Lease {
    instance: Option<Arc<Instance>>,
    function: Arc<Function>,
    request_id: String,
    begun: bool,
}

impl Lease {
    async fn begin(mut self) -> Result<Self, FcError> {
        if let Some(instance) = self.instance.clone() {
            if let Err(error) = instance.prepare(&self.function).await {
                self.finish();
                return Err(error);
            }
            if self.function.config.instance_concurrency == 1 {
                instance.process.log.clear_tail();
            }
            instance.log(format!("FC Invoke Start RequestId: {}", self.request_id));
            self.begun = true;
        }
        Ok(self)
    }

    /// The instance; there is one until the lease ends.
    pub(super) fn instance(&self) -> Option<&Arc<Instance>> {
        self.instance.as_ref()
    }

    /// The call has ended in an orderly manner.
    pub(super) fn finish(mut self) {
        self.end(|_| {});
    }

    /// The call has ended in a way that costs the instance its life.
    pub(super) fn discard(mut self) {
        self.end(Instance::kill);
    }

    fn end(&mut self, before: impl FnOnce(&Instance)) {
        let Some(instance) = self.instance.take() else { return };
        instance.process.drain_logs();
        if self.begun {
            instance.log(format!("FC Invoke End RequestId: {}", self.request_id));
        }
        before(&instance);
        instance.give_back();
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let replaces =
            self.function.config.instance_concurrency == 1 && self.function.config.health_check.is_none();
        self.end(|instance| {
            if replaces {
                instance.kill();
            }
        });
    }
}
