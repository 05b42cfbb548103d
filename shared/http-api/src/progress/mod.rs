//! Progress as it happens, then the outcome: server-sent events or lines of JSON.

mod events;
mod format;
mod lines;
mod message;
mod respond;
mod stream;

pub(crate) use format::ProgressFormat;
pub(crate) use message::ProgressReport;
pub(crate) use respond::stream_progress;
