//! Texts for a person, by topic. A function returns its text in the language in use.

pub(crate) mod audience;
pub(crate) mod errors;
pub(crate) mod explain;
pub(crate) mod list;
pub(crate) mod names;
pub(crate) mod next;
pub(crate) mod skipped;
pub(crate) mod state;
pub(crate) mod step;
pub(crate) mod sweep;
pub(crate) mod upload;
mod wait_reason;
