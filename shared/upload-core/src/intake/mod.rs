//! Intake: whether an object is published without being requested by name, and with which metadata.

mod junk;
pub(crate) mod lookup;
pub(crate) mod merge;
pub(crate) mod policy;
pub mod rules;
