//! From an object that arrived, or that a task names, to a job.

mod junk;
mod policy;
mod rules;
