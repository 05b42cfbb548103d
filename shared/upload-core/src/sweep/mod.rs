//! The sweep: resumes open uploads and scans buckets for objects whose event was missed.

pub(crate) mod age;
mod call_queue;
mod cursor;
pub(crate) mod discover;
pub(crate) mod discovery;
pub(crate) mod due_videos;
mod failed_objects;
mod known_versions;
pub(crate) mod preview;
pub(crate) mod report;
mod resume;
mod round;
pub(crate) mod run;
mod scan;
mod survey;
pub(crate) mod watch;
