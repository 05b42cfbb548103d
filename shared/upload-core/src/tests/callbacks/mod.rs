//! Callbacks: whatever their receivers do and whichever process dies meanwhile, each outcome is delivered, and recorded as delivered once.

mod crashes;
pub(super) mod env;
mod events;
mod outcomes;
pub(super) mod receiver;
mod signing_time;
mod sweeps;
mod traces;
