//! The sweep: resumes open uploads and scans buckets for objects whose event was missed.

pub(crate) mod cursor;
pub(crate) mod discover;
pub(crate) mod discovery;
pub(crate) mod odd_objects;
pub(crate) mod resume;
pub(crate) mod scan;
