//! What is spoken about: objects, jobs, metadata, progress. Nothing here depends on a port or on the ledger.

pub(crate) mod job;
pub(crate) mod media;
pub mod metadata;
pub(crate) mod notice_event;
pub(crate) mod notice_subscriber;
pub(crate) mod object;
pub(crate) mod preflight;
pub(crate) mod progress;
pub(crate) mod publication;
pub(crate) mod timestamp;
pub(crate) mod trace_context;
pub(crate) mod upload_id;
pub(crate) mod zone;
