//! The state of one instance.

use serde::Serialize;

/// The state of one instance.
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
