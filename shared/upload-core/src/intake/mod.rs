//! Intake: whether an object is published without being asked for by name, and with which metadata.

pub(crate) mod merge;
pub(crate) mod policy;
pub mod rules;
