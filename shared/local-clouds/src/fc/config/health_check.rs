//! The platform's health check.

use std::time::Duration;

/// The platform's `healthCheckConfig`.
#[derive(Clone, Debug)]
pub struct HealthCheck {
    /// Path of the probe; any status from 200 to 399 is healthy.
    pub path: String,
    /// Wait before the first probe.
    pub initial_delay: Duration,
    /// Time between probes.
    pub period: Duration,
    /// Limit of one probe.
    pub timeout: Duration,
    /// The number of failures in a row that replace the instance.
    pub failure_threshold: u32,
}

impl HealthCheck {
    /// The platform's defaults: no delay, every 3 s, 1 s each, three failures.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            initial_delay: Duration::ZERO,
            period: Duration::from_secs(3),
            timeout: Duration::from_secs(1),
            failure_threshold: 3,
        }
    }
}
