//! Callbacks: the port that carries messages, and their delivery.

pub(crate) mod delivery;
pub(crate) mod message;
pub(crate) mod notifier;
pub(crate) mod policy;
mod post;
pub(crate) mod replay;
pub(crate) mod schedule;
