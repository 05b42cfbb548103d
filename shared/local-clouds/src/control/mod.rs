//! What all local clouds share: the serving of one cloud on one listener, its control endpoints, and a paced link.

mod apply_fault;
pub(crate) mod cloud;
mod endpoints;
pub(crate) mod handle;
pub(crate) mod json;
mod lane;
pub(crate) mod link;
mod rate_meter;
pub(crate) mod server;
mod stream;

pub use crate::faults::{Fault, Faults, Rule, RuleId, RuleState};
pub use cloud::Cloud;
pub use handle::Control;
pub use link::{Link, LinkSettings};
pub use server::{Server, serve};
