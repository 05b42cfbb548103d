//! Health checks of an instance.

use std::sync::Weak;

use tokio::time::{sleep, timeout};

use crate::fc::config::health_check::HealthCheck;
use crate::fc::error::FcError;
use crate::fc::instance::Instance;
use crate::fc::instance_request::get_request;

impl Instance {
    pub(crate) async fn first_check(&self, check: &HealthCheck) -> Result<(), FcError> {
        sleep(check.initial_delay).await;
        for round in 0..check.failure_threshold.max(1) {
            if round > 0 {
                sleep(check.period).await;
            }
            if self.is_healthy(check).await {
                return Ok(());
            }
        }
        self.kill();
        Err(FcError::bad_gateway("FunctionNotStarted", "the first health check failed"))
    }

    async fn is_healthy(&self, check: &HealthCheck) -> bool {
        let request = get_request(&check.path, self.port);
        matches!(timeout(check.timeout, self.request_status(request)).await, Ok(Ok(status)) if (200..400).contains(&status.as_u16()))
    }
}

/// Repeats the health check. Skips a frozen process, which cannot answer.
pub(crate) async fn keep_checking(instance: Weak<Instance>, check: HealthCheck) {
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
        if instance.is_healthy(&check).await {
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
