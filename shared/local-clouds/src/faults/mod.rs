#![doc = include_str!("README.md")]

pub(crate) mod body;
pub(crate) mod connection;
pub(crate) mod registry;
pub(crate) mod rule;

pub use registry::Faults;
pub use rule::{Fault, Rule, RuleId, RuleState};
