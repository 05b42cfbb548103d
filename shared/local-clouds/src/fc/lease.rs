//! A place on an instance for the time of one call.

use std::sync::Arc;

use crate::fc::context::FunctionContext;
use crate::fc::error::FcError;
use crate::fc::instance::Instance;

/// A place on an instance. If it is dropped unfinished, the caller went away (499): at concurrency 1 without
/// a health check the instance is then replaced.
pub(crate) struct InstanceLease {
    instance: Option<Arc<Instance>>,
    context: Arc<FunctionContext>,
    request_id: String,
    is_begun: bool,
}

impl InstanceLease {
    pub(crate) fn new(instance: Arc<Instance>, context: Arc<FunctionContext>, request_id: &str) -> Self {
        Self { instance: Some(instance), context, request_id: request_id.to_owned(), is_begun: false }
    }

    /// Makes the instance ready and announces the call in its log.
    pub(crate) async fn begin(mut self) -> Result<Self, FcError> {
        if let Some(instance) = self.instance.clone() {
            if let Err(error) = instance.prepare().await {
                self.finish();
                return Err(error);
            }
            if self.context.config.instance_concurrency == 1 {
                instance.process.log.clear_tail();
            }
            instance.log(format!("FC Invoke Start RequestId: {}", self.request_id));
            self.is_begun = true;
        }
        Ok(self)
    }

    /// The instance; there is one until the lease ends.
    pub(crate) fn instance(&self) -> Option<&Arc<Instance>> {
        self.instance.as_ref()
    }

    /// Ends the call in order.
    pub(crate) fn finish(mut self) {
        self.end(|_| {});
    }

    /// Ends the call and kills the instance.
    pub(crate) fn discard(mut self) {
        self.end(Instance::kill);
    }

    fn end(&mut self, before: impl FnOnce(&Instance)) {
        let Some(instance) = self.instance.take() else { return };
        instance.process.drain_logs();
        if self.is_begun {
            instance.log(format!("FC Invoke End RequestId: {}", self.request_id));
        }
        before(&instance);
        instance.give_back();
    }
}

impl Drop for InstanceLease {
    fn drop(&mut self) {
        let replaces =
            self.context.config.instance_concurrency == 1 && self.context.config.health_check.is_none();
        self.end(|instance| {
            if replaces {
                instance.kill();
            }
        });
    }
}
