//! One function: its instances and the gate in front of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use nix::sys::signal::Signal;

use crate::fc::config::function::FunctionConfig;
use crate::fc::context::FunctionContext;
use crate::fc::error::FcError;
use crate::fc::instance::Instance;
use crate::fc::instance_view::InstanceView;
use crate::fc::lease::InstanceLease;
use crate::fc::lock::lock;
use crate::fc::platform::Platform;

/// A function and its instances.
pub(crate) struct Function {
    pub(crate) context: Arc<FunctionContext>,
    instances: Mutex<Vec<Arc<Instance>>>,
    closed: AtomicBool,
}

impl Function {
    pub(crate) fn new(config: FunctionConfig, platform: Arc<Platform>) -> Arc<Self> {
        Arc::new(Self {
            context: FunctionContext::new(config, platform),
            instances: Mutex::default(),
            closed: AtomicBool::new(false),
        })
    }

    /// Acquires a place on an instance, starting one if needed, and makes it ready.
    pub(crate) async fn acquire(self: &Arc<Self>, request_id: &str) -> Result<InstanceLease, FcError> {
        InstanceLease::new(self.pick()?, Arc::clone(&self.context), request_id).begin().await
    }

    fn pick(self: &Arc<Self>) -> Result<Arc<Instance>, FcError> {
        let mut instances = lock(&self.instances);
        if self.closed.load(Ordering::Relaxed) {
            return Err(FcError::process_exited());
        }
        if let Some(instance) =
            instances.iter().find(|instance| instance.try_take(self.context.config.instance_concurrency))
        {
            return Ok(Arc::clone(instance));
        }
        if instances.len() >= self.context.config.max_instances {
            return Err(FcError::exhausted());
        }
        let function = Arc::downgrade(self);
        let on_retire = Arc::new(move |instance_id: &str| {
            if let Some(function) = function.upgrade() {
                function.forget(instance_id);
            }
        });
        let instance = Instance::start(&self.context, on_retire)?;
        instances.push(Arc::clone(&instance));
        Ok(instance)
    }

    /// Makes room for another instance when this one takes no more calls.
    fn forget(&self, instance_id: &str) {
        lock(&self.instances).retain(|instance| instance.id != instance_id);
    }

    pub(crate) fn instances(&self) -> Vec<InstanceView> {
        let view = |instance: &Arc<Instance>| {
            let state = instance.state();
            InstanceView {
                id: instance.id.clone(),
                function: self.context.config.name.clone(),
                pid: instance.process.pid,
                port: instance.port,
                frozen: state.frozen,
                in_flight: state.in_flight,
            }
        };
        lock(&self.instances).iter().map(view).collect()
    }

    /// Signals every instance; after SIGKILL it waits until they have ended.
    pub(crate) async fn signal(&self, signal: Signal) {
        let instances = lock(&self.instances).clone();
        for instance in &instances {
            instance.signal(signal);
        }
        if signal == Signal::SIGKILL {
            join_all(instances.iter().map(|instance| instance.process.wait_exit())).await;
        }
    }

    /// Ends the instances that have been idle too long.
    pub(crate) async fn reap(&self) {
        let idle: Vec<_> = {
            let mut instances = lock(&self.instances);
            instances
                .extract_if(.., |instance| instance.is_idle_for(self.context.config.idle_limit))
                .collect()
        };
        join_all(idle.iter().map(|instance| instance.stop())).await;
    }

    /// Takes no more calls and stops every instance in order.
    pub(crate) async fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        let instances = std::mem::take(&mut *lock(&self.instances));
        join_all(instances.iter().map(|instance| instance.stop())).await;
    }
}
