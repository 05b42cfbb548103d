//! Callbacks: the port that carries messages, and their delivery.

pub(crate) mod delivery;
pub(crate) mod notifier;
