//! Texts for a person, by topic. A function returns its text in the language in use.

pub(crate) mod audience;
pub(crate) mod callback;
pub(crate) mod console;
#[cfg(feature = "local-clouds")]
pub(crate) mod dev;
pub(crate) mod errors;
pub(crate) mod explain;
pub(crate) mod findings;
mod kind;
pub(crate) mod ledger;
pub(crate) mod list;
pub(crate) mod names;
pub(crate) mod next;
mod permissions;
pub(crate) mod replay;
pub(crate) mod skipped;
pub(crate) mod state;
pub(crate) mod step;
pub(crate) mod sweep;
pub(crate) mod sweep_preview;
pub(crate) mod totals;
pub(crate) mod unpublished;
pub(crate) mod upload;
pub(crate) mod video;
mod wait_reason;
pub(crate) mod waiting;
pub(crate) mod way_out;
