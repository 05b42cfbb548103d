//! How hard one run tries to deliver a message.

use std::time::Duration;

/// Limits of the attempts that one run makes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeliveryPolicy {
    /// Maximum number of attempts.
    pub(super) attempts: u32,
    /// Time limit of all attempts together.
    pub(super) time: Duration,
    /// Whether a receiver that lately gave no response is skipped.
    pub(super) respect_circuit_breaker: bool,
}

/// While a caller waits for the upload's result.
pub(crate) const QUICK: DeliveryPolicy =
    DeliveryPolicy { attempts: 3, time: Duration::from_secs(8), respect_circuit_breaker: true };
/// In a sweep, which runs again.
pub(crate) const SINGLE: DeliveryPolicy =
    DeliveryPolicy { attempts: 1, time: Duration::from_secs(20), respect_circuit_breaker: true };
/// For a message that is not recorded, and therefore delivered now or never.
pub(super) const QUICK_FORCED: DeliveryPolicy = DeliveryPolicy { respect_circuit_breaker: false, ..QUICK };
/// For a message that a person requested, and can request again.
pub(super) const SINGLE_FORCED: DeliveryPolicy = DeliveryPolicy { respect_circuit_breaker: false, ..SINGLE };
