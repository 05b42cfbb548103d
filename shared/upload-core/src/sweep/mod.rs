//! The sweep: resumes open uploads and scans buckets for objects whose event was missed.

mod cursor;
pub(crate) mod discover;
pub(crate) mod discovery;
mod failed_objects;
pub(crate) mod report;
mod resume;
mod round;
pub(crate) mod run;
mod scan;
