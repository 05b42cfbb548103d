//! Events and tasks over one object, its sidecar and its rules: what becomes of them, and how many requests that takes.

mod audience;
mod decisions;
mod fake_bucket;
mod unfinished;
