//! What is spoken about: objects, jobs, metadata, progress. Nothing here depends on a port or on the ledger.

pub(crate) mod job;
pub mod metadata;
pub(crate) mod object;
pub(crate) mod progress;
pub(crate) mod upload_id;
