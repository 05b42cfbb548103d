//! The function on Function Compute, as the platform runs it: a process frozen between calls, between a local OSS and a local Youku.
//!
//! The tests check what comes of an event: what Youku has, what the function answers, what was not published.

mod changes;
mod crashes;
mod credentials;
mod deadline;
mod event_storm;
mod events;
mod faults;
mod filters;
mod many;
mod metadata;
mod sizes;
mod switches;
mod tokens;
